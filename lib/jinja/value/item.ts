import { characterAt, characters, hasSurrogates } from './code-points.js';
import { dictGet, isDict } from './dict.js';
import { addInts } from './int-ops.js';
import { asInt } from './number.js';
import { ITEM, MISSING, asString, hooks } from './protocol.js';
import { PyIndexError, PyKeyError, PyTypeError } from './py-error.js';
import { Range } from './range.js';
import { repr } from './repr.js';
import { Slice, sliceArray, sliceIndices } from './slice.js';
import { Tuple, tupleFrom } from './tuple.js';
import { typeName } from './type-name.js';

/** The place that an int key names in a sequence of this length; -1 when it is outside. */
function place(key: unknown, length: number, wrongType: (type: string) => string): number {
  const int = asInt(key);
  if (int === undefined) throw new PyTypeError(wrongType(typeName(key)));
  if (int > 0x7fff_ffff_ffff_ffffn || int < -0x8000_0000_0000_0000n) {
    throw new PyIndexError("cannot fit 'int' into an index-sized integer");
  }
  const index = Number(int);
  const at = index < 0 ? index + length : index;
  return at < length ? at : -1;
}

function stringItem(text: string, key: unknown): string {
  if (key instanceof Slice) return sliceString(text, key);
  const int = asInt(key);
  if (int === undefined) {
    throw new PyTypeError(`string indices must be integers, not '${typeName(key)}'`);
  }
  place(key, 0, String);
  const character = characterAt(text, Number(int));
  if (character === undefined) throw new PyIndexError('string index out of range');
  return character;
}

function sliceString(text: string, slice: Slice): string {
  if ((slice.step === null || slice.step === 1) && !hasSurrogates(text)) {
    const [start, stop] = sliceIndices(slice, text.length);
    return start < stop ? text.slice(start, stop) : '';
  }
  return sliceArray(characters(text), slice).join('');
}

function arrayItem(items: readonly unknown[], key: unknown): unknown {
  const tuple = items instanceof Tuple;
  if (key instanceof Slice) {
    const part = sliceArray(items, key);
    return tuple ? tupleFrom(part) : part;
  }
  const type = tuple ? 'tuple' : 'list';
  const at = place(
    key,
    items.length,
    (got) => `${type} indices must be integers or slices, not ${got}`,
  );
  if (at < 0) throw new PyIndexError(`${type} index out of range`);
  return items[at];
}

function rangeItem(range: Range, key: unknown): unknown {
  if (key instanceof Slice) return range.slice(key);
  const int = asInt(key);
  if (int === undefined) {
    throw new PyTypeError(`range indices must be integers or slices, not ${typeName(key)}`);
  }
  const at = int < 0 ? addInts(int, range.length) : int;
  if (at < 0 || at >= range.length) throw new PyIndexError('range object index out of range');
  return range.at(at);
}

function bytesItem(bytes: Uint8Array, key: unknown): unknown {
  if (key instanceof Slice) return Uint8Array.from(sliceArray(bytes, key));
  const at = place(
    key,
    bytes.length,
    (got) => `byte indices must be integers or slices, not ${got}`,
  );
  if (at < 0) throw new PyIndexError('index out of range');
  return bytes[at];
}

/**
 * Python's `value[key]`, slices included. Throws PyKeyError, PyIndexError, or PyTypeError when the
 * key does not fit or the value has no items.
 */
export function getItem(value: unknown, key: unknown): unknown {
  if (typeof value === 'string') return stringItem(value, key);
  const custom = hooks(value)?.[ITEM];
  if (custom !== undefined) {
    const item = custom.call(value, key);
    if (item === MISSING) throw new PyKeyError(repr(key));
    return item;
  }
  if (Array.isArray(value)) return arrayItem(value, key);
  if (isDict(value)) {
    const item = dictGet(value, key);
    if (item === MISSING) throw new PyKeyError(repr(key));
    return item;
  }
  const text = asString(value);
  if (text !== undefined) return stringItem(text, key);
  if (value instanceof Range) return rangeItem(value, key);
  if (value instanceof Uint8Array) return bytesItem(value, key);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return arrayItem(Array.from(value as unknown as ArrayLike<unknown>), key);
  }
  const type = typeName(value);
  // A class is named by itself: `<class 'jinja2.utils.Cycler'>`.
  const name = type === 'type' ? /(\w+)'>$/.exec(repr(value))?.[1] : undefined;
  const what = name === undefined ? `'${type}' object` : `type '${name}'`;
  throw new PyTypeError(`${what} is not subscriptable`);
}

/** Python's `value[start:stop:step]`; None is null. Throws as `getItem` does. */
export function slice(value: unknown, start: unknown, stop: unknown, step: unknown): unknown {
  return getItem(value, new Slice(start, stop, step));
}
