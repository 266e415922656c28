import type {
  Expression,
  Filter,
  If,
  ImportedName,
  Keyword,
  Name,
  Output,
  Statement,
  TemplateData,
  TemplateNode,
} from './ast.js';
import { TemplateAssertionError } from './errors.js';
import { ExpressionParser, setContext } from './expression-parser.js';
import { type Token, type TokenType } from './lexer.js';
import { type TokenSource } from './token-cursor.js';
import { repr } from './value/repr.js';

/** Parses the tag that it is registered for; the parser stands on the tag's name. */
export type TagParser = (parser: Parser) => Statement | Statement[];

/** Turns tokens into a tree. Source of the behaviour and the messages: jinja2 3.1.6 parser. */
export class Parser extends ExpressionParser {
  private readonly tagStack: string[] = [];
  private readonly endTokenStack: (readonly string[])[] = [];

  constructor(
    tokens: TokenSource,
    name: string | null = null,
    private readonly tags: ReadonlyMap<string, TagParser> = new Map(),
  ) {
    super(tokens, name);
  }

  /** Parses a whole template. */
  parse(): TemplateNode {
    const body = this.subparse();
    return { type: 'Template', body, line: 1, start: 0, end: this.source.length };
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
}
