import { getAttribute } from '../value/attribute.js';
import { call } from '../value/callable.js';
import { MISSING } from '../value/protocol.js';
import { PyAttributeError } from '../value/py-error.js';
import { typeName } from '../value/type-name.js';

/** Python's `value.name`. Throws PyAttributeError when there is none. */
export function methodOf(value: unknown, name: string): unknown {
  const method = getAttribute(value, name);
  if (method === MISSING) {
    // A namespace names the attribute alone.
    const isNamespace = typeName(value) === 'Namespace';
    throw new PyAttributeError(
      isNamespace ? name : `'${typeName(value)}' object has no attribute '${name}'`,
    );
  }
  return method;
}

/** Python's `value.name(*args)`. */
export function callMethod(value: unknown, name: string, ...args: unknown[]): unknown {
  return call(methodOf(value, name), args);
}
