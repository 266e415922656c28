import { getItem } from './attribute.js';
import { isDict } from './dict.js';
import { fromLatin, toLatin } from './latin.js';
import { formatFloat, type FloatType } from './format-float.js';
import { intToNumber, truncate } from './int-ops.js';
import { intText } from './int-text.js';
import { asFloat, asInt, type Int } from './number.js';
import { ITEM, UNARY, asString, hooks } from './protocol.js';
import { PyOverflowError, PyTypeError, PyValueError } from './py-error.js';
import { Range } from './range.js';
import { ascii, repr } from './repr.js';
import { str } from './str.js';
import { Tuple } from './tuple.js';
import { typeName } from './type-name.js';
import { codePointLength, substring } from './code-points.js';

/** Python's `PyMapping_Check`: what `%(key)s` may index, and what may go unused. */
function isMapping(value: unknown): boolean {
  if (asString(value) !== undefined || value instanceof Tuple) return false;
  return (
    Array.isArray(value) ||
    isDict(value) ||
    value instanceof Range ||
    value instanceof Uint8Array ||
    (hooks(value)?.[ITEM] !== undefined && typeName(value) !== 'type')
  );
}

/** Hands out the values on the right of `%`, one by one. */
class Values {
  #values: readonly unknown[];
  #next = 0;
  readonly #mapping: unknown;
  readonly kind: 'string' | 'bytes';

  constructor(right: unknown, kind: 'string' | 'bytes') {
    this.kind = kind;
    this.#values = right instanceof Tuple ? right : [right];
    const mapping = isMapping(right) && !(kind === 'bytes' && right instanceof Uint8Array);
    this.#mapping = mapping ? right : undefined;
  }

  next(): unknown {
    if (this.#next >= this.#values.length) {
      throw new PyTypeError('not enough arguments for format string');
    }
    return this.#values[this.#next++];
  }

