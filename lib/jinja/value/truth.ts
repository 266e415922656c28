import { DictView } from './dict-view.js';
import { dictSize } from './dict.js';
import { Float } from './number.js';
import { isPlainObject } from './plain-object.js';
import { LEN, STRING, TRUTH, type PythonObject } from './protocol.js';
import { Range } from './range.js';

function objectTruth(value: object): boolean {
  if (Array.isArray(value)) return value.length > 0;
  const custom = value as PythonObject;
  if (custom[TRUTH] !== undefined) return custom[TRUTH]();
  if (custom[STRING] !== undefined) return custom[STRING] !== '';
  if (custom[LEN] !== undefined) return custom[LEN]() > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  if (isPlainObject(value)) return dictSize(value) > 0;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof Range || value instanceof DictView || value instanceof Uint8Array) {
    return value.length > 0;
  }
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return truth(value.valueOf());
  }
  return true;
}

/** Python's `bool(value)`. NaN is true, empty containers, zeros, None and undefined are false. */
export function truth(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'number':
      return value !== 0;
    case 'undefined':
      return false;
    case 'bigint':
      return value !== 0n;
    case 'object':
      return value !== null && objectTruth(value);
    default:
      return true;
  }
}
