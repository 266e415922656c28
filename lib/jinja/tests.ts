import type { Environment } from './environment.js';
import { hasHtml } from './html.js';
import { isUndefined, type Undefined } from './undefined.js';
import { getAttribute } from './value/attribute.js';
import { call, isCallable, passEnvironment, pyFunction } from './value/callable.js';
import { contains, eq, ge, gt, keyOf, le, lt, ne } from './value/compare.js';
import { isDict } from './value/dict.js';
import { isIterable, lengthOf } from './value/iterate.js';
import { Float, isFloat, isInt, isNumeric } from './value/number.js';
import { mod } from './value/ops.js';
import { ITEM, ITER, asString, hooks } from './value/protocol.js';
import { Range } from './value/range.js';
import { str } from './value/str.js';
import { operatorBuiltin, unaryBuiltin, type Filter } from './filters/builtin.js';

type Predicate = (value: unknown) => boolean;

const test = (name: string, impl: Predicate): Filter => pyFunction(`test_${name}`, 'value', impl);

/** Whether `len(value)` and subscripts work, as lists, strings, dicts and ranges allow. */
function isSequence(value: unknown): boolean {
  if (value instanceof Set) return false;
  try {
    if (lengthOf(value) === undefined) return false;
  } catch {
    return false;
  }
  return (
    asString(value) !== undefined ||
    Array.isArray(value) ||
    isDict(value) ||
    value instanceof Range ||
    ArrayBuffer.isView(value) ||
    hooks(value)?.[ITEM] !== undefined
  );
}

/** Python's `value is other`, for what JavaScript cannot tell apart: equal ints and strs are one. */
function isSame(value: unknown, other: unknown): boolean {
  if (value instanceof Float && other instanceof Float) return value === other;
  return Object.is(value, other);
}

/** Whether `name` is a key of the registry; unhashable names raise, as Python's `in` does. */
function registered(registry: unknown, name: unknown): boolean {
  const key = keyOf(name);
  if (typeof key !== 'string') return false;
  return registry instanceof Map ? registry.has(key) : Object.hasOwn(registry as object, key);
}

const equal = operatorBuiltin('eq', eq);
const notEqual = operatorBuiltin('ne', ne);
const greater = operatorBuiltin('gt', gt);
const greaterOrEqual = operatorBuiltin('ge', ge);
const less = operatorBuiltin('lt', lt);
const lessOrEqual = operatorBuiltin('le', le);

/** Asks a str method such as `islower` of str(value). */
const asks =
  (method: string): Predicate =>
  (value) =>
    call(getAttribute(str(value), method), []) === true;

/**
 * Every built-in test under every name it has. Source: jinja2.tests.TESTS @3.1.6
 */
export const TESTS: Readonly<Record<string, Filter>> = Object.freeze({
  __proto__: null as never,
  odd: test('odd', (value) => eq(mod(value, 2), 1)),
  even: test('even', (value) => eq(mod(value, 2), 0)),
  divisibleby: pyFunction('test_divisibleby', 'value, num', (value: unknown, num: unknown) =>
    eq(mod(value, num), 0),
  ),
  defined: test('defined', (value) => !isUndefined(value)),
  undefined: test('undefined', isUndefined),
  filter: passEnvironment(
    pyFunction('test_filter', 'env, value', (env: Environment, value: unknown) =>
      registered(env.filters, value),
    ),
  ),
  test: passEnvironment(
    pyFunction('test_test', 'env, value', (env: Environment, value: unknown) =>
      registered(env.tests, value),
    ),
  ),
  none: test('none', (value) => value === null),
  boolean: test('boolean', (value) => typeof value === 'boolean'),
  false: test('false', (value) => value === false),
  true: test('true', (value) => value === true),
  integer: test('integer', isInt),
  float: test('float', isFloat),
  lower: test('lower', asks('islower')),
  upper: test('upper', asks('isupper')),
  string: test('string', (value) => asString(value) !== undefined),
  mapping: test('mapping', isDict),
  number: test('number', isNumeric),
  sequence: test('sequence', isSequence),
  iterable: test('iterable', (value) => {
    // Python calls `iter(value)`, which a StrictUndefined refuses.
    if (isUndefined(value)) (value as Partial<Undefined>)[ITER]?.();
    return isIterable(value);
  }),
  callable: unaryBuiltin('callable', isCallable),
  sameas: pyFunction('test_sameas', 'value, other', isSame),
  escaped: test('escaped', hasHtml),
  in: pyFunction('test_in', 'value, seq', (value: unknown, seq: unknown) => contains(seq, value)),
  '==': equal,
  eq: equal,
  equalto: equal,
  '!=': notEqual,
  ne: notEqual,
  '>': greater,
  gt: greater,
  greaterthan: greater,
  ge: greaterOrEqual,
  '>=': greaterOrEqual,
  '<': less,
  lt: less,
  lessthan: less,
  '<=': lessOrEqual,
  le: lessOrEqual,
});
