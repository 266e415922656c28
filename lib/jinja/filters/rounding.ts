import { roundFloat, roundInt, roundToInt } from '../value/decimal.js';
import { truncate } from '../value/int-ops.js';
import { toIndex } from '../value/method.js';
import { asFloat, asInt, type Int } from '../value/number.js';
import { PyOverflowError, PyTypeError, PyValueError } from '../value/py-error.js';
import { typeName } from '../value/type-name.js';

function wholeNumber(value: number, how: (value: number) => Int): Int {
  if (Number.isNaN(value)) throw new PyValueError('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) {
    throw new PyOverflowError('cannot convert float infinity to integer');
  }
  return how(value);
}

function realNumber(value: unknown): number {
  const float = asFloat(value);
  if (float === undefined) throw new PyTypeError(`must be real number, not ${typeName(value)}`);
  return float;
}

/** Python's `math.ceil(value)`. */
export function ceil(value: unknown): Int {
  return asInt(value) ?? wholeNumber(realNumber(value), (x) => truncate(Math.ceil(x)));
}

/** Python's `math.floor(value)`. */
export function floor(value: unknown): Int {
  return asInt(value) ?? wholeNumber(realNumber(value), (x) => truncate(Math.floor(x)));
}

/** Python's `round(value, digits)`: halves to even, on the exact value of a float. */
export function roundTo(value: unknown, digits: unknown): unknown {
  const int = asInt(value);
  const float = int === undefined ? asFloat(value) : undefined;
  if (int === undefined && float === undefined) {
    throw new PyTypeError(`type ${typeName(value)} doesn't define __round__ method`);
  }
  if (digits === null) return int ?? wholeNumber(float ?? 0, roundToInt);
  const places = toIndex(digits);
  return int === undefined ? roundFloat(float ?? 0, places) : roundInt(int, places);
}
