import type {
  Arguments,
  BinaryType,
  Call,
  CompareOp,
  Expression,
  Filter,
  If,
  ImportedName,
  Keyword,
  Name,
  NameContext,
  Node,
  Operand,
  Output,
  Pair,
  Statement,
  TemplateData,
  TemplateNode,
  TupleNode,
} from './ast.js';
import { TemplateAssertionError, TemplateSyntaxError, setPosition } from './errors.js';
import { describeToken, describeTokenType, type Token, type TokenType } from './lexer.js';
import { spanOf } from './source.js';
import { repr } from './value/repr.js';

/** Where the parser takes its tokens from. */
export interface TokenSource {
  /** The normalised text that the tokens' offsets refer to. */
  readonly source: string;
  next(): Token;
}

/** Parses the tag that it is registered for; the parser stands on the tag's name. */
export type TagParser = (parser: Parser) => Statement | Statement[];

const COMPARE_OPERATORS: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'lteq', 'gt', 'gteq']);

const MATH_NODES: Readonly<Partial<Record<TokenType, BinaryType>>> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  floordiv: 'FloorDiv',
  mod: 'Mod',
};

/** Tokens that may start the single argument of a test written without parentheses. */
const TEST_ARGUMENT: ReadonlySet<TokenType> = new Set([
  'name',
  'string',
  'integer',
  'float',
  'lparen',
  'lbracket',
  'lbrace',
]);

/** Tokens that end an expression for sure. */
const LONE_END: ReadonlySet<TokenType> = new Set([
  'variable_end',
  'block_end',
  'comma',
  'rparen',
  'rbracket',
  'rbrace',
]);

const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
]);

const NO_ARGUMENTS: Arguments = { args: [], kwargs: [], dynArgs: null, dynKwargs: null };

interface TupleOptions {
  readonly simplified?: boolean;
  readonly withCondExpr?: boolean;
  readonly explicitParentheses?: boolean;
  readonly withNamespace?: boolean;
}

/** Turns tokens into a tree. Source of the behaviour and the messages: jinja2 3.1.6 parser. */
export class Parser {
  /** The token that the parser stands on. */
  current: Token;
  private pushed: Token | undefined;
  /** Offset behind the last token that was consumed. */
  private lastEnd = 0;
  private readonly tagStack: string[] = [];
  private readonly endTokenStack: (readonly string[])[] = [];
  /** The normalised text that offsets refer to. */
  readonly source: string;

  constructor(
    private readonly tokens: TokenSource,
    private readonly name: string | null = null,
    private readonly tags: ReadonlyMap<string, TagParser> = new Map(),
  ) {
    this.source = tokens.source;
    this.current = tokens.next();
    if (this.current.type === 'eof') this.current = { ...this.current, line: 1 };
  }

  /** Parses a whole template. */
  parse(): TemplateNode {
    const body = this.subparse();
    return { type: 'Template', body, line: 1, start: 0, end: this.source.length };
  }

  // -- tokens

  /** Moves to the next token and returns the one that it leaves. */
  advance(): Token {
    const token = this.current;
    this.lastEnd = token.end;
    if (this.pushed !== undefined) {
      this.current = this.pushed;
      this.pushed = undefined;
    } else {
      this.current = this.fetch(token);
    }
    return token;
  }

  /** The next token. Jinja places the end of a template on the line of the last token. */
  private fetch(last: Token): Token {
    const token = this.tokens.next();
    return token.type === 'eof' ? { ...token, line: last.line } : token;
  }

  /** The token behind the current one. */
  look(): Token {
    return (this.pushed ??= this.fetch(this.current));
  }

  /** Whether the current token is the name `value`. */
  isName(value: string): boolean {
    return this.current.type === 'name' && this.current.value === value;
  }

  skipIfName(value: string): boolean {
    if (!this.isName(value)) return false;
    this.advance();
    return true;
  }

  private at(type: TokenType): boolean {
    return this.current.type === type;
  }

  skipIf(type: TokenType): boolean {
    if (this.current.type !== type) return false;
    this.advance();
    return true;
  }

  /** Consumes a token of this type, or fails as Jinja does. */
  expect(type: TokenType): Token {
    if (this.current.type !== type) this.failExpected(describeTokenType(type));
    return this.advance();
  }

