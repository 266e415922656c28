import type {
  Arguments,
  Call,
  Compare,
  Expression,
  ExtensionCall,
  Filter,
  NodeBase,
  SliceNode,
  Test,
} from './ast.js';
import { CodeWriter, quote } from './code-writer.js';
import { BINARY_OPERATORS, asConst, hasSafeRepr, mayFold } from './const-fold.js';
import { type Frame } from './frame.js';
import { Markup } from './markup.js';
import { nearest } from './suggest.js';
import { passOf, type Pass } from './value/callable.js';
import { Dict } from './value/dict.js';
import { Float } from './value/number.js';
import { PySyntaxError } from './value/py-error.js';
import { repr } from './value/repr.js';
import { str } from './value/str.js';
import { Tuple } from './value/tuple.js';

export const PASSED: Readonly<Record<Pass, string>> = {
  context: 'context',
  evalcontext: 'context.evalCtx',
  environment: 'rt.environment',
};

const COMPARE_FUNCTIONS = {
  eq: 'eq',
  ne: 'ne',
  gt: 'gt',
  gteq: 'ge',
  lt: 'lt',
  lteq: 'le',
  in: 'isIn',
  notin: 'notIn',
} as const;

const BINARY_FUNCTIONS = {
  Add: 'add',
  Sub: 'sub',
  Mul: 'mul',
  Div: 'div',
  FloorDiv: 'floordiv',
  Mod: 'mod',
  Pow: 'pow',
} as const;

/** Writes expressions: each method returns the code of a value. */
export class ExpressionWriter extends CodeWriter {
  protected readonly paramDefinitions: Set<string>[] = [];

  /** The value of an expression that is known before rendering and can stand in code. */
  private fold(node: Expression, frame: Frame): { value: unknown } | undefined {
    if (!this.environment.optimized || frame.evalCtx.volatile || !mayFold(node)) return undefined;
    try {
      const value = asConst(node, frame.evalCtx);
      return hasSafeRepr(value) ? { value } : undefined;
    } catch {
      return undefined;
    }
  }

  private constant(value: unknown, node: NodeBase): string {
    switch (typeof value) {
      case 'string':
        return quote(value);
      case 'number':
        if (Number.isFinite(value)) return value < 0 ? `(${value})` : String(value);
        // Jinja writes `inf` and `nan` into its code, which Python then looks up as names.
        return `rt.noSuchName(${quote(str(value).replace('-', ''))},${this.at(node)})`;
      case 'bigint':
        return `(${value}n)`;
      case 'boolean':
        return String(value);
    }
    if (value === null) return 'null';
    if (value instanceof Float || value instanceof Markup) {
      return `K[${this.constants.push(value) - 1}]`;
    }
    if (Array.isArray(value)) {
      const items = `[${value.map((item) => this.constant(item, node)).join(',')}]`;
      return value instanceof Tuple ? `tuple(${items})` : items;
    }
    if (value instanceof Dict) {
      const items = [...value].map(
        ([key, item]) => `[${this.constant(key, node)},${this.constant(item, node)}]`,
      );
      return `new Dict([${items.join(',')}])`;
    }
    throw new Error('not a constant');
  }

  /** Code whose value is a JavaScript boolean: the truth of an expression. */
  protected condition(node: Expression, frame: Frame): string {
    switch (node.type) {
      case 'Const':
        return typeof node.value === 'boolean'
          ? String(node.value)
          : `truth(${this.expression(node, frame)})`;
      case 'And':
      case 'Or': {
        const folded = this.fold(node, frame);
        if (folded !== undefined) return `truth(${this.constant(folded.value, node)})`;
        const left = this.condition(node.left, frame);
        const right = this.condition(node.right, frame);
        return `(${left}${node.type === 'And' ? '&&' : '||'}${right})`;
      }
      case 'Not': {
        const folded = this.fold(node, frame);
        if (folded !== undefined) return String(folded.value);
        return `!${this.condition(node.node, frame)}`;
      }
      case 'Compare':
        return this.expression(node, frame);
      default:
        return `truth(${this.expression(node, frame)},${this.at(node)})`;
    }
  }

  /** Code that evaluates an expression. */
  protected expression(node: Expression, frame: Frame): string {
    switch (node.type) {
      case 'Name':
        return this.nameCode(node.name, frame);
      case 'Const':
        return this.constant(node.value, node);
      case 'TemplateData':
        return quote(node.data);
      case 'Tuple':
        return `tuple([${this.list(node.items, frame)}])`;
      case 'List':
        return `[${this.list(node.items, frame)}]`;
      case 'Dict': {
        const items = node.items.map(
          ({ key, value }) => `[${this.expression(key, frame)},${this.expression(value, frame)}]`,
        );
        return `rt.dict([${items.join(',')}],${this.at(node)})`;
      }
      case 'ContextReference':
        return 'context';
      case 'ExtensionCall':
        return this.extensionCall(node, frame);
      case 'NSRef':
        return frame.symbols.ref(node.name);
      case 'Call':
        return this.call(node, frame);
      case 'Slice':
        // Only a subscript by itself may be a slice; Jinja writes what Python then cannot read.
        throw new PySyntaxError('invalid syntax');
      default: {
        const folded = this.fold(node, frame);
        return folded === undefined
          ? this.operation(node, frame)
          : this.constant(folded.value, node);
      }
    }
  }

