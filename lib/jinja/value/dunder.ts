import { compare, contains, eq } from './compare.js';
import { dictDelete, dictSet, isDict } from './dict.js';
import { formatValue } from './format-spec.js';
import { Generator } from './generator.js';
import { getItem } from './item.js';
import { isIterable, iterate, length, lengthOf, toList } from './iterate.js';
import { keyOf } from './hash.js';
import {
  BoundMethod,
  Method,
  none,
  one,
  parsed,
  toIndex,
  wrapper,
  type Definition,
} from './method.js';
import { asInt, isNumeric, normalizeInt, toFloat } from './number.js';
import { add, div, floordiv, mod, mul, neg, pos, pow, sub } from './ops.js';
import { roundFloat, roundInt, roundToInt } from './decimal.js';
import { toInt, toNumber } from './parse-number.js';
import {
  ATTR,
  CALL,
  MISSING,
  REPR,
  TYPE_NAME,
  asString,
  hooks,
  type PythonObject,
} from './protocol.js';
import { call } from './callable.js';
import { PyIndexError, PyKeyError, PyTypeError } from './py-error.js';
import { Range } from './range.js';
import { repr } from './repr.js';
import { str } from './str.js';
import { truth } from './truth.js';
import { Tuple } from './tuple.js';
import { typeName } from './type-name.js';
import { builtinType, typeOf } from './types.js';

type Applies = (value: unknown) => boolean;
type Entry = readonly [applies: Applies, definition: Definition];

const always: Applies = () => true;
const sequence: Applies = (value) => Array.isArray(value) || asString(value) !== undefined;
const subscriptable: Applies = (value) =>
  sequence(value) || value instanceof Range || value instanceof Uint8Array;
const mutable: Applies = (value) =>
  isDict(value) || (Array.isArray(value) && !(value instanceof Tuple));
const sized: Applies = (value) => lengthOf(value) !== undefined;
const addable: Applies = (value) => isNumeric(value) || sequence(value);

type Operator = (a: unknown, b: unknown) => unknown;

/** An operator that answers NotImplemented to an operand that it does not know. */
const partial = (applies: Applies, operator: Operator): Entry => [
  applies,
  wrapper(1, (a, b) => {
    if (isNumeric(a) && !isNumeric(b)) return NotImplemented;
    return operator(a, b);
  }),
];
const ordering = (op: '<' | '<=' | '>' | '>='): Entry => [
  always,
  wrapper(1, (a, b) => (comparable(a, b) ? compare(op, a, b) : NotImplemented)),
];

/** Whether the type of `a` knows how to compare itself with `b`. */
function comparable(a: unknown, b: unknown): boolean {
  const kind = (value: unknown): string => {
    if (isNumeric(value)) return 'number';
    if (asString(value) !== undefined) return 'str';
    const name = typeName(value);
    return ['set', 'frozenset', 'dict_keys', 'dict_items'].includes(name) ? 'set' : name;
  };
  return kind(a) === kind(b);
}

/** Python's `NotImplemented`: what a special method answers to an operand it does not know. */
const NotImplemented: PythonObject = {
  [TYPE_NAME]: 'NotImplementedType',
  [REPR]: () => 'NotImplemented',
  [ATTR]: () => MISSING,
};

const isIntegral: Applies = (value) => asInt(value) !== undefined;
const bitwise = (operator: (a: bigint, b: bigint) => bigint): Entry => [
  isIntegral,
  wrapper(1, (a, b) =>
    isIntegral(b) ? normalizeInt(operator(BigInt(toInt(a)), BigInt(toInt(b)))) : NotImplemented,
  ),
];
const reflected = (operator: Operator): Entry => partial(isNumeric, (a, b) => operator(b, a));

function place(list: readonly unknown[], key: unknown, what: string): number {
  const index = toIndex(key);
  const at = index < 0 ? index + list.length : index;
  if (at < 0 || at >= list.length) throw new PyIndexError(`list ${what} index out of range`);
  return at;
}

function setItem(self: unknown, key: unknown, value: unknown): null {
  if (Array.isArray(self)) self[place(self, key, 'assignment')] = value;
  else if (isDict(self)) dictSet(self, key, value);
  return null;
}

function deleteItem(self: unknown, key: unknown): null {
  if (Array.isArray(self)) self.splice(place(self, key, 'assignment'), 1);
  else if (isDict(self) && !dictDelete(self, key)) throw new PyKeyError(repr(key));
  return null;
}

function round(self: unknown, digits: unknown): unknown {
  const places = digits === undefined || digits === null ? undefined : toIndex(digits);
  if (typeof self === 'bigint' || typeof self === 'boolean' || Number.isInteger(self)) {
    return roundInt(toInt(self), places ?? 0);
  }
  const value = toNumber(self);
  if (places !== undefined) return roundFloat(value, places);
  return Number.isFinite(value) ? roundToInt(value) : toInt(toFloat(value));
}

