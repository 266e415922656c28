import { compare, contains, eq } from './compare.js';
import { dictDelete, dictSet, isDict } from './dict.js';
import { formatValue } from './format-spec.js';
import { Generator } from './generator.js';
import { getItem } from './item.js';
import { isIterable, iterate, length, lengthOf, toList } from './iterate.js';
import { keyOf } from './hash.js';
import { BoundMethod, Method, none, one, parsed, toIndex, type Definition } from './method.js';
import { asInt, isNumeric, normalizeInt, toFloat } from './number.js';
import { add, div, floordiv, mod, mul, neg, pos, pow, sub } from './ops.js';
import { roundFloat, roundInt, roundToInt } from './decimal.js';
import { toInt, toNumber } from './parse-number.js';
import { CALL, MISSING, asString, hooks } from './protocol.js';
import { call } from './callable.js';
import { PyIndexError, PyKeyError } from './py-error.js';
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
const mutable: Applies = (value) =>
  isDict(value) || (Array.isArray(value) && !(value instanceof Tuple));
const sized: Applies = (value) => lengthOf(value) !== undefined;
const addable: Applies = (value) => isNumeric(value) || sequence(value);

type Operator = (a: unknown, b: unknown) => unknown;

const binary = (applies: Applies, operator: Operator): Entry => [applies, one(operator)];
const isIntegral: Applies = (value) => asInt(value) !== undefined;
const bitwise = (operator: (a: bigint, b: bigint) => bigint): Entry => [
  isIntegral,
  one((a, b) => normalizeInt(operator(BigInt(toInt(a)), BigInt(toIndex(b))))),
];
const reflected = (operator: Operator): Entry => [isNumeric, one((a, b) => operator(b, a))];

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
    __abs__: [isNumeric, none((self) => (compare('<', self, 0) ? neg(self) : pos(self)))],
    __add__: binary(addable, add),
    __and__: bitwise((a, b) => a & b),
    __bool__: [isNumeric, none(truth)],
    __contains__: [(value) => sized(value) && isIterable(value), one(contains)],
    __delitem__: [mutable, one(deleteItem)],
    __divmod__: binary(isNumeric, (a, b) => Tuple.of(floordiv(a, b), mod(a, b))),
    __eq__: [always, one(eq)],
    __float__: [isNumeric, none((self) => toFloat(toNumber(self)))],
    __floordiv__: binary(isNumeric, floordiv),
    __format__: [always, one((self, spec) => formatValue(self, str(spec)))],
    __ge__: binary(always, (a, b) => compare('>=', a, b)),
    __getitem__: [(value) => sequence(value) || isDict(value), one(getItem)],
    __gt__: binary(always, (a, b) => compare('>', a, b)),
    __hash__: [always, none(hash)],
    __int__: [isNumeric, none((self) => toInt(self))],
    __iter__: [
      isIterable,
      none((self) => new Generator(iterate(self), '', `${typeName(self)}_iterator`)),
    ],
    __le__: binary(always, (a, b) => compare('<=', a, b)),
    __len__: [sized, none(length)],
    __lt__: binary(always, (a, b) => compare('<', a, b)),
    __invert__: [isIntegral, none((self) => normalizeInt(~BigInt(toInt(self))))],
    __lshift__: bitwise((a, b) => a << b),
    __mod__: binary((value) => isNumeric(value) || asString(value) !== undefined, mod),
    __mul__: binary(addable, mul),
    __ne__: [always, one((self, other) => !eq(self, other))],
    __neg__: [isNumeric, none(neg)],
    __or__: bitwise((a, b) => a | b),
    __pos__: [isNumeric, none(pos)],
    __pow__: binary(isNumeric, pow),
    __radd__: reflected(add),
    __repr__: [always, none(repr)],
    __reversed__: [
      (value) => Array.isArray(value) && !(value instanceof Tuple),
      none((self) => new Generator(toList(self).reverse(), '', 'list_reverseiterator')),
    ],
    __rmul__: reflected(mul),
    __round__: [isNumeric, parsed(0, 1, round)],
    __rshift__: bitwise((a, b) => a >> b),
    __rsub__: reflected(sub),
    __setitem__: [mutable, parsed(2, 2, setItem)],
    __str__: [always, none(str)],
    __sub__: binary(isNumeric, sub),
    __truediv__: binary(isNumeric, div),
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
