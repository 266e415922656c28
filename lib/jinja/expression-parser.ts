import type {
  Arguments,
  BinaryType,
  Call,
  CompareOp,
  Expression,
  Keyword,
  Name,
  NameContext,
  Node,
  Operand,
  Pair,
  TupleNode,
} from './ast.js';
import { describeToken, type Token, type TokenType } from './lexer.js';
import { TokenCursor } from './token-cursor.js';
import { repr } from './value/repr.js';

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

/** The part of the parser that reads expressions and what is assigned to. Operators that bind more
 *  loosely come first. Source of the behaviour and the messages: jinja2 3.1.6 parser. */
export class ExpressionParser extends TokenCursor {
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
    if (first !== null && this.current.type !== 'colon') return first;
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
  protected parseFilter(operand: Expression | null, startInline = false): Expression | null {
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
export function setContext(node: Node, ctx: NameContext): void {
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
