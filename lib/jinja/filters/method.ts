import { getAttribute } from '../value/attribute.js';
import { call } from '../value/callable.js';
import { asInt } from '../value/number.js';
import { MISSING } from '../value/protocol.js';
import { PyAttributeError, PyTypeError } from '../value/py-error.js';
import { typeName } from '../value/type-name.js';

/** Python's `value.name(*args)`. */
export function callMethod(value: unknown, name: string, ...args: unknown[]): unknown {
  const method = getAttribute(value, name);
  if (method === MISSING) {
    throw new PyAttributeError(`'${typeName(value)}' object has no attribute '${name}'`);
  }
  return call(method, args);
}

/** The int of an argument that Python asks for through `__index__`. */
export function toIndex(value: unknown): number {
  const int = asInt(value);
  if (int === undefined) {
    throw new PyTypeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  }
  return Number(int);
}
