import type { Arguments, Expression, Keyword, Node, Pair } from './ast.js';
import type { EvalContext } from './context.js';
import { Markup } from './markup.js';
import { call, passOf } from './value/callable.js';
import { contains, eq, ge, gt, le, lt, ne } from './value/compare.js';
import { Dict } from './value/dict.js';
import { toList } from './value/iterate.js';
import { Float } from './value/number.js';
import { add, div, floordiv, mod, mul, neg, pos, pow, sub } from './value/ops.js';
import { Slice } from './value/slice.js';
import { str } from './value/str.js';
import { truth } from './value/truth.js';
import { Tuple, tupleFrom } from './value/tuple.js';

/** Says that an expression has no value before rendering. */
export class Impossible extends Error {}

const impossible = new Impossible();

/** Operators by node type: Python's sign, and what computes it. */
export const BINARY_OPERATORS = {
  Add: ['+', add],
  Sub: ['-', sub],
  Mul: ['*', mul],
  Div: ['/', div],
  FloorDiv: ['//', floordiv],
  Mod: ['%', mod],
  Pow: ['**', pow],
} as const;

/** What computes an operator, by Python's sign. */
export const BINARY_OPERATIONS: ReadonlyMap<string, (left: unknown, right: unknown) => unknown> =
  new Map(Object.values(BINARY_OPERATORS));

const COMPARISONS = {
  eq,
  ne,
  gt,
  gteq: ge,
  lt,
  lteq: le,
  in: (a: unknown, b: unknown) => contains(b, a),
  notin: (a: unknown, b: unknown) => !contains(b, a),
};

function keyword(node: Pair | Keyword, evalCtx: EvalContext): [unknown, unknown] {
  return [
    node.type === 'Pair' ? asConst(node.key, evalCtx) : node.key,
    asConst(node.value, evalCtx),
  ];
}

function callConst(node: Expression & Arguments, evalCtx: EvalContext): unknown {
  if (node.type !== 'Filter' && node.type !== 'Test') throw impossible;
  if (evalCtx.volatile || node.node === null) throw impossible;
  const { environment } = evalCtx;
  const func: unknown = (node.type === 'Filter' ? environment.filters : environment.tests)[
    node.name
  ];
  const pass = passOf(func);
  if (func === undefined || pass === 'context') throw impossible;
  const args = node.args.map((arg) => asConst(arg, evalCtx));
  const kwargs = new Map(node.kwargs.map((arg) => keyword(arg, evalCtx) as [string, unknown]));
  if (node.dynArgs !== null) args.push(...toList(asConst(node.dynArgs, evalCtx)));
  if (node.dynKwargs !== null) throw impossible;
  args.unshift(asConst(node.node, evalCtx));
  if (pass === 'evalcontext') args.unshift(evalCtx);
  else if (pass === 'environment') args.unshift(environment);
  return call(func, args, kwargs.size === 0 ? undefined : kwargs);
}

/**
 * The value of an expression that needs no rendering; throws (Impossible, or what the operation
 * throws) when there is none. Folding shows: `~` on constants forgets Markup, `false and x|nope`
 * never asks for the filter. Source of the rules: jinja2 3.1.6 nodes, `as_const`.
 */
