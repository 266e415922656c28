import { iterateDict, DictView } from './dict-view.js';
import { dictSize, isDict } from './dict.js';
import { PyOverflowError, PyRuntimeError, PyTypeError } from './py-error.js';
import { ITER, LEN, asString, hooks } from './protocol.js';
import { Range } from './range.js';
import { codePointLength } from './code-points.js';
import { typeName } from './type-name.js';

function isJsIterable(value: object): value is Iterable<unknown> {
  return typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
}

function iterable(value: unknown): Iterable<unknown> | undefined {
  if (Array.isArray(value) || typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) {
    const iterator = hooks(value)?.[ITER];
    return iterator && { [Symbol.iterator]: () => iterator.call(value) };
  }
  const custom = hooks(value)?.[ITER];
  if (custom !== undefined) return { [Symbol.iterator]: () => custom.call(value) };
  const text = asString(value);
  if (text !== undefined) return text;
  if (isDict(value)) return iterateDict(value);
  if (value instanceof Set) return iterateSet(value);
  return isJsIterable(value) ? value : undefined;
}

function* iterateSet(set: ReadonlySet<unknown>): Generator<unknown, void, undefined> {
  const { size } = set;
  for (const item of set) {
    yield item;
    if (set.size !== size) throw new PyRuntimeError('Set changed size during iteration');
  }
}

/** True when `iterate` would not throw. */
export function isIterable(value: unknown): boolean {
  return iterable(value) !== undefined;
}

/**
 * Python's `iter(value)`: characters of a str (by code point), keys of a dict, items of everything
 * else that has any. Throws PyTypeError `'int' object is not iterable`.
 */
export function iterate(value: unknown): Iterable<unknown> {
  const items = iterable(value);
  if (items !== undefined) return items;
  throw new PyTypeError(`'${typeName(value)}' object is not iterable`);
}

/** Python's `list(value)`: always a fresh array. */
export function toList(value: unknown): unknown[] {
  if (Array.isArray(value)) return Array.from<unknown>(value);
  if (value instanceof DictView) return value.toArray();
  return Array.from(iterate(value));
}

/** Python's `len(value)`; undefined when it has none. */
export function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string') return codePointLength(value);
  if (Array.isArray(value)) return value.length;
  const custom = hooks(value)?.[LEN];
  if (custom !== undefined) return custom.call(value);
  const text = asString(value);
  if (text !== undefined) return codePointLength(text);
  if (isDict(value)) return dictSize(value);
  if (value instanceof Set) return value.size;
  if (value instanceof DictView) return value.length;
  if (value instanceof Range) {
    if (value.length > 0x7fff_ffff_ffff_ffffn) {
      throw new PyOverflowError('Python int too large to convert to C ssize_t');
    }
    return Number(value.length);
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return (value as Uint8Array).length;
  }
  return undefined;
}

/** Python's `len(value)`. Throws PyTypeError `object of type 'int' has no len()`. */
export function length(value: unknown): number {
  const size = lengthOf(value);
  if (size === undefined) throw new PyTypeError(`object of type '${typeName(value)}' has no len()`);
  return size;
}
