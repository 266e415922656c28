import { DictView } from './dict-view.js';
import { isPlainObject } from './plain-object.js';
import { Float, intFromNumber, normalizeInt } from './number.js';
import { PyTypeError } from './py-error.js';
import { HASH, STRING, type PythonObject } from './protocol.js';
import { Range } from './range.js';
import { Slice } from './slice.js';
import { Tuple } from './tuple.js';
import { FrozenSet } from './set.js';

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

function identity(object: object): number {
  let id = identities.get(object);
  if (id === undefined) identities.set(object, (id = nextIdentity++));
  return id;
}

/** An unambiguous text for a key inside a compound key. */
function encode(key: unknown): string {
  switch (typeof key) {
    case 'string':
      return `s${key.length}:${key}`;
    case 'number':
      return `n${key};`;
    case 'bigint':
      return `b${key};`;
    case 'object':
      return key === null ? 'N' : `o${identity(key)};`;
    case 'function':
      return `o${identity(key)};`;
    case 'symbol':
      return `y${String(key)};`;
    default:
      return 'u';
  }
}

/** Compound keys become strings with this prefix; no string that a user writes is mistaken for one. */
const COMPOUND = '\u0000';

function unhashable(type: string): PyTypeError {
  return new PyTypeError(`unhashable type: '${type}'`);
}

function keyOfObject(value: object): unknown {
  if (value instanceof Float) {
    return Number.isSafeInteger(value.value) ? intFromNumber(value.value) : BigInt(value.value);
  }
  const custom = value as PythonObject;
  if (custom[STRING] !== undefined) return keyOf(custom[STRING]);
  if (custom[HASH] !== undefined) return custom[HASH]();
  if (value instanceof Tuple) {
    let text = `${COMPOUND}t`;
    for (const item of value) text += encode(keyOf(item));
    return text;
  }
  if (Array.isArray(value)) throw unhashable('list');
  if (value instanceof Map || isPlainObject(value)) throw unhashable('dict');
  if (value instanceof FrozenSet) {
    return `${COMPOUND}f${[...value]
      .map((item) => encode(keyOf(item)))
      .sort()
      .join('')}`;
  }
  if (value instanceof Set) throw unhashable('set');
  if (value instanceof Uint8Array) return `${COMPOUND}b${value.join(',')}`;
  if (value instanceof Slice) throw unhashable('slice');
  if (value instanceof DictView && value.kind !== 'values') throw unhashable(`dict_${value.kind}`);
  if (value instanceof Range) {
    const { length, start, step } = value;
    return `${COMPOUND}r${length},${length > 0 ? start : ''},${length > 1 ? step : ''}`;
  }
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return keyOf(value.valueOf());
  }
  return value;
}

/**
 * What a value is as a key: two values have the same key exactly when Python finds them equal
 * (`1`, `1.0` and `True` share one). Primitives and object identities, usable in a JavaScript Map.
 * Throws PyTypeError for unhashable values.
 */
export function keyOf(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return value.charCodeAt(0) === 0 ? `${COMPOUND}s${value}` : value;
    case 'number':
      return Number.isInteger(value) ? intFromNumber(value) : value;
    case 'boolean':
      return value ? 1 : 0;
    case 'bigint':
      return normalizeInt(value);
    case 'object':
      return value === null ? null : keyOfObject(value);
    default:
      return value;
  }
}