  requireMapping(): void {
    if (this.#mapping === undefined) throw new PyTypeError('format requires a mapping');
  }

  /** `%(key)`: from here on the value under the key is the only one. */
  select(key: string): void {
    const name = this.kind === 'bytes' ? fromLatin(key) : key;
    this.#values = [getItem(this.#mapping, name)];
    this.#next = 0;
  }

  finish(): void {
    if (this.#next < this.#values.length && this.#mapping === undefined) {
      throw new PyTypeError(`not all arguments converted during ${this.kind} formatting`);
    }
  }
}

const MAX_SIZE = 0x7fff_ffff_ffff_ffffn;
const MAX_TEXT = 2 ** 29 - 24;

/** A cursor over the format, and the fields of the conversion that it has read. */
class Conversion {
  left = false;
  sign = '';
  alternate = false;
  zero = false;
  width = 0;
  precision = -1;
}

/** Lets an Undefined fail in its own way: it has Python's conversions to numbers, and they raise. */
function askForNumber(value: unknown): void {
  hooks(value)?.[UNARY]?.('+');
}

function integer(value: unknown, type: string): Int {
  const int = asInt(value);
  if (int !== undefined) return int;
  const float = asFloat(value);
  const decimal = type === 'd' || type === 'i' || type === 'u';
  if (decimal) askForNumber(value);
  if (float === undefined || !decimal) {
    const wanted = decimal ? 'a real number' : 'an integer';
    throw new PyTypeError(`%${type} format: ${wanted} is required, not ${typeName(value)}`);
  }
  if (Number.isNaN(float)) throw new PyValueError('cannot convert float NaN to integer');
  if (!Number.isFinite(float)) {
    throw new PyOverflowError('cannot convert float infinity to integer');
  }
  return truncate(float);
}

function real(value: unknown, kind: 'string' | 'bytes'): number {
  const int = asInt(value);
  const number = int === undefined ? asFloat(value) : intToNumber(int);
  if (number === undefined) askForNumber(value);
  if (number === undefined) {
    const wanted = kind === 'bytes' ? 'float argument required' : 'must be real number';
    throw new PyTypeError(`${wanted}, not ${typeName(value)}`);
  }
  return number;
}

function character(value: unknown): string {
  const text = asString(value);
  if (text !== undefined) {
    if (codePointLength(text) !== 1) throw new PyTypeError('%c requires int or char');
    return text;
  }
  const code = asInt(value);
  if (code === undefined) throw new PyTypeError('%c requires int or char');
  if (code < 0 || code > 0x10ffff) throw new PyOverflowError('%c arg not in range(0x110000)');
  return String.fromCodePoint(Number(code));
}

const RADIX: Readonly<Record<string, number>> = { x: 16, X: 16, o: 8 };
const PREFIX: Readonly<Record<string, string>> = { x: '0x', X: '0X', o: '0o' };

/** Sign, prefix and digits of a number. */
function number(
  value: unknown,
  type: string,
  field: Conversion,
  kind: 'string' | 'bytes',
): [string, string, string] {
  if ('diuoxX'.includes(type)) {
    const int = integer(value, type);
    const negative = int < 0;
    const radix = RADIX[type];
    const size = negative ? -BigInt(int) : BigInt(int);
    let digits = radix === undefined ? intText(int).replace('-', '') : size.toString(radix);
    if (type === 'X') digits = digits.toUpperCase();
    digits = digits.padStart(Math.max(0, field.precision), '0');
    const prefix = field.alternate ? (PREFIX[type] ?? '') : '';
    return [negative ? '-' : field.sign, prefix, digits];
  }
  const float = real(value, kind);
  const negative = float < 0 || Object.is(float, -0);
  const precision = field.precision < 0 ? 6 : field.precision;
  const digits = formatFloat(float, type as FloatType, precision, field.alternate);
  return [negative ? '-' : field.sign, '', digits];
}

function pad(text: string, field: Conversion): string {
  const missing = field.width - codePointLength(text);
  if (missing <= 0) return text;
  if (missing > MAX_TEXT) throw new PyOverflowError('width too big');
  return field.left ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

/** `%s`, `%b` and `%c` of bytes, as text of the same codes; undefined for the other types. */
function convertBytes(type: string, value: unknown): string | undefined {
  if (type === 's' || type === 'b') {
    if (value instanceof Uint8Array) return toLatin(value);
    throw new PyTypeError(
      '%b requires a bytes-like object, or an object that implements __bytes__, ' +
        `not '${typeName(value)}'`,
    );
  }
  if (type === 'r' || type === 'a') return ascii(value);
  if (type !== 'c') return undefined;
  if (value instanceof Uint8Array && value.length === 1) return toLatin(value);
  const code = asInt(value);
  if (code === undefined) {
    throw new PyTypeError('%c requires an integer in range(256) or a single byte');
  }
  if (code < 0 || code > 255) throw new PyOverflowError('%c arg not in range(256)');
  return String.fromCharCode(Number(code));
}

function convert(type: string, place: () => number, values: Values, field: Conversion): string {
  const value = values.next();
  const bytes = values.kind === 'bytes' ? convertBytes(type, value) : undefined;
  if (bytes !== undefined) {
    const cut = type === 'c' || field.precision < 0 ? bytes : bytes.slice(0, field.precision);
    return pad(cut, field);
  }
  switch (type) {
    case 's':
    case 'r':
    case 'a': {
      const text = type === 's' ? str(value) : type === 'r' ? repr(value) : ascii(value);
      return pad(field.precision < 0 ? text : substring(text, 0, field.precision), field);
    }
    case 'c':
      return pad(character(value), field);
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      const [sign, prefix, digits] = number(value, type, field, values.kind);
      const zeros = field.zero && !field.left ? field.width - sign.length - prefix.length : 0;
      return pad(sign + prefix + digits.padStart(zeros, '0'), field);
    }
  }
  const code = type.codePointAt(0) ?? 0;
  const shown = code > 31 && code < 127 ? type : '?';
  throw new PyValueError(
    `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${place()}`,
  );
}

const FLAGS: Readonly<Record<string, (field: Conversion) => void>> = {
  '-': (field) => (field.left = true),
  '+': (field) => (field.sign = '+'),
  ' ': (field) => (field.sign ||= ' '),
  '#': (field) => (field.alternate = true),
  '0': (field) => (field.zero = true),
};

function readKey(format: string, start: number): number {
  let depth = 1;
  let at = start;
  for (; at < format.length && depth > 0; at++) {
    if (format[at] === ')') depth--;
    else if (format[at] === '(') depth++;
  }
  if (depth > 0) throw new PyValueError('incomplete format key');
  return at;
}

function readSize(format: string, start: number, what: string): [number, number] {
  let at = start;
  while (at < format.length && format[at]! >= '0' && format[at]! <= '9') at++;
  const digits = format.slice(start, at);
  if (digits.length > 18 && BigInt(digits) > MAX_SIZE) throw new PyValueError(`${what} too big`);
  return [digits === '' ? 0 : Number(digits), at];
}

function starred(values: Values): number {
  const int = asInt(values.next());
  if (int === undefined) throw new PyTypeError('* wants int');
  return Number(int);
}

/** Reads one conversion after its `%`; returns its text and where it ends. */
function conversion(format: string, start: number, values: Values): [string, number] {
  const field = new Conversion();
  let at = start;
  if (format[at] === '(') {
    values.requireMapping();
    const end = readKey(format, at + 1);
    values.select(format.slice(at + 1, end - 1));
    at = end;
  }
  for (let flag = FLAGS[format[at] ?? '']; flag; flag = FLAGS[format[at] ?? '']) {
    flag(field);
    at++;
  }
  if (format[at] === '*') {
    const width = starred(values);
    field.left ||= width < 0;
    field.width = Math.abs(width);
    at++;
  } else {
    [field.width, at] = readSize(format, at, 'width');
  }
  if (format[at] === '.') {
    at++;
    if (format[at] === '*') {
      field.precision = Math.max(0, starred(values));
      at++;
    } else {
      [field.precision, at] = readSize(format, at, 'precision');
    }
  }
  if (format[at] === 'h' || format[at] === 'l' || format[at] === 'L') at++;
  const code = format.codePointAt(at);
  if (code === undefined) throw new PyValueError('incomplete format');
  const type = String.fromCodePoint(code);
  const place = (): number => codePointLength(format.slice(0, at));
  return [convert(type, place, values, field), at + type.length];
}

/** Python's `format % right` for a str on the left. Throws CPython 3.11's errors. */
export function percentFormat(format: string, right: unknown): string {
  return fill(format, new Values(right, 'string'));
}

/** Python's `format % right` for bytes on the left. */
export function percentFormatBytes(format: Uint8Array, right: unknown): Uint8Array {
  return fromLatin(fill(toLatin(format), new Values(right, 'bytes')));
}

function fill(format: string, values: Values): string {
  let out = '';
  let done = 0;
  for (let at = format.indexOf('%'); at >= 0; at = format.indexOf('%', done)) {
    out += format.slice(done, at);
    if (format[at + 1] === '%') {
      out += '%';
      done = at + 2;
    } else {
      const [text, end] = conversion(format, at + 1, values);
      out += text;
      done = end;
    }
  }
  values.finish();
  return out + format.slice(done);
}