  expectName(value: string): Token {
    if (!this.isName(value)) this.failExpected(value);
    return this.advance();
  }

  private failExpected(expected: string): never {
    if (this.current.type === 'eof') {
      this.fail(`unexpected end of template, expected ${repr(expected)}.`);
    }
    this.fail(`expected token ${repr(expected)}, got ${repr(describeToken(this.current))}`);
  }

  /** Raises a TemplateSyntaxError at a token or node, by default at the current token. */
  fail(
    message: string,
    at: { line: number; start: number; end: number } = this.current,
    ErrorClass: typeof TemplateSyntaxError = TemplateSyntaxError,
  ): never {
    const error = new ErrorClass(message, at.line, this.name);
    setPosition(error, { span: spanOf(this.source, at.start, at.end), source: this.source });
    throw error;
  }

  private failEnd(
    name: string | null,
    endTokens: readonly (readonly string[])[],
    at: Token = this.current,
  ): never {
    const message = [
      name === null ? 'Unexpected end of template.' : `Encountered unknown tag ${repr(name)}.`,
    ];
    const looking = endTokens.at(-1)?.map(repr).join(' or ');
    if (looking !== undefined) {
      const expected = name !== null && endTokens.some((names) => names.includes(name));
      message.push(
        expected
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${looking}.`
          : `Jinja was looking for the following tags: ${looking}.`,
      );
    }
    const innermost = this.tagStack.at(-1);
    if (innermost !== undefined) {
      message.push(`The innermost block that needs to be closed is ${repr(innermost)}.`);
    }
    this.fail(message.join(' '), at);
  }

  // -- statements

  /** Parses data, prints and statements up to one of the end tags, which stays the current token. */
  private subparse(endNames?: readonly string[]): Statement[] {
    const body: Statement[] = [];
    let buffer: (Expression | TemplateData)[] = [];
    const flush = (): void => {
      if (buffer.length === 0) return;
      const first = buffer[0] as Expression;
      const last = buffer[buffer.length - 1] as Expression;
      const { line, start } = first;
      body.push({ type: 'Output', nodes: buffer, line, start, end: last.end } satisfies Output);
      buffer = [];
    };
    if (endNames !== undefined) this.endTokenStack.push(endNames);
    for (;;) {
      const token = this.current;
      if (token.type === 'data') {
        const { line, start, end } = token;
        buffer.push({ type: 'TemplateData', data: token.value as string, line, start, end });
        this.advance();
      } else if (token.type === 'variable_begin') {
        this.advance();
        buffer.push(this.parseTuple({ withCondExpr: true }));
        this.expect('variable_end');
      } else if (token.type === 'block_begin') {
        flush();
        this.advance();
        if (
          endNames !== undefined &&
          this.current.type === 'name' &&
          endNames.includes(this.current.value as string)
        ) {
          break;
        }
        const statement = this.parseStatement(token);
        if (Array.isArray(statement)) body.push(...statement);
        else body.push(statement);
        this.expect('block_end');
      } else {
        break;
      }
    }
    flush();
    if (endNames !== undefined) this.endTokenStack.pop();
    return body;
  }

  private parseStatement(begin: Token): Statement | Statement[] {
    const token = this.current;
    if (token.type !== 'name') this.fail('tag name expected', token);
    const name = token.value as string;
    this.tagStack.push(name);
    const statement = this.parseTag(name, begin);
    if (statement === undefined) {
      this.tagStack.pop();
      this.failEnd(name, this.endTokenStack, token);
    }
    this.tagStack.pop();
    return statement;
  }

  private parseTag(name: string, begin: Token): Statement | Statement[] | undefined {
    const { start } = begin;
    switch (name) {
      case 'for':
        return this.parseFor(start);
      case 'if':
        return this.parseIf(start);
      case 'block':
        return this.parseBlock(start);
      case 'extends': {
        const { line } = this.advance();
        const template = this.parseExpression();
        return { type: 'Extends', template, line, start, end: this.lastEnd };
      }
      case 'print':
        return this.parsePrint(start);
      case 'macro':
        return this.parseMacro(start);
      case 'include':
        return this.parseInclude(start);
      case 'from':
        return this.parseFrom(start);
      case 'import':
        return this.parseImport(start);
      case 'set':
        return this.parseSet(start);
      case 'with':
        return this.parseWith(start);
      case 'autoescape':
        return this.parseAutoescape(start);
      case 'call':
        return this.parseCallBlock(start);
      case 'filter':
        return this.parseFilterBlock(start);
      default:
        return this.tags.get(name)?.(this);
    }
  }

  /** Parses the body of a statement up to one of the end tags, whose name is consumed. */
  parseStatements(...endNames: string[]): { body: Statement[]; endName: string } {
    this.skipIf('colon');
    this.expect('block_end');
    const body = this.subparse(endNames);
    if (this.current.type === 'eof') this.failEnd(null, [...this.endTokenStack, endNames]);
    return { body, endName: this.advance().value as string };
  }

  private parseSet(start: number): Statement {
    const { line } = this.advance();
    const target = this.parseAssignTarget({ withNamespace: true });
    if (this.skipIf('assign')) {
      const node = this.parseTuple();
      return { type: 'Assign', target, node, line, start, end: this.lastEnd };
    }
    const filter = this.parseFilter(null) as Filter | null;
    const { body } = this.parseStatements('endset');
    return { type: 'AssignBlock', target, filter, body, line, start, end: this.lastEnd };
  }

  private parseFor(start: number): Statement {
    const { line } = this.advance();
    const target = this.parseAssignTarget();
    this.expectName('in');
    const iter = this.parseTuple({ withCondExpr: false });
    const test = this.skipIfName('if') ? this.parseExpression() : null;
    const recursive = this.skipIfName('recursive');
    const { body, endName } = this.parseStatements('endfor', 'else');
    const otherwise = endName === 'endfor' ? [] : this.parseStatements('endfor').body;
    return {
      type: 'For',
      target,
      iter,
      body,
      else: otherwise,
      test,
      recursive,
      line,
      start,
      end: this.lastEnd,
    };
  }

  private parseIf(start: number): Statement {
    const { line } = this.advance();
    const test = this.parseTuple({ withCondExpr: false });
    let { body, endName } = this.parseStatements('elif', 'else', 'endif');
    const first = body;
    const elif: If[] = [];
    while (endName === 'elif') {
      const at = this.current;
      const branchTest = this.parseTuple({ withCondExpr: false });
      ({ body, endName } = this.parseStatements('elif', 'else', 'endif'));
      elif.push({
        type: 'If',
        test: branchTest,
        body,
        elif: [],
        else: [],
        line: at.line,
        start: at.start,
        end: this.lastEnd,
      });
    }
    const otherwise = endName === 'else' ? this.parseStatements('endif').body : [];
    return {
      type: 'If',
      test,
      body: first,
      elif,
      else: otherwise,
      line,
      start,
      end: this.lastEnd,
    };
  }

  private parseWith(start: number): Statement {
    const { line } = this.advance();
    const targets: Expression[] = [];
    const values: Expression[] = [];
    while (this.current.type !== 'block_end') {
      if (targets.length > 0) this.expect('comma');
      const target = this.parseAssignTarget();
      setContext(target, 'param');
      targets.push(target);
      this.expect('assign');
      values.push(this.parseExpression());
    }
    const { body } = this.parseStatements('endwith');
    return { type: 'With', targets, values, body, line, start, end: this.lastEnd };
  }

  private parseAutoescape(start: number): Statement {
    const { line } = this.advance();
    const value = this.parseExpression();
    const option: Keyword = {
      type: 'Keyword',
      key: 'autoescape',
      value,
      line: value.line,
      start: value.start,
      end: value.end,
    };
    const { body } = this.parseStatements('endautoescape');
    const place = { line, start, end: this.lastEnd };
    return {
      type: 'Scope',
      body: [{ type: 'ScopedEvalContextModifier', options: [option], body, ...place }],
      ...place,
    };
  }

  private parseBlock(start: number): Statement {
    const { line } = this.advance();
    const name = this.expect('name').value as string;
    const scoped = this.skipIfName('scoped');
    const required = this.skipIfName('required');
    if (this.current.type === 'sub') {
      this.fail(
        'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.',
      );
    }
    const { body } = this.parseStatements('endblock');
    if (required) {
      for (const child of body) {
        const blank =
          child.type === 'Output' &&
          child.nodes.every((node) => node.type === 'TemplateData' && /^\s+$/.test(node.data));
        if (!blank) this.fail('Required blocks can only contain comments or whitespace');
      }
    }
    this.skipIfName(name);
    return { type: 'Block', name, body, scoped, required, line, start, end: this.lastEnd };
  }

  /** `with context` / `without context`, if it stands here. */
  private parseImportContext(): boolean | undefined {
    if (!this.isName('with') && !this.isName('without')) return undefined;
    const next = this.look();
    if (next.type !== 'name' || next.value !== 'context') return undefined;
    const withContext = this.advance().value === 'with';
    this.advance();
    return withContext;
  }

  private parseInclude(start: number): Statement {
    const { line } = this.advance();
    const template = this.parseExpression();
    let ignoreMissing = false;
    if (this.isName('ignore')) {
      const next = this.look();
      if (next.type === 'name' && next.value === 'missing') {
        ignoreMissing = true;
        this.advance();
        this.advance();
      }
    }
    const withContext = this.parseImportContext() ?? true;
    return {
      type: 'Include',
      template,
      withContext,
      ignoreMissing,
      line,
      start,
      end: this.lastEnd,
    };
  }

  private parseImport(start: number): Statement {
    const { line } = this.advance();
    const template = this.parseExpression();
    this.expectName('as');
    const target = this.parseTargetName().name;
    const withContext = this.parseImportContext() ?? false;
    return { type: 'Import', template, target, withContext, line, start, end: this.lastEnd };
  }

  private parseFrom(start: number): Statement {
    const { line } = this.advance();
    const template = this.parseExpression();
    this.expectName('import');
    const names: ImportedName[] = [];
    let withContext: boolean | undefined;
    for (;;) {
      if (names.length > 0) this.expect('comma');
      if (this.current.type !== 'name') this.expect('name');
      withContext = this.parseImportContext();
      if (withContext !== undefined) break;
      const target = this.parseTargetName();
      if (target.name.startsWith('_')) {
        this.fail(
          'names starting with an underline can not be imported',
          target,
          TemplateAssertionError,
        );
      }
      const alias = this.skipIfName('as') ? this.parseTargetName().name : target.name;
      names.push({ name: target.name, alias });
      withContext = this.parseImportContext();
      // The token may be anything here: `with` without `context` ends the list as well.
      if (withContext !== undefined || (this.current.type as TokenType) !== 'comma') break;
    }
    return {
      type: 'FromImport',
      template,
      names,
      withContext: withContext ?? false,
      line,
      start,
      end: this.lastEnd,
    };
  }

  /** Parameters of a macro or call block, with parentheses. */
  private parseSignature(): { args: Name[]; defaults: Expression[] } {
    const args: Name[] = [];
    const defaults: Expression[] = [];
    this.expect('lparen');
    while (this.current.type !== 'rparen') {
      if (args.length > 0) this.expect('comma');
      const arg = this.parseTargetName();
      arg.ctx = 'param';
      if (this.skipIf('assign')) defaults.push(this.parseExpression());
      else if (defaults.length > 0) this.fail('non-default argument follows default argument');
      args.push(arg);
    }
    this.expect('rparen');
    return { args, defaults };
  }

  private parseCallBlock(start: number): Statement {
    const at = this.advance();
    const { line } = at;
    const { args, defaults } =
      this.current.type === 'lparen' ? this.parseSignature() : { args: [], defaults: [] };
    const call = this.parseExpression();
    if (call.type !== 'Call') this.fail('expected call', at);
    const { body } = this.parseStatements('endcall');
    return { type: 'CallBlock', call, args, defaults, body, line, start, end: this.lastEnd };
  }

  private parseFilterBlock(start: number): Statement {
    const { line } = this.advance();
    const filter = this.parseFilter(null, true) as Filter;
    const { body } = this.parseStatements('endfilter');
    return { type: 'FilterBlock', filter, body, line, start, end: this.lastEnd };
  }

  private parseMacro(start: number): Statement {
    const { line } = this.advance();
    const { name } = this.parseTargetName();
    const { args, defaults } = this.parseSignature();
    const { body } = this.parseStatements('endmacro');
    return { type: 'Macro', name, args, defaults, body, line, start, end: this.lastEnd };
  }

  private parsePrint(start: number): Statement {
    const { line } = this.advance();
    const nodes: Expression[] = [];
    while (this.current.type !== 'block_end') {
      if (nodes.length > 0) this.expect('comma');
      nodes.push(this.parseExpression());
    }
    return { type: 'Output', nodes, line, start, end: this.lastEnd };
  }

  // -- assignment targets

  private checkTarget(target: Expression): void {
    const impossible = unassignable(target);
    if (impossible !== undefined) {
      this.fail(`can't assign to ${repr(target.type.toLowerCase())}`, target);
    }
  }

  /** A single name that is assigned to. */
  parseTargetName(): Name {
    const { value, line, start, end } = this.expect('name');
    const target: Name = { type: 'Name', name: value as string, ctx: 'store', line, start, end };
    this.checkTarget(target);
    return target;
  }

  /** A name, a tuple of names or a namespace attribute that is assigned to. */
  parseAssignTarget(options: TupleOptions = {}): Expression {
    const target = this.parseTuple({ ...options, simplified: true });
    setContext(target, 'store');
    this.checkTarget(target);
    return target;
  }

  // -- expressions

  parseExpression(withCondExpr = true): Expression {
    return withCondExpr ? this.parseCondExpr() : this.parseOr();
  }

  /** Whether a lone name or literal stands here: most expressions are no more than that. */
  private isLone(): boolean {
    const { type, value } = this.current;
    if (type === 'name' ? value === 'not' : type !== 'string' && type !== 'integer') return false;
    return LONE_END.has(this.look().type);
  }

  private parseCondExpr(): Expression {
    if (this.isLone()) return this.parsePrimary();
    let { line } = this.current;
    const { start } = this.current;
    let expr1 = this.parseOr();
    while (this.current.type === 'name' && this.skipIfName('if')) {
      const test = this.parseOr();
      const expr2 = this.skipIfName('else') ? this.parseCondExpr() : null;
      expr1 = { type: 'CondExpr', test, expr1, expr2, line, start, end: this.lastEnd };
      line = this.current.line;
    }
    return expr1;
  }

  private binary(type: BinaryType, left: Expression, right: Expression, line: number): Expression {
    return { type, left, right, line, start: left.start, end: this.lastEnd };
  }

  private parseOr(): Expression {
    let { line } = this.current;
    let left = this.parseAnd();
    while (this.current.type === 'name' && this.skipIfName('or')) {
      left = this.binary('Or', left, this.parseAnd(), line);
      line = this.current.line;
    }
    return left;
  }

  private parseAnd(): Expression {
    let { line } = this.current;
    let left = this.parseNot();
    while (this.current.type === 'name' && this.skipIfName('and')) {
      left = this.binary('And', left, this.parseNot(), line);
      line = this.current.line;
    }
    return left;
  }

  private parseNot(): Expression {
    if (this.isName('not')) {
      const { line, start } = this.advance();
      const node = this.parseNot();
      return { type: 'Not', node, line, start, end: this.lastEnd };
    }
    return this.parseCompare();
  }

  private parseCompare(): Expression {
    let { line } = this.current;
    const expr = this.parseMath1();
    let ops: Operand[] | undefined;
    for (;;) {
      const { type, value, start } = this.current;
      let op: CompareOp;
      if (COMPARE_OPERATORS.has(type)) {
        op = type as CompareOp;
        this.advance();
      } else if (type === 'name' && value === 'in') {
        op = 'in';
        this.advance();
      } else if (type === 'name' && value === 'not') {
        const next = this.look();
        if (next.type !== 'name' || next.value !== 'in') break;
        op = 'notin';
        this.advance();
        this.advance();
      } else {
        break;
      }
      const right = this.parseMath1();
      (ops ??= []).push({ type: 'Operand', op, expr: right, line, start, end: this.lastEnd });
      line = this.current.line;
    }
    if (ops === undefined) return expr;
    return { type: 'Compare', expr, ops, line, start: expr.start, end: this.lastEnd };
  }

  private parseMath1(): Expression {
    let { line } = this.current;
    let left = this.parseConcat();
    while (this.current.type === 'add' || this.current.type === 'sub') {
      const type = MATH_NODES[this.advance().type] as BinaryType;
      left = this.binary(type, left, this.parseConcat(), line);
      line = this.current.line;
    }
    return left;
  }

  private parseConcat(): Expression {
    const { line } = this.current;
    const first = this.parseMath2();
    if (this.current.type !== 'tilde') return first;
    const nodes = [first];
    while (this.skipIf('tilde')) nodes.push(this.parseMath2());
    return { type: 'Concat', nodes, line, start: first.start, end: this.lastEnd };
  }

  private parseMath2(): Expression {
    let { line } = this.current;
    let left = this.parsePow();
    for (;;) {
      const { type } = this.current;
      if (type !== 'mul' && type !== 'div' && type !== 'floordiv' && type !== 'mod') return left;
      this.advance();
      left = this.binary(MATH_NODES[type] as BinaryType, left, this.parsePow(), line);
      line = this.current.line;
    }
  }

  private parsePow(): Expression {
    let { line } = this.current;
    let left = this.parseUnary();
    while (this.current.type === 'pow') {
      this.advance();
      left = this.binary('Pow', left, this.parseUnary(), line);
      line = this.current.line;
    }
    return left;
  }

  private parseUnary(withFilter = true): Expression {
    const { type, line, start } = this.current;
    let node: Expression;
    if (type === 'sub' || type === 'add') {
      this.advance();
      const operand = this.parseUnary(false);
      node = {
        type: type === 'sub' ? 'Neg' : 'Pos',
        node: operand,
        line,
        start,
        end: this.lastEnd,
      };
    } else {
      node = this.parsePrimary();
    }
    node = this.parsePostfix(node);
    return withFilter ? this.parseFilterExpr(node) : node;
  }

  private parsePrimary(withNamespace = false): Expression {
    const token = this.current;
    const { line, start, end } = token;
    switch (token.type) {
      case 'name': {
        this.advance();
        const name = token.value as string;
        switch (name) {
          case 'true':
          case 'True':
            return { type: 'Const', value: true, line, start, end };
          case 'false':
          case 'False':
            return { type: 'Const', value: false, line, start, end };
          case 'none':
          case 'None':
            return { type: 'Const', value: null, line, start, end };
        }
        if (withNamespace && this.current.type === 'dot') {
          this.advance();
          const attr = this.expect('name').value as string;
          return { type: 'NSRef', name, attr, line, start, end: this.lastEnd };
        }
        return { type: 'Name', name, ctx: 'load', line, start, end };
      }
      case 'string': {
        this.advance();
        let value = token.value as string;
        while (this.current.type === 'string') value += this.advance().value as string;
        return { type: 'Const', value, line, start, end: this.lastEnd };
      }
      case 'integer':
      case 'float':
        this.advance();
        return { type: 'Const', value: token.value, line, start, end };
      case 'lparen': {
        this.advance();
        const node = this.parseTuple({ explicitParentheses: true });
        const { end: close } = this.expect('rparen');
        // The parentheses belong to the span, so that it is an expression by itself.
        return Object.assign(node, { start, end: close });
      }
      case 'lbracket':
        return this.parseList();
      case 'lbrace':
        return this.parseDict();
      default:
        return this.fail(`unexpected ${repr(describeToken(token))}`, token);
    }
  }

  // Jinja means to end a loop's tuples at `in` and `recursive` as well, and never does.
  private isTupleEnd(): boolean {
    const { type } = this.current;
    return type === 'variable_end' || type === 'block_end' || type === 'rparen';
  }

  /** One expression, or several with commas between them as a tuple. */
  parseTuple(options: TupleOptions = {}): Expression {
    const { simplified = false, withCondExpr = true, withNamespace = false } = options;
    let { line } = this.current;
    const { start } = this.current;
    const items: Expression[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) this.expect('comma');
      if (this.isTupleEnd()) break;
      items.push(
        simplified ? this.parsePrimary(withNamespace) : this.parseExpression(withCondExpr),
      );
      if (this.current.type !== 'comma') break;
      isTuple = true;
      line = this.current.line;
    }
    if (!isTuple) {
      if (items[0] !== undefined) return items[0];
      if (options.explicitParentheses !== true) {
        this.fail(`Expected an expression, got ${repr(describeToken(this.current))}`);
      }
    }
    return {
      type: 'Tuple',
      items,
      ctx: 'load',
      line,
      start,
      end: Math.max(start, this.lastEnd),
    } satisfies TupleNode;
  }

