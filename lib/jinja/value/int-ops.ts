import { intFromNumber, normalizeInt, type Int } from './number.js';
import { PyMemoryError, PyOverflowError, PyZeroDivisionError } from './py-error.js';

/** An int result is exact as a number when it is safe; else the operation is redone on bigints. */
export function addInts(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return normalizeInt(BigInt(a) + BigInt(b));
}

export function subtractInts(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return normalizeInt(BigInt(a) - BigInt(b));
}

export function multiplyInts(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return normalizeInt(bounded(() => BigInt(a) * BigInt(b)));
}

/** V8 refuses bigints beyond 2^30 bits with a RangeError; Python would run out of memory. */
function bounded(operation: () => bigint): bigint {
  try {
    return operation();
  } catch (error) {
    if (error instanceof RangeError) throw new PyMemoryError('');
    throw error;
  }
}

/** Python's `a // b`: rounds towards minus infinity. */
export function floorDivideInts(a: Int, b: Int): Int {
  if (b == 0) throw new PyZeroDivisionError('integer division or modulo by zero');
  if (safe(a) && safe(b)) {
    const rest = a % b;
    const quotient = (a - rest) / b;
    return (rest !== 0 && rest < 0 !== b < 0 ? quotient - 1 : quotient) + 0;
  }
  const x = BigInt(a);
  const y = BigInt(b);
  const rest = x % y;
  return normalizeInt(x / y - (rest !== 0n && rest < 0n !== y < 0n ? 1n : 0n));
}

/** Python's `a % b`: takes the sign of the divisor. */
export function moduloInts(a: Int, b: Int): Int {
  if (b == 0) throw new PyZeroDivisionError('integer modulo by zero');
  if (safe(a) && safe(b)) {
    const rest = a % b;
    return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
  }
  const y = BigInt(b);
  const rest = BigInt(a) % y;
  return normalizeInt(rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest);
}

function safe(value: Int): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

export function bitLength(value: bigint): number {
  return value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length;
}

/** The float nearest to `a / b * 2^shift` for positive bigints; ties go to even. */
function nearestQuotient(a: bigint, b: bigint): number {
  // 66 bits of quotient: 53 for the result, the rest for rounding, a sticky bit for what is left.
  const shift = 66 - (bitLength(a) - bitLength(b));
  const x = shift > 0 ? a << BigInt(shift) : a;
  const y = shift < 0 ? b << BigInt(-shift) : b;
  const quotient = (x / y) | (x % y === 0n ? 0n : 1n);
  // Subnormal results have fewer bits; dropping those first avoids rounding twice.
  const exponent = bitLength(quotient) - shift;
  const lost = exponent < -1021 ? bitLength(quotient) - 53 + (-1021 - exponent) : 0;
  if (lost === 0) return scale(Number(quotient), -shift);
  const kept = quotient >> BigInt(lost);
  const dropped = quotient - (kept << BigInt(lost));
  const half = 1n << BigInt(lost - 1);
  const up = dropped > half || (dropped === half && (kept & 1n) === 1n);
  return scale(Number(up ? kept + 1n : kept), lost - shift);
}

/** value * 2^exponent in steps that neither overflow nor vanish on the way. */
function scale(value: number, exponent: number): number {
  let result = value;
  let left = exponent;
  while (left > 1000) {
    result *= 2 ** 1000;
    left -= 1000;
  }
  while (left < -1000) {
    result *= 2 ** -1000;
    left += 1000;
  }
  return result * 2 ** left;
}

/** Python's `a / b` on ints: the correctly rounded quotient, a plain number. */
export function trueDivideInts(a: Int, b: Int): number {
  if (b == 0) throw new PyZeroDivisionError('division by zero');
  if (safe(a) && safe(b)) return a / b;
  const x = BigInt(a);
  const y = BigInt(b);
  const sign = x < 0n !== y < 0n ? -1 : 1;
  if (x === 0n) return sign * 0;
  const result = nearestQuotient(x < 0n ? -x : x, y < 0n ? -y : y);
  if (!Number.isFinite(result)) {
    throw new PyOverflowError('integer division result too large for a float');
  }
  return sign * result;
}

/** Beyond this many bits a power takes minutes and gigabytes, in Python too. */
const MAX_POWER_BITS = 1 << 25;

/** Python's `a ** b` for b >= 0. Throws MemoryError for results of more than 2^25 bits. */
export function powerInts(a: Int, b: Int): Int {
  const base = BigInt(a);
  if (base === 0n) return b == 0 ? 1 : 0;
  if (base === 1n) return 1;
  if (base === -1n) return BigInt(b) % 2n === 0n ? 1 : -1;
  if (Number(b) * (bitLength(base) - 1) > MAX_POWER_BITS) throw new PyMemoryError('');
  return normalizeInt(bounded(() => base ** BigInt(b)));
}

/** Python's `float(int)`; OverflowError when it does not fit. */
export function intToNumber(value: Int): number {
  const result = Number(value);
  if (!Number.isFinite(result)) throw new PyOverflowError('int too large to convert to float');
  return result;
}

/** Python's `int(float)` for a finite float: rounds towards zero. */
export function truncate(value: number): Int {
  return intFromNumber(Math.trunc(value));
}

/** The quotient of positive or negative bigints as the nearest float, infinite when too large. */
export function ratioToNumber(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const negative = numerator < 0n;
  const value = nearestQuotient(negative ? -numerator : numerator, denominator);
  return negative ? -value : value;
}

/** A finite float as an exact fraction, numerator over a power of two, in lowest terms. */
export function exactRatio(value: number): [bigint, bigint] {
  let mantissa = value;
  let exponent = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent++;
  }
  return [BigInt(mantissa), 1n << BigInt(exponent)];
}
