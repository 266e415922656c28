import { roundFloat, roundInt, roundToInt } from '../value/decimal.js';
import { intToNumber, truncate } from '../value/int-ops.js';
import { MAX_INT_DIGITS } from '../value/int-text.js';
import { asFloat, asInt, normalizeInt, toFloat, type Float, type Int } from '../value/number.js';
import { asString } from '../value/protocol.js';
import { PyOverflowError, PyTypeError, PyValueError } from '../value/py-error.js';
import { repr } from '../value/repr.js';
import { typeName } from '../value/type-name.js';
import { Undefined } from '../undefined.js';
import { toIndex } from './method.js';
import { SPACE } from './py-regex.js';

const OUTER_SPACE = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, 'gu');

/** Text as Python's number parsers see it: stripped, digits of other scripts made ASCII. */
function numberText(text: string): string {
  return text
    .replace(OUTER_SPACE, '')
    .replace(/[^\x00-\x7f]/gu, (c) => (/\p{Nd}/u.test(c) ? String(digitValue(c)) : c));
}

/** Decimal digits come in blocks of ten that start with their zero. */
function digitValue(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}

const PREFIXES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16 };

function digitsOf(body: string, base: number): bigint | undefined {
  if (!/^[0-9a-z]+(?:_[0-9a-z]+)*$/.test(body)) return undefined;
  const digits = body.replaceAll('_', '');
  if ((base & (base - 1)) !== 0 && digits.length > MAX_INT_DIGITS) {
    throw new PyValueError(
      `Exceeds the limit (${MAX_INT_DIGITS} digits) for integer string conversion: value has ` +
        `${digits.length} digits; use sys.set_int_max_str_digits() to increase the limit`,
    );
  }
  for (const c of digits) if (parseInt(c, 36) >= base) return undefined;
  if (base === 10) return BigInt(digits);
  let value = 0n;
  for (const c of digits) value = value * BigInt(base) + BigInt(parseInt(c, 36));
  return value;
}

/**
 * Python's `int(text, base)`. Throws PyValueError for text that is no number of that base, and
 * for bases outside 0 and 2..36; PyTypeError for a base that is no int.
 */
export function parsePythonInt(text: string, base: unknown): Int {
  const radix = toIndex(base);
  if (radix !== 0 && (radix < 2 || radix > 36)) {
    throw new PyValueError('int() base must be >= 2 and <= 36, or 0');
  }
  const match = /^([+-]?)(?:0([box])(?=_?[0-9a-z]))?_?(.*)$/s.exec(numberText(text).toLowerCase());
  let [, sign = '', prefix, body = ''] = match ?? [];
  let actual = radix;
  if (prefix !== undefined) {
    if (radix === 0) actual = PREFIXES[prefix] ?? 10;
    else if (radix !== PREFIXES[prefix]) body = `0${prefix}${body}`;
  } else if (radix === 0) {
    // Without a prefix only zeros may start with a zero.
    actual = /^0[0_]*[1-9]/.test(body) ? 1 : 10;
  }
  const invalid = (): PyValueError =>
    new PyValueError(`invalid literal for int() with base ${radix}: ${repr(text)}`);
  const raw = numberText(text).replace(/^[+-]/, '');
  if (prefix === undefined && raw.startsWith('_')) throw invalid();
  const value = digitsOf(body, actual);
  if (value === undefined) throw invalid();
  return normalizeInt(sign === '-' ? -value : value);
}

/** Python's `int(value)` for anything but text. */
export function toPyInt(value: unknown): Int {
  if (value instanceof Undefined) value.failWithUndefinedError();
  const text = asString(value);
  if (text !== undefined) return parsePythonInt(text, 10);
  const int = asInt(value);
  if (int !== undefined) return int;
  const float = asFloat(value);
  if (float === undefined) {
    throw new PyTypeError(
      "int() argument must be a string, a bytes-like object or a real number, not '" +
        `${typeName(value)}'`,
    );
  }
  return floatToInt(float, truncate);
}

function floatToInt(value: number, how: (value: number) => Int): Int {
  if (Number.isNaN(value)) throw new PyValueError('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) {
    throw new PyOverflowError('cannot convert float infinity to integer');
  }
  return how(value);
}

const FLOAT =
  /^[+-]?(?:(?:\d+(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const NAMED = /^([+-]?)(inf|infinity|nan)$/i;

/** Python's `float(value)`. Throws PyValueError for text that is no number. */
export function toPyFloat(value: unknown): number | Float {
  if (value instanceof Undefined) value.failWithUndefinedError();
  const text = asString(value);
  if (text === undefined) {
    const int = asInt(value);
    if (int !== undefined) return toFloat(intToNumber(int));
    const float = asFloat(value);
    if (float !== undefined) return toFloat(float);
    throw new PyTypeError(
      `float() argument must be a string or a real number, not '${typeName(value)}'`,
    );
  }
  const plain = numberText(text);
  if (FLOAT.test(plain)) return toFloat(Number(plain.replaceAll('_', '')));
  const named = NAMED.exec(plain);
  if (named === null) throw new PyValueError(`could not convert string to float: ${repr(text)}`);
  if (named[2]?.toLowerCase() === 'nan') return NaN;
  return named[1] === '-' ? -Infinity : Infinity;
}

function realNumber(value: unknown): Int | number {
  const int = asInt(value);
  const number = int ?? asFloat(value);
  if (number === undefined) {
    throw new PyTypeError(`must be real number, not ${typeName(value)}`);
  }
  return number;
}

/** Python's `math.ceil(value)`. */
export function ceil(value: unknown): Int {
  const number = realNumber(value);
  return typeof number === 'bigint' ? number : floatToInt(number, (x) => truncate(Math.ceil(x)));
}

/** Python's `math.floor(value)`. */
export function floor(value: unknown): Int {
  const number = realNumber(value);
  return typeof number === 'bigint' ? number : floatToInt(number, (x) => truncate(Math.floor(x)));
}

/** Python's `round(value, digits)`: halves to even, on the exact value of a float. */
export function roundTo(value: unknown, digits: unknown): unknown {
  const int = asInt(value);
  const float = int === undefined ? asFloat(value) : undefined;
  if (int === undefined && float === undefined) {
    throw new PyTypeError(`type ${typeName(value)} doesn't define __round__ method`);
  }
  if (digits === null) {
    return int ?? floatToInt(float ?? 0, roundToInt);
  }
  const places = toIndex(digits);
  return int === undefined ? roundFloat(float ?? 0, places) : roundInt(int, places);
}