  private list(nodes: readonly Expression[], frame: Frame): string {
    return nodes.map((item) => this.expression(item, frame)).join(',');
  }

  private slice(node: SliceNode, frame: Frame): string {
    const bounds = [node.startExpr, node.stopExpr, node.stepExpr].map((bound) =>
      bound === null ? 'null' : this.expression(bound, frame),
    );
    return `new Slice(${bounds.join(',')})`;
  }

  private nameCode(name: string, frame: Frame): string {
    const ref = frame.symbols.ref(name);
    const load = frame.symbols.findLoad(ref);
    if (load?.kind === 'param' && this.paramDefinitions.at(-1)?.has(ref) !== true) return ref;
    return `(${ref}===undefined?undef(${quote(name)}):${ref})`;
  }

  private operation(
    node: Exclude<
      Expression,
      {
        type:
          | 'Name'
          | 'Const'
          | 'TemplateData'
          | 'Tuple'
          | 'List'
          | 'Dict'
          | 'Call'
          | 'Slice'
          | 'NSRef'
          | 'ExtensionCall'
          | 'ContextReference';
      }
    >,
    frame: Frame,
  ): string {
    switch (node.type) {
      case 'Getattr':
        return `getattr(${this.expression(node.node, frame)},${quote(node.attr)},${this.at(node.node)})`;
      case 'Getitem': {
        const object = this.expression(node.node, frame);
        const { arg } = node;
        const key = arg.type === 'Slice' ? this.slice(arg, frame) : this.expression(arg, frame);
        const at = this.at(node.node);
        return arg.type === 'Slice'
          ? `rt.slice(${object},${key},${at})`
          : `getitem(${object},${key},${at})`;
      }
      case 'Filter':
      case 'Test':
        return this.filterOrTest(node, frame);
      case 'CondExpr': {
        const soft = frame.soft();
        const test = this.condition(node.test, soft);
        const value = this.expression(node.expr1, soft);
        const otherwise =
          node.expr2 === null
            ? `rt.conditionalUndefined(${quote(`the inline if-expression on ${this.position(node)} evaluated to false and no else section was defined.`)})`
            : this.expression(node.expr2, soft);
        return `(${test}?${value}:${otherwise})`;
      }
      case 'Concat':
        return this.concat(node.nodes, frame);
      case 'Compare':
        return this.compare(node, frame);
      case 'And':
      case 'Or': {
        const left = this.temporary();
        const test = `truth(${left}=${this.expression(node.left, frame)},${this.at(node.left)})`;
        const right = this.expression(node.right, frame);
        return node.type === 'And' ? `(${test}?${right}:${left})` : `(${test}?${left}:${right})`;
      }
      case 'Not':
        return `!${this.condition(node.node, frame)}`;
      case 'Neg':
      case 'Pos': {
        const sign = node.type === 'Neg' ? '-' : '+';
        const operand = this.expression(node.node, frame);
        return this.environment.interceptedUnops.has(sign)
          ? `rt.callUnop(context,${quote(sign)},${operand},${this.at(node)})`
          : `rt.${node.type === 'Neg' ? 'neg' : 'pos'}(${operand},${this.at(node)})`;
      }
      default: {
        const [sign] = BINARY_OPERATORS[node.type];
        const left = this.expression(node.left, frame);
        const right = this.expression(node.right, frame);
        if (this.environment.interceptedBinops.has(sign)) {
          return `rt.callBinop(context,${quote(sign)},${left},${right},${this.at(node)})`;
        }
        const operation = BINARY_FUNCTIONS[node.type];
        return this.environment.boundedBinops.has(sign)
          ? `rt.boundedBinop(${quote(sign)},${operation},${left},${right},${this.at(node)})`
          : `${operation}(${left},${right},${this.at(node)})`;
      }
    }
  }

  private concat(nodes: readonly Expression[], frame: Frame): string {
    if (frame.evalCtx.volatile || frame.evalCtx.autoescape) {
      const parts = this.list(nodes, frame);
      const at = this.at(nodes[nodes.length - 1] as Expression);
      // In a volatile frame Jinja asks for `volatile`, which is never set while rendering.
      return frame.evalCtx.volatile
        ? `rt.strJoin([${parts}],${at})`
        : `rt.markupJoin([${parts}],${at})`;
    }
    // Jinja evaluates all parts before it prints the first: either may fail.
    const mayFail = nodes.slice(1).some(({ type }) => type !== 'Const' && type !== 'Name');
    const evaluated: string[] = [];
    const parts = nodes.map((part) => {
      let value = this.expression(part, frame);
      if (part.type === 'Const' && typeof part.value === 'string') return value;
      if (mayFail) {
        const held = this.temporary();
        evaluated.push(`${held}=${value}`);
        value = held;
      }
      return `str(${value},${this.at(part)})`;
    });
    return `(${[...evaluated, parts.join('+')].join(',')})`;
  }