  private parseList(): Expression {
    const { line, start } = this.advance();
    const items: Expression[] = [];
    while (this.current.type !== 'rbracket') {
      if (items.length > 0) this.expect('comma');
      if ((this.current.type as TokenType) === 'rbracket') break;
      items.push(this.parseExpression());
    }
    this.expect('rbracket');
    return { type: 'List', items, line, start, end: this.lastEnd };
  }

  private parseDict(): Expression {
    const { line, start } = this.advance();
    const items: Pair[] = [];
    while (this.current.type !== 'rbrace') {
      if (items.length > 0) this.expect('comma');
      if ((this.current.type as TokenType) === 'rbrace') break;
      const key = this.parseExpression();
      this.expect('colon');
      const value = this.parseExpression();
      items.push({
        type: 'Pair',
        key,
        value,
        line: key.line,
        start: key.start,
        end: this.lastEnd,
      });
    }
    this.expect('rbrace');
    return { type: 'Dict', items, line, start, end: this.lastEnd };
  }

  private parsePostfix(operand: Expression): Expression {
    let node = operand;
    for (;;) {
      const { type } = this.current;
      if (type === 'dot' || type === 'lbracket') node = this.parseSubscript(node);
      else if (type === 'lparen') node = this.parseCall(node);
      else return node;
    }
  }

