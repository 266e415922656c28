import { isIterable, iterate } from '../value/iterate.js';
import { PyTypeError, PyValueError } from '../value/py-error.js';
import { typeName } from '../value/type-name.js';

/** Python's `a, b = value`. */
export function unpackPair(value: unknown): [unknown, unknown] {
  if (!isIterable(value)) {
    throw new PyTypeError(`cannot unpack non-iterable ${typeName(value)} object`);
  }
  const items: unknown[] = [];
  for (const item of iterate(value)) {
    if (items.push(item) > 2) throw new PyValueError('too many values to unpack (expected 2)');
  }
  if (items.length < 2) {
    throw new PyValueError(`not enough values to unpack (expected 2, got ${items.length})`);
  }
  return [items[0], items[1]];
}