/** The special methods of built-in types, as far as a template has a use for them. */
function entries(): Readonly<Record<string, Entry>> {
  return {
    __abs__: [isNumeric, wrapper(0, (self) => (compare('<', self, 0) ? neg(self) : pos(self)))],
    __add__: partial(addable, add),
    __and__: bitwise((a, b) => a & b),
    __bool__: [isNumeric, wrapper(0, truth)],
    __contains__: [(value) => sized(value) && isIterable(value), one(contains)],
    __delitem__: [mutable, wrapper(1, deleteItem)],
    __divmod__: partial(isNumeric, (a, b) => Tuple.of(floordiv(a, b), mod(a, b))),
    __eq__: [always, wrapper(1, (a, b) => (comparable(a, b) ? eq(a, b) : NotImplemented))],
    __float__: [isNumeric, wrapper(0, (self) => toFloat(toNumber(self)))],
    __floordiv__: partial(isNumeric, floordiv),
    __format__: [
      always,
      one((self, spec) => {
        const text = asString(spec);
        if (text !== undefined) return formatValue(self, text);
        throw new PyTypeError(`__format__() argument must be str, not ${typeName(spec)}`);
      }),
    ],
    __ge__: ordering('>='),
    __getitem__: [(value) => subscriptable(value) || isDict(value), one(getItem)],
    __gt__: ordering('>'),
    __hash__: [always, wrapper(0, hash)],
    __int__: [isNumeric, wrapper(0, (self) => toInt(self))],
    __iter__: [
      isIterable,
      wrapper(0, (self) => new Generator(iterate(self), '', `${typeName(self)}_iterator`)),
    ],
    __le__: ordering('<='),
    __len__: [sized, wrapper(0, length)],
    __lt__: ordering('<'),
    __invert__: [isIntegral, wrapper(0, (self) => normalizeInt(~BigInt(toInt(self))))],
    __lshift__: bitwise((a, b) => a << b),
    __mod__: partial((value) => isNumeric(value) || asString(value) !== undefined, mod),
    __mul__: partial(addable, (a, b) => mul(a, isNumeric(a) ? b : toIndex(b))),
    __ne__: [always, wrapper(1, (a, b) => (comparable(a, b) ? !eq(a, b) : NotImplemented))],
    __neg__: [isNumeric, wrapper(0, neg)],
    __or__: bitwise((a, b) => a | b),
    __pos__: [isNumeric, wrapper(0, pos)],
    __pow__: partial(isNumeric, pow),
    __radd__: reflected(add),
    __repr__: [always, wrapper(0, repr)],
    __reversed__: [
      (value) => Array.isArray(value) && !(value instanceof Tuple),
      none((self) => new Generator(toList(self).reverse(), '', 'list_reverseiterator')),
    ],
    __rmul__: reflected(mul),
    __round__: [isNumeric, parsed(0, 1, round)],
    __rshift__: bitwise((a, b) => a >> b),
    __rsub__: reflected(sub),
    __setitem__: [mutable, wrapper(2, setItem)],
    __str__: [always, wrapper(0, str)],
    __sub__: partial(isNumeric, sub),
    __truediv__: partial(isNumeric, div),
    __xor__: bitwise((a, b) => a ^ b),
  };
}

/** An int that is equal for equal values; not CPython's number, which nobody can rely on. */
function hash(value: unknown): number {
  const key = keyOf(value);
  if (typeof key === 'number' && Number.isInteger(key)) return key;
  let sum = 0;
  for (const c of typeof key === 'object' && key !== null ? repr(value) : String(key)) {
    sum = (sum * 31 + (c.codePointAt(0) ?? 0)) % 2147483647;
  }
  return sum;
}

let table: Map<string, readonly [Applies, Definition]> | undefined;

/** A special attribute such as `__class__` or `__len__`; MISSING when the type has none. */
export function dunder(value: unknown, name: string): unknown {
  if (name === '__class__') return classOf(value);
  if (name === '__call__' && hooks(value)?.[CALL] !== undefined) {
    return {
      [CALL]: (args: unknown[], kwargs?: Map<string, unknown>) => call(value, args, kwargs),
    };
  }
  table ??= new Map(Object.entries(entries()));
  const entry = table.get(name);
  if (entry === undefined || typeof value === 'function') return MISSING;
  const [applies, definition] = entry;
  return applies(value)
    ? new BoundMethod(value, new Method(typeName(value), name, definition))
    : MISSING;
}

function classOf(value: unknown): unknown {
  return value === undefined ? builtinType('Undefined') : typeOf(value);
}
