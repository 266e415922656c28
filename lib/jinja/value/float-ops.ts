import { exactRatio, ratioToNumber } from './int-ops.js';
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

/** Exact powers are affordable up to this exponent; beyond it `Math.pow` decides the last digit. */
const EXACT_EXPONENT = 2048;

/**
 * Python's `a ** b` on floats where the result is real. C's pow is correctly rounded but for rare
 * cases, V8's is not; so whole exponents are computed exactly.
 */
export function powerFloats(a: number, b: number): number {
  if (b === 0 || a === 1) return 1;
  if (a === 0 && b < 0) {
    throw new PyZeroDivisionError('0.0 cannot be raised to a negative power');
  }
  // JavaScript answers NaN where C's pow says 1.
  if (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) return 1;
  const rough = b === 0.5 ? Math.sqrt(a) : a ** b;
  if (!Number.isFinite(a) || !Number.isFinite(b) || a === 0) return rough;
  if (!Number.isFinite(rough) && !Number.isNaN(rough)) {
    throw new PyOverflowError("(34, 'Numerical result out of range')");
  }
  if (!Number.isInteger(b) || Math.abs(b) > EXACT_EXPONENT || rough === 0) return rough;
  const [numerator, denominator] = exactRatio(a);
  const exponent = BigInt(Math.abs(b));
  const top = numerator ** exponent;
  const bottom = denominator ** exponent;
  if (b > 0) return ratioToNumber(top, bottom);
  return top < 0n ? ratioToNumber(-bottom, -top) : ratioToNumber(bottom, top);
}
