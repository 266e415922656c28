import { precisePower } from './float-power.js';
import { PyOverflowError, PyZeroDivisionError } from './py-error.js';

/** Python's `a / b` on floats. */
export function divideFloats(a: number, b: number): number {
  if (b === 0) throw new PyZeroDivisionError('float division by zero');
  return a / b;
}

/** Python's `a // b` on floats (Objects/floatobject.c, float_floor_div). */
export function floorDivideFloats(a: number, b: number): number {
  if (b === 0) throw new PyZeroDivisionError('float floor division by zero');
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && b < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/** Python's `a % b` on floats: takes the sign of the divisor. */
export function moduloFloats(a: number, b: number): number {
  if (b === 0) throw new PyZeroDivisionError('float modulo');
  const rest = a % b;
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return b < 0 !== rest < 0 ? rest + b : rest;
}

/**
 * Python's `a ** b` on floats. C's pow is correctly rounded but for rare cases, V8's is not, so the
 * last digit is computed. NaN where Python's result is a complex number.
 */
export function powerFloats(a: number, b: number): number {
  if (b === 0 || a === 1) return 1;
  if (a === 0 && b < 0) {
    throw new PyZeroDivisionError('0.0 cannot be raised to a negative power');
  }
  // JavaScript answers NaN where C's pow says 1.
  if (a === -1 && (b === Infinity || b === -Infinity)) return 1;
  const rough = a ** b;
  if (!Number.isFinite(a) || !Number.isFinite(b) || a === 0) return rough;
  if (Number.isNaN(rough)) return NaN;
  if (!Number.isFinite(rough)) {
    throw new PyOverflowError("(34, 'Numerical result out of range')");
  }
  if (rough === 0 || b === 1) return rough;
  const size = precisePower(Math.abs(a), b);
  return rough < 0 ? -size : size;
}
