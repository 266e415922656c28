import { compareStrings } from './code-points.js';
import { DictView } from './dict-view.js';
import { dictGet, dictHas, dictKeys, dictSize, isDict, type DictLike } from './dict.js';
import { iterate, isIterable } from './iterate.js';
import { asInt, integral, isNumeric, type Float } from './number.js';
import {
  BINARY,
  CONTAINS,
  EQ,
  MISSING,
  NOT_IMPLEMENTED,
  asString,
  hooks,
  type BinaryOp,
} from './protocol.js';
import { PyTypeError, PyValueError } from './py-error.js';
import { Range } from './range.js';
import { setHas } from './set.js';
import { Slice } from './slice.js';
import { Tuple } from './tuple.js';
import { typeName } from './type-name.js';

export { keyOf } from './hash.js';

type Primitive = number | bigint;

function numeric(value: number | bigint | boolean | Float): Primitive {
  if (typeof value === 'object') return value.value;
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Python's `==` of items inside a container: an item equals itself even when it is NaN. */
function sameOrEqual(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || eq(a, b);
}

function equalArrays(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameOrEqual(a[i], b[i])) return false;
  return true;
}

function equalDicts(a: DictLike, b: DictLike): boolean {
  if (dictSize(a) !== dictSize(b)) return false;
  for (const key of dictKeys(a)) {
    const other = dictGet(b, key);
    if (other === MISSING || !sameOrEqual(dictGet(a, key), other)) return false;
  }
  return true;
}

function equalRanges(a: Range, b: Range): boolean {
  if (a.length !== b.length) return false;
  return a.length === 0 || (a.start === b.start && (a.length === 1 || a.step === b.step));
}

/** Sets, and dict views that behave as sets. */
type SetLike = ReadonlySet<unknown> | DictView;

function isSetLike(value: unknown): value is SetLike {
  return value instanceof Set || (value instanceof DictView && value.kind !== 'values');
}

function sizeOf(set: SetLike): number {
  return set instanceof DictView ? set.length : set.size;
}

function isSubset(a: SetLike, b: SetLike): boolean {
  if (sizeOf(a) > sizeOf(b)) return false;
  for (const item of a) {
    if (!(b instanceof DictView ? viewContains(b, item) : setHas(b, item))) return false;
  }
  return true;
}

function equalObjects(a: object, b: object): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a instanceof Tuple === b instanceof Tuple && equalArrays(a, b);
  }
  if (isDict(a)) return isDict(b) && equalDicts(a, b);
  if (isSetLike(a)) return isSetLike(b) && sizeOf(a) === sizeOf(b) && isSubset(a, b);
  if (a instanceof Range) return b instanceof Range && equalRanges(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalArrays([...a], [...b]);
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Slice) {
    return b instanceof Slice && equalArrays([a.start, a.stop, a.step], [b.start, b.stop, b.step]);
  }
  return false;
}

/** Python asks the right operand first when its class is derived from the left one's. */
function rightGoesFirst(left: unknown, right: unknown): boolean {
  const one = hooks(left)?.constructor;
  const other = hooks(right)?.constructor;
  if (typeof one !== 'function' || typeof other !== 'function' || one === other) return false;
  return other.prototype instanceof one;
}