  private parseFilterExpr(operand: Expression): Expression {
    let node = operand;
    for (;;) {
      const { type } = this.current;
      if (type === 'pipe') node = this.parseFilter(node) as Expression;
      else if (type === 'name' && this.current.value === 'is') node = this.parseTest(node);
      else if (type === 'lparen') node = this.parseCall(node);
      else return node;
    }
  }

  private parseSubscript(node: Expression): Expression {
    const token = this.advance();
    const { line } = token;
    const { start } = node;
    if (token.type === 'dot') {
      const attr = this.advance();
      if (attr.type === 'name') {
        const name = attr.value as string;
        return { type: 'Getattr', node, attr: name, ctx: 'load', line, start, end: attr.end };
      }
      if (attr.type !== 'integer') this.fail('expected name or number', attr);
      const arg: Expression = {
        type: 'Const',
        value: attr.value,
        line: attr.line,
        start: attr.start,
        end: attr.end,
      };
      return { type: 'Getitem', node, arg, ctx: 'load', line, start, end: attr.end };
    }
    const args: Expression[] = [];
    while (this.current.type !== 'rbracket') {
      if (args.length > 0) this.expect('comma');
      args.push(this.parseSubscribed());
    }
    const close = this.expect('rbracket');
    const arg: Expression =
      args.length === 1 && args[0] !== undefined
        ? args[0]
        : { type: 'Tuple', items: args, ctx: 'load', line, start: token.start, end: close.end };
    return { type: 'Getitem', node, arg, ctx: 'load', line, start, end: this.lastEnd };
  }

