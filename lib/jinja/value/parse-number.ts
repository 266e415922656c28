import { MAX_INT_DIGITS } from './int-text.js';
import { intToNumber, truncate } from './int-ops.js';
import { asFloat, asInt, normalizeInt, type Int } from './number.js';
import { asString } from './protocol.js';
import { PyOverflowError, PyTypeError, PyValueError } from './py-error.js';
import { repr } from './repr.js';
import { typeName } from './type-name.js';
import { stripWhitespace } from './whitespace.js';
import { decimalValue } from './unicode.js';

/** Replaces decimal digits of other scripts by ASCII ones, as int() and float() do. */
function asciiDigits(text: string): string {
  return /^[\x00-\x7f]*$/.test(text)
    ? text
    : text.replace(/\p{Nd}/gu, (digit) => String(decimalValue(digit)));
}

const PREFIX: Readonly<Record<string, number>> = { '0x': 16, '0o': 8, '0b': 2 };

function digitsOf(text: string, base: number): bigint | undefined {
  const prefix = Object.keys(PREFIX).find((key) => PREFIX[key] === base);
  if (prefix !== undefined && [...text].every((c) => parseInt(c, 36) < base)) {
    return BigInt(prefix + text);
  }
  const radix = BigInt(base);
  let value = 0n;
  for (const c of text) {
    const digit = parseInt(c, 36);
    if (Number.isNaN(digit) || digit >= base) return undefined;
    value = value * radix + BigInt(digit);
  }
  return value;
}

function invalidLiteral(text: unknown, base: number): PyValueError {
  return new PyValueError(`invalid literal for int() with base ${base}: ${repr(text)}`);
}

/** Python's `int(text, base)`. Throws PyValueError as CPython does; it prints `shown`. */
export function parseInteger(source: string, base = 10, shown: unknown = source): Int {
  const [, sign = '', unsigned = ''] = /^([+-]?)([^]*)$/.exec(
    asciiDigits(stripWhitespace(source)),
  )!;
  let text = unsigned;
  let radix = base;
  const prefix = PREFIX[text.slice(0, 2).toLowerCase()];
  const prefixed = prefix !== undefined && (base === 0 || base === prefix);
  if (prefixed) {
    radix = prefix;
    text = text.slice(2).replace(/^_/, '');
  } else if (base === 0) {
    radix = 10;
    if (/^0[0_]*[1-9]/.test(text)) throw invalidLiteral(shown, base);
  }
  if (!/^[0-9a-z]+(_[0-9a-z]+)*$/i.test(text)) throw invalidLiteral(shown, base);
  const digits = text.replaceAll('_', '');
  if (digits.length > MAX_INT_DIGITS && (radix & (radix - 1)) !== 0) {
    throw new PyValueError(
      `Exceeds the limit (${MAX_INT_DIGITS} digits) for integer string conversion: value has ` +
        `${digits.length} digits; use sys.set_int_max_str_digits() to increase the limit`,
    );
  }
  const value =
    radix === 10 && /^\d+$/.test(digits) ? BigInt(digits) : digitsOf(digits.toLowerCase(), radix);
  if (value === undefined) throw invalidLiteral(shown, base);
  return normalizeInt(sign === '-' ? -value : value);
}

/**
 * Python's `float(text)`, a plain number. Throws PyValueError as CPython does; its message prints
 * `shown`, which may be a subclass of str.
 */
export function parseFloatText(source: string, shown: unknown = source): number {
  const text = asciiDigits(stripWhitespace(source));
  const special = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i.exec(text);
  if (special) {
    if (special[2] === undefined) return NaN;
    return special[1] === '-' ? -Infinity : Infinity;
  }
  const digits = '[0-9]+(?:_[0-9]+)*';
  const shape = new RegExp(
    `^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?$`,
    'i',
  );
  if (!shape.test(text)) {
    throw new PyValueError(`could not convert string to float: ${repr(shown)}`);
  }
  return Number(text.replaceAll('_', ''));
}

function textOf(value: unknown): string | undefined {
  return value instanceof Uint8Array ? String.fromCharCode(...value) : asString(value);
}

/** Python's `int(value)` or, with a base, `int(text, base)`. Throws CPython's errors. */
export function toInt(value: unknown, base?: unknown): Int {
  const text = textOf(value);
  if (base !== undefined) {
    const radix = asInt(base);
    if (radix === undefined) {
      throw new PyTypeError(`'${typeName(base)}' object cannot be interpreted as an integer`);
    }
    if (radix != 0 && (radix < 2 || radix > 36)) {
      throw new PyValueError('int() base must be >= 2 and <= 36, or 0');
    }
    if (text === undefined) {
      throw new PyTypeError("int() can't convert non-string with explicit base");
    }
    return parseInteger(text, Number(radix));
  }
  const int = asInt(value);
  if (int !== undefined) return int;
  const float = asFloat(value);
  if (float !== undefined) {
    if (Number.isNaN(float)) throw new PyValueError('cannot convert float NaN to integer');
    if (!Number.isFinite(float)) {
      throw new PyOverflowError('cannot convert float infinity to integer');
    }
    return truncate(float);
  }
  if (text !== undefined) return parseInteger(text, 10, value);
  throw new PyTypeError(
    'int() argument must be a string, a bytes-like object or a real number, ' +
      `not '${typeName(value)}'`,
  );
}

/** Python's `float(value)` as a plain number; box it with `toFloat`. Throws CPython's errors. */
export function toNumber(value: unknown): number {
  const int = asInt(value);
  if (int !== undefined) return intToNumber(int);
  const float = asFloat(value);
  if (float !== undefined) return float;
  const text = textOf(value);
  if (text !== undefined) return parseFloatText(text, value);
  throw new PyTypeError(
    `float() argument must be a string or a real number, not '${typeName(value)}'`,
  );
}
