import { ATTR, CALL, type PythonObject } from './protocol.js';

/** True for objects that count as dicts: literals and null-prototype objects without hooks. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const { [ATTR]: attr, [CALL]: call } = value as PythonObject;
  return attr === undefined && call === undefined;
}