  private compare(node: Compare, frame: Frame): string {
    let left = this.expression(node.expr, frame);
    const parts: string[] = [];
    node.ops.forEach(({ op, expr }, index) => {
      let right = this.expression(expr, frame);
      let next = '';
      if (index < node.ops.length - 1) {
        next = this.temporary();
        right = `${next}=${right}`;
      }
      parts.push(`${COMPARE_FUNCTIONS[op]}(${left},${right},${this.at(node)})`);
      left = next;
    });
    return parts.length === 1 ? (parts[0] as string) : `(${parts.join('&&')})`;
  }

  /** `[args]` and the Map of keyword arguments (or `undefined`) as code. */
  private arguments(
    node: Arguments,
    frame: Frame,
    first: readonly string[],
    callee: string,
    extraKwargs: readonly string[] = [],
  ): { args: string; kwargs: string } {
    const args = [...first, ...node.args.map((arg) => this.expression(arg, frame))];
    if (node.dynArgs !== null) {
      args.push(`...rt.star(${this.expression(node.dynArgs, frame)},${this.at(node.dynArgs)})`);
    }
    const pairs = [
      ...node.kwargs.map(({ key, value }) => `[${quote(key)},${this.expression(value, frame)}]`),
      ...extraKwargs,
    ];
    const keys = node.kwargs.map(({ key }) => key);
    if (new Set(keys).size < keys.length) {
      const twice = keys.find((key, index) => keys.indexOf(key) < index) as string;
      throw new PySyntaxError(`keyword argument repeated: ${twice}`);
    }
    let kwargs = pairs.length === 0 ? 'undefined' : `new Map([${pairs.join(',')}])`;
    if (node.dynKwargs !== null) {
      kwargs = `rt.doubleStar(${kwargs},${this.expression(node.dynKwargs, frame)},${quote(callee)},${this.at(node.dynKwargs)})`;
    }
    return { args: `[${args.join(',')}]`, kwargs };
  }

  protected call(node: Call, frame: Frame, caller = ''): string {
    const callee = this.expression(node.node, frame);
    const name = this.environment.sandboxed
      ? 'jinja2.sandbox.SandboxedEnvironment.call'
      : 'jinja2.runtime.Context.call';
    const extra = caller === '' ? [] : [`["caller",${caller}]`];
    const { args, kwargs } = this.arguments(node, frame, [], name, extra);
    // Functions that ask for the context see what the running loop or block has assigned.
    const loopVars = frame.loopFrame ? this.declare('lv') : '';
    const blockVars = frame.blockFrame ? this.declare('bv') : '';
    const scope =
      blockVars !== '' ? `,${loopVars || 'null'},${blockVars}` : loopVars && `,${loopVars}`;
    return `call(context,${callee},${args},${kwargs},${this.at(node)}${scope})`;
  }

  protected extensionCall(
    node: ExtensionCall,
    frame: Frame,
    bodies: readonly string[] = [],
  ): string {
    const index = this.constants.push(node.callback) - 1;
    const { args, kwargs } = this.arguments(node, frame, [], 'extension');
    const all = bodies.length === 0 ? args : `[...${args},${bodies.join(',')}]`;
    return `rt.invoke(context,K[${index}],${all},${kwargs})`;
  }

  protected filterOrTest(node: Filter | Test, frame: Frame): string {
    const isFilter = node.type === 'Filter';
    const registry = isFilter ? this.environment.filters : this.environment.tests;
    const func: unknown = registry[node.name];
    if (func === undefined && !frame.softFrame) {
      const kind = isFilter ? 'filter' : 'test';
      this.fail(
        `No ${kind} named ${repr(node.name)}.`,
        { line: node.line, start: node.nameStart, end: node.nameStart + node.name.length },
        nearest(node.name, Object.keys(registry)),
      );
    }
    const id = (isFilter ? this.filters : this.tests).get(node.name) as string;
    const place = { line: node.line, start: node.nameStart, end: node.end };
    const pass = passOf(func);
    const first = pass === undefined ? [] : [PASSED[pass]];
    first.push(node.node === null ? this.blockText(frame) : this.expression(node.node, frame));
    if (node.kwargs.length > 0 || node.dynArgs !== null || node.dynKwargs !== null) {
      const { args, kwargs } = this.arguments(node, frame, first, node.name);
      return `rt.callFilter(${id},${args},${kwargs},${this.at(place)})`;
    }
    const args = [...first, ...node.args.map((arg) => this.expression(arg, frame))];
    const last = args.pop() as string;
    return `${id}(${[...args, `at(${last},${this.at(place)})`].join(',')})`;
  }

  /** What a filter block has collected, as its filter receives it. */
  private blockText(frame: Frame): string {
    const buffer = this.collected(frame.buffer as string);
    if (frame.evalCtx.volatile) return `rt.blockValue(context,${buffer})`;
    return frame.evalCtx.autoescape ? `new Markup(${buffer})` : buffer;
  }

  protected bufferContents(frame: Frame): string {
    return this.blockText(frame);
  }
}