export function asConst(node: Expression, evalCtx: EvalContext): unknown {
  switch (node.type) {
    case 'Const':
      return node.value;
    case 'TemplateData':
      if (evalCtx.volatile) throw impossible;
      return evalCtx.autoescape ? new Markup(node.data) : node.data;
    case 'Tuple':
      return tupleFrom(node.items.map((item) => asConst(item, evalCtx)));
    case 'List':
      return node.items.map((item) => asConst(item, evalCtx));
    case 'Dict':
      return new Dict(node.items.map((item) => keyword(item, evalCtx)));
    case 'CondExpr':
      if (truth(asConst(node.test, evalCtx))) return asConst(node.expr1, evalCtx);
      if (node.expr2 === null) throw impossible;
      return asConst(node.expr2, evalCtx);
    case 'Filter':
    case 'Test':
      return callConst(node, evalCtx);
    case 'Getitem':
      if (node.ctx !== 'load') throw impossible;
      return evalCtx.environment.getitem(asConst(node.node, evalCtx), asConst(node.arg, evalCtx));
    case 'Getattr':
      if (node.ctx !== 'load') throw impossible;
      return evalCtx.environment.getattr(asConst(node.node, evalCtx), node.attr);
    case 'Slice': {
      const bound = (expr: Expression | null): unknown =>
        expr === null ? null : asConst(expr, evalCtx);
      return new Slice(bound(node.startExpr), bound(node.stopExpr), bound(node.stepExpr));
    }
    case 'Concat':
      return node.nodes.map((part) => str(asConst(part, evalCtx))).join('');
    case 'Compare': {
      let value = asConst(node.expr, evalCtx);
      for (const { op, expr } of node.ops) {
        const next = asConst(expr, evalCtx);
        if (!COMPARISONS[op](value, next)) return false;
        value = next;
      }
      return true;
    }
    case 'And': {
      const left = asConst(node.left, evalCtx);
      return truth(left) ? asConst(node.right, evalCtx) : left;
    }
    case 'Or': {
      const left = asConst(node.left, evalCtx);
      return truth(left) ? left : asConst(node.right, evalCtx);
    }
    case 'Not':
      return !truth(asConst(node.node, evalCtx));
    case 'Neg':
    case 'Pos': {
      if (evalCtx.environment.interceptedUnops.has(node.type === 'Neg' ? '-' : '+')) {
        throw impossible;
      }
      return (node.type === 'Neg' ? neg : pos)(asConst(node.node, evalCtx));
    }
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'FloorDiv':
    case 'Mod':
    case 'Pow': {
      const [sign, operation] = BINARY_OPERATORS[node.type];
      if (evalCtx.environment.interceptedBinops.has(sign)) throw impossible;
      const left = asConst(node.left, evalCtx);
      const right = asConst(node.right, evalCtx);
      if (evalCtx.environment.boundedBinops.has(sign)) {
        evalCtx.environment.checkBinop(sign, left, right);
      }
      return operation(left, right);
    }
    default:
      throw impossible;
  }
}

/**
 * A quick look whether folding may succeed, to spare the attempt: it may not when the first part to
 * be evaluated is a variable or a call.
 */
export function mayFold(node: Expression): boolean {
  let at: Node | null = node;
  while (at !== null) {
    switch (at.type) {
      case 'Const':
      case 'TemplateData':
        return true;
      case 'Tuple':
      case 'List':
        if (at.items[0] === undefined) return true;
        at = at.items[0];
        break;
      case 'Dict':
        if (at.items[0] === undefined) return true;
        at = at.items[0].key;
        break;
      case 'CondExpr':
        at = at.test;
        break;
      case 'Filter':
      case 'Test':
      case 'Getitem':
      case 'Getattr':
      case 'Not':
      case 'Neg':
      case 'Pos':
        at = at.node;
        break;
      case 'Concat':
        at = at.nodes[0] ?? null;
        break;
      case 'Compare':
        at = at.expr;
        break;
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div':
      case 'FloorDiv':
      case 'Mod':
      case 'Pow':
      case 'And':
      case 'Or':
        at = at.left;
        break;
      default:
        return false;
    }
  }
  return false;
}

/** Whether generated code can hold the value; mutable containers are built afresh each time. */
export function hasSafeRepr(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return true;
    case 'object':
      if (value === null || value instanceof Float || value instanceof Markup) return true;
      if (Array.isArray(value)) {
        const plain = value.constructor === Array || value.constructor === Tuple;
        return plain && value.every(hasSafeRepr);
      }
      if (value instanceof Dict) {
        return [...value].every(([key, item]) => hasSafeRepr(key) && hasSafeRepr(item));
      }
      return false;
    default:
      return false;
  }
}
