import { PyMemoryError, PyRecursionError } from './value/py-error.js';

/**
 * JavaScript's own resource errors under their Python names: a stack overflow is a RecursionError, a
 * string or number that grows too large a MemoryError. Anything else comes back as it is.
 */
export function pythonError(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  const { message } = error;
  if (message.includes('call stack')) {
    return new PyRecursionError('maximum recursion depth exceeded', { cause: error });
  }
  if (/Invalid (string|array|typed array) length|BigInt/.test(message)) {
    return new PyMemoryError('', { cause: error });
  }
  return error;
}
