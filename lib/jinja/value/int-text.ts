import type { Int } from './number.js';
import { PyValueError } from './py-error.js';

/** CPython's default limit on the digits of an int that is printed or parsed in base 10. */
export const MAX_INT_DIGITS = 4300;

/** 10^4300 has 14,285 bits; comparing is cheaper than printing. */
let limit: bigint | undefined;

/** Python's `str(int)`; ValueError above 4300 digits, as CPython 3.11 has it. */
export function intText(value: Int): string {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
  }
  limit ??= 10n ** BigInt(MAX_INT_DIGITS);
  if (value >= limit || value <= -limit) {
    throw new PyValueError(
      `Exceeds the limit (${MAX_INT_DIGITS} digits) for integer string conversion; ` +
        'use sys.set_int_max_str_digits() to increase the limit',
    );
  }
  return value.toString();
}
