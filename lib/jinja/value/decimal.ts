import { exactRatio } from './int-ops.js';
import { pythonExponent } from './float-text.js';
import { toFloat, type Float, type Int, normalizeInt } from './number.js';
import { PyOverflowError } from './py-error.js';

/**
 * Floats rounded at a decimal place the way C's printf and Python's `round` do it: from the exact
 * binary value, ties to even. JavaScript's own toFixed and toExponential send ties away from zero.
 */

/** The exact decimal expansion of a positive float: 0.<digits> * 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

function expand(value: number): Decimal {
  if (value === 0) return { digits: '0', point: 1 };
  const [numerator, denominator] = exactRatio(value);
  const places = denominator.toString(2).length - 1;
  const digits = (numerator * 5n ** BigInt(places)).toString();
  return { digits, point: digits.length - places };
}

/** Keeps `count` leading digits, ties to even; may gain one digit by carrying (`9.9` -> `10`). */
function keep({ digits, point }: Decimal, count: number): Decimal {
  if (count < 0) return { digits: '', point };
  if (count >= digits.length) return { digits: digits.padEnd(count, '0'), point };
  const kept = digits.slice(0, count);
  const next = digits.charCodeAt(count) - 48;
  const exactHalf = next === 5 && /^0*$/.test(digits.slice(count + 1));
  const odd = count > 0 && (kept.charCodeAt(count - 1) & 1) === 1;
  if (next < 5 || (exactHalf && !odd)) return { digits: kept, point };
  const raised = (BigInt(kept || '0') + 1n).toString().padStart(count, '0');
  return { digits: raised, point: point + (raised.length - count) };
}

/** C's `%.<precision>f` of a float that is finite and not negative. */
export function fixedText(value: number, precision: number): string {
  // A tie needs a value that ends exactly one binary place after the last decimal.
  const tie = precision < 64 && Number.isInteger(value * 2 ** (precision + 1));
  if (precision <= 100 && value < 1e21 && !tie) return value.toFixed(precision);
  const exact = expand(value);
  const { digits, point } = keep(exact, exact.point + precision);
  const whole = point > 0 ? digits.slice(0, point) : '0';
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  const decimals = fraction.padEnd(precision, '0').slice(0, precision);
  return precision > 0 ? `${whole}.${decimals}` : whole;
}

/** C's `%.<precision>e` of a float that is finite and not negative. */
export function exponentText(value: number, precision: number): string {
  if (value === 0) return `0${precision > 0 ? `.${'0'.repeat(precision)}` : ''}e+00`;
  const { digits, point } = keep(expand(value), precision + 1);
  const exponent = point - 1;
  const fraction = digits.slice(1, precision + 1);
  const sign = exponent < 0 ? '-' : '+';
  return pythonExponent(
    `${digits[0] ?? '0'}${fraction ? `.${fraction}` : ''}e${sign}${Math.abs(exponent)}`,
  );
}

/**
 * C's `%.<precision>g` of a float that is finite and not negative. `alternate` keeps trailing
 * zeros; `withPoint` is the format of a float without a type: it always shows a decimal point or an
 * exponent, and switches to the exponent one digit earlier.
 */
export function generalText(
  value: number,
  precision: number,
  alternate: boolean,
  withPoint: boolean,
): string {
  const significant = Math.max(1, precision);
  const { digits, point } =
    value === 0 ? { digits: '0', point: 1 } : keep(expand(value), significant);
  const shown = alternate
    ? digits.slice(0, significant).padEnd(significant, '0')
    : digits.slice(0, significant).replace(/0+$/, '') || '0';
  if (point <= -4 || point > significant - (withPoint ? 1 : 0)) {
    const exponent = point - 1;
    const fraction = shown.slice(1);
    const dot = fraction ? `.${fraction}` : alternate ? '.' : '';
    return pythonExponent(
      `${shown[0] ?? '0'}${dot}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`,
    );
  }
  if (point <= 0) return `0.${'0'.repeat(-point)}${shown}`;
  const whole = shown.slice(0, point).padEnd(point, '0');
  const fraction = shown.slice(point);
  if (fraction) return `${whole}.${fraction}`;
  if (withPoint) return `${whole}.0`;
  return alternate ? `${whole}.` : whole;
}

/** Python's `round(float, digits)`: ties to even on the exact value. A Python float. */
export function roundFloat(value: number, digits: number): number | Float {
  if (!Number.isFinite(value) || value === 0 || digits > 323) return toFloat(value);
  if (digits < -308) return toFloat(value < 0 ? -0 : 0);
  const exact = expand(Math.abs(value));
  const { digits: kept, point } = keep(exact, exact.point + digits);
  const rounded = kept === '' ? 0 : Number(`0.${kept}e${point}`);
  if (!Number.isFinite(rounded)) {
    throw new PyOverflowError('rounded value too large to represent');
  }
  return toFloat(value < 0 ? -rounded : rounded);
}

/** Python's `round(float)`: the nearest int, ties to even. */
export function roundToInt(value: number): Int {
  const floor = Math.floor(value);
  const rest = value - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return normalizeInt(BigInt(up ? floor + 1 : floor));
}

/** Python's `round(int, digits)`: only negative digits change anything; ties to even. */
export function roundInt(value: Int, digits: number): Int {
  if (digits >= 0) return value;
  if (-digits > value.toString().length) return 0;
  const unit = 10n ** BigInt(-digits);
  const int = BigInt(value);
  const rest = ((int % unit) + unit) % unit;
  const floor = int - rest;
  const twice = rest * 2n;
  const up = twice > unit || (twice === unit && (floor / unit) % 2n !== 0n);
  return normalizeInt(up ? floor + unit : floor);
}