function equalSlow(a: unknown, b: unknown): boolean {
  const turns = [
    [a, b],
    [b, a],
  ];
  if (rightGoesFirst(a, b)) turns.reverse();
  for (const [one, other] of turns) {
    const custom = hooks(one)?.[EQ];
    if (custom !== undefined) {
      const answer = custom.call(one, other);
      if (answer !== NOT_IMPLEMENTED) return answer === true;
    }
  }
  if (isNumeric(a)) {
    // JavaScript compares a number with a bigint exactly, as Python compares float with int.
    return isNumeric(b) && numeric(a) == numeric(b);
  }
  const text = asString(a);
  if (text !== undefined) return text === asString(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return equalObjects(a, b);
}

/** Python's `a == b`. */
export function eq(a: unknown, b: unknown): boolean {
  // A custom `==` is asked about an operand and itself, too: under StrictUndefined that fails.
  if (a === b) return typeof a !== 'object' || hooks(a)?.[EQ] === undefined || equalSlow(a, b);
  const type = typeof a;
  if (type === typeof b && (type === 'string' || type === 'number' || type === 'boolean')) {
    return false;
  }
  return equalSlow(a, b);
}

/** Python's `a != b`. */
export function ne(a: unknown, b: unknown): boolean {
  return !eq(a, b);
}

type Ordering = '<' | '<=' | '>' | '>=';
const SWAPPED: Readonly<Record<Ordering, BinaryOp>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function decide(op: Ordering, order: number): boolean {
  switch (op) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function orderNumbers(op: Ordering, a: Primitive, b: Primitive): boolean {
  switch (op) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function orderArrays(op: Ordering, a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (!sameOrEqual(a[i], b[i])) return compare(op, a[i], b[i]);
  }
  return decide(op, a.length - b.length);
}

/** Python's ordering of sets: proper and improper subsets. */
export function compareSets(op: Ordering, a: SetLike, b: SetLike): boolean {
  switch (op) {
    case '<':
      return sizeOf(a) < sizeOf(b) && isSubset(a, b);
    case '<=':
      return isSubset(a, b);
    case '>':
      return sizeOf(b) < sizeOf(a) && isSubset(b, a);
    case '>=':
      return isSubset(b, a);
  }
}

function orderBuiltins(op: Ordering, a: unknown, b: unknown): boolean | undefined {
  if (isNumeric(a)) return isNumeric(b) ? orderNumbers(op, numeric(a), numeric(b)) : undefined;
  const text = asString(a);
  if (text !== undefined) {
    const other = asString(b);
    return other === undefined ? undefined : decide(op, compareStrings(text, other));
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a instanceof Tuple === b instanceof Tuple
      ? orderArrays(op, a, b)
      : undefined;
  }
  if (isSetLike(a)) return isSetLike(b) ? compareSets(op, a, b) : undefined;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return orderArrays(op, a, b);
  if (a instanceof Date && b instanceof Date) return orderNumbers(op, a.getTime(), b.getTime());
  return undefined;
}

/** Python's rich comparison with the operator `op`. */
export function compare(op: Ordering, a: unknown, b: unknown): boolean {
  const turns: [BinaryOp, unknown, unknown][] = [
    [op, a, b],
    [SWAPPED[op], b, a],
  ];
  if (rightGoesFirst(a, b)) turns.reverse();
  for (const [sign, one, other] of turns) {
    const own = hooks(one)?.[BINARY]?.call(one, sign, other, false);
    if (own !== undefined && own !== NOT_IMPLEMENTED) return own === true;
  }
  const answer = orderBuiltins(op, a, b);
  if (answer !== undefined) return answer;
  throw new PyTypeError(
    `'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  );
}

/** Python's `a < b`. */
export function lt(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return compare('<', a, b);
}

/** Python's `a <= b`. */
export function le(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a <= b;
  return compare('<=', a, b);
}

/** Python's `a > b`. */
export function gt(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  return compare('>', a, b);
}

/** Python's `a >= b`. */
export function ge(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a >= b;
  return compare('>=', a, b);
}

/**
 * A comparator with Python's ordering for `Array.prototype.sort`, which is stable as Python's is.
 * Throws the TypeError of `b < a`, the comparison that Python's sort makes.
 */
export function compareForSort(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (lt(a, b)) return -1;
  return lt(b, a) ? 1 : 0;
}

/**
 * Sorts in place, as Python's `list.sort()` does. V8's sort asks, as Python's does, only whether a
 * later item is smaller than an earlier one; so one comparison per pair is enough, and a TypeError
 * names its operands in Python's order.
 */
export function sortInPlace<T>(items: T[], keyOfItem: (item: T) => unknown, reverse = false): T[] {
  const decorated = items.map((item) => ({ item, key: keyOfItem(item) }));
  if (reverse) decorated.reverse();
  decorated.sort((x, y) => (lessForSort(x.key, y.key) ? -1 : 0));
  if (reverse) decorated.reverse();
  decorated.forEach(({ item }, i) => (items[i] = item));
  return items;
}

function lessForSort(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && typeof b === 'string' ? compareStrings(a, b) < 0 : lt(a, b);
}

function bytesContain(bytes: Uint8Array, item: unknown): boolean {
  if (item instanceof Uint8Array) {
    const needle = String.fromCharCode(...item);
    return String.fromCharCode(...bytes).includes(needle);
  }
  const byte = asInt(item);
  if (byte === undefined) {
    throw new PyTypeError(`a bytes-like object is required, not '${typeName(item)}'`);
  }
  if (byte < 0 || byte > 255) throw new PyValueError('byte must be in range(0, 256)');
  return bytes.includes(Number(byte));
}

function viewContains(view: DictView, item: unknown): boolean {
  if (view.kind === 'keys') return dictHas(view.dict, item);
  if (view.kind === 'values') return view.toArray().some((value) => sameOrEqual(value, item));
  if (!(item instanceof Tuple) || item.length !== 2) return false;
  const value = dictGet(view.dict, item[0]);
  return value !== MISSING && sameOrEqual(value, item[1]);
}

function textContains(text: string, item: unknown): boolean {
  const part = asString(item);
  if (part === undefined) {
    throw new PyTypeError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  return text.includes(part);
}

function containsSlow(container: unknown, item: unknown): boolean {
  const custom = hooks(container)?.[CONTAINS];
  if (custom !== undefined) return custom.call(container, item);
  const text = asString(container);
  if (text !== undefined) return textContains(text, item);
  if (isDict(container)) return dictHas(container, item);
  if (container instanceof Set) return setHas(container, item);
  if (container instanceof DictView) return viewContains(container, item);
  if (container instanceof Uint8Array) return bytesContain(container, item);
  if (container instanceof Range && isNumeric(item)) {
    const int = integral(item);
    return int !== undefined && container.indexOf(int) >= 0;
  }
  if (!isIterable(container)) {
    throw new PyTypeError(`argument of type '${typeName(container)}' is not iterable`);
  }
  for (const value of iterate(container)) if (sameOrEqual(value, item)) return true;
  return false;
}

/** Python's `item in container`. */
export function contains(container: unknown, item: unknown): boolean {
  if (typeof container === 'string' && typeof item === 'string') return container.includes(item);
  if (Array.isArray(container)) {
    for (const value of container) if (value === item || sameOrEqual(value, item)) return true;
    return false;
  }
  return containsSlow(container, item);
}