  private parseSubscribed(): Expression {
    const { line, start } = this.current;
    const first = this.current.type === 'colon' ? null : this.parseExpression();
    if (first !== null && !this.at('colon')) return first;
    this.advance();
    const bound = (): Expression | null => {
      const { type } = this.current;
      return type === 'colon' || type === 'rbracket' || type === 'comma'
        ? null
        : this.parseExpression();
    };
    const stopExpr = bound();
    const stepExpr = this.skipIf('colon') ? this.parseStep() : null;
    return { type: 'Slice', startExpr: first, stopExpr, stepExpr, line, start, end: this.lastEnd };
  }

  private parseStep(): Expression | null {
    const { type } = this.current;
    return type === 'rbracket' || type === 'comma' ? null : this.parseExpression();
  }

  /** The arguments of a call, filter or test, with parentheses. */
  parseCallArgs(): Arguments {
    const token = this.expect('lparen');
    const args: Expression[] = [];
    const kwargs: Keyword[] = [];
    let dynArgs: Expression | null = null;
    let dynKwargs: Expression | null = null;
    let requireComma = false;
    const ensure = (holds: boolean): void => {
      if (!holds) this.fail('invalid syntax for function call expression', token);
    };
    while (this.current.type !== 'rparen') {
      if (requireComma) {
        this.expect('comma');
        if ((this.current.type as TokenType) === 'rparen') break;
      }
      const { type } = this.current;
      if (type === 'mul') {
        ensure(dynArgs === null && dynKwargs === null);
        this.advance();
        dynArgs = this.parseExpression();
      } else if (type === 'pow') {
        ensure(dynKwargs === null);
        this.advance();
        dynKwargs = this.parseExpression();
      } else if (type === 'name' && this.look().type === 'assign') {
        ensure(dynKwargs === null);
        const key = this.advance();
        this.advance();
        const value = this.parseExpression();
        kwargs.push({
          type: 'Keyword',
          key: key.value as string,
          value,
          line: value.line,
          start: key.start,
          end: this.lastEnd,
        });
      } else {
        ensure(dynArgs === null && dynKwargs === null && kwargs.length === 0);
        args.push(this.parseExpression());
      }
      requireComma = true;
    }
    this.expect('rparen');
    return { args, kwargs, dynArgs, dynKwargs };
  }

