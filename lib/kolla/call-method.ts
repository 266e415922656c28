import { getAttribute } from '../jinja/value/attribute.js';
import { call } from '../jinja/value/callable.js';
import { MISSING } from '../jinja/value/protocol.js';
import { PyAttributeError } from '../jinja/value/py-error.js';
import { typeName } from '../jinja/value/type-name.js';

/** Python's `value.name(*args)`. */
export function callMethod(value: unknown, name: string, ...args: unknown[]): unknown {
  const method = getAttribute(value, name);
  if (method === MISSING) {
    throw new PyAttributeError(`'${typeName(value)}' object has no attribute '${name}'`);
  }
  return call(method, args);
}