  private parseCall(node: Expression): Call {
    const { line } = this.current;
    const args = this.parseCallArgs();
    return { type: 'Call', node, ...args, line, start: node.start, end: this.lastEnd };
  }

  private parseDottedName(): { name: string; token: Token } {
    const token = this.expect('name');
    let name = token.value as string;
    while (this.skipIf('dot')) name += `.${this.expect('name').value as string}`;
    return { name, token };
  }

  /** Filters that follow; with `startInline` the first comes without its pipe. */
  private parseFilter(operand: Expression | null, startInline = false): Expression | null {
    let node = operand;
    let inline = startInline;
    while (this.current.type === 'pipe' || inline) {
      if (!inline) this.advance();
      inline = false;
      const { name, token } = this.parseDottedName();
      const args = this.current.type === 'lparen' ? this.parseCallArgs() : NO_ARGUMENTS;
      node = {
        type: 'Filter',
        node,
        name,
        nameStart: token.start,
        ...args,
        line: token.line,
        start: node?.start ?? token.start,
        end: this.lastEnd,
      };
    }
    return node;
  }

  private parseTest(node: Expression): Expression {
    const { line } = this.advance();
    const negated = this.skipIfName('not');
    const { name, token } = this.parseDottedName();
    let args = NO_ARGUMENTS;
    if (this.current.type === 'lparen') {
      args = this.parseCallArgs();
    } else if (
      TEST_ARGUMENT.has(this.current.type) &&
      !this.isName('else') &&
      !this.isName('or') &&
      !this.isName('and')
    ) {
      if (this.isName('is')) this.fail('You cannot chain multiple tests with is');
      args = { ...NO_ARGUMENTS, args: [this.parsePostfix(this.parsePrimary())] };
    }
    const place = { line, start: node.start, end: this.lastEnd };
    const test: Expression = {
      type: 'Test',
      node,
      name,
      nameStart: token.start,
      ...args,
      ...place,
    };
    return negated ? { type: 'Not', node: test, ...place } : test;
  }
}

/** Marks names and tuples below a target as assigned. */
function setContext(node: Node, ctx: NameContext): void {
  if (node.type === 'Name') node.ctx = ctx;
  else if (node.type === 'Tuple') {
    node.ctx = ctx;
    for (const item of node.items) setContext(item, ctx);
  }
}

/** The first part of a target that nothing can be assigned to. */
function unassignable(target: Expression): Expression | undefined {
  if (target.type === 'NSRef') return undefined;
  if (target.type === 'Name') return RESERVED_NAMES.has(target.name) ? target : undefined;
  if (target.type !== 'Tuple') return target;
  for (const item of target.items) {
    if (unassignable(item) !== undefined) return item;
  }
  return undefined;
}
