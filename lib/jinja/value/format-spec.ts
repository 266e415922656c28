import { codePointLength, substring } from './code-points.js';
import { formatFloat, type FloatType } from './format-float.js';
import { intToNumber } from './int-ops.js';
import { asFloat, asInt, type Int } from './number.js';
import { asString } from './protocol.js';
import { PyOverflowError, PyTypeError, PyValueError } from './py-error.js';
import { str } from './str.js';
import { typeName } from './type-name.js';

/** A parsed format specifier, Python's `[[fill]align][sign][z][#][0][width][,_][.precision][type]`. */
interface Spec {
  fill: string;
  align: '<' | '>' | '=' | '^';
  aligned: boolean;
  sign: '' | '+' | '-' | ' ';
  noNegativeZero: boolean;
  alternate: boolean;
  width: number;
  grouping: '' | ',' | '_';
  precision: number;
  type: string;
}

const ALIGN = /^[<>=^]$/;
const MAX_TEXT = 2 ** 29 - 24;

function readNumber(characters: readonly string[], start: number): [number, number] {
  let at = start;
  while (/^\d$/.test(characters[at] ?? '')) at++;
  const digits = characters.slice(start, at).join('');
  if (digits.length > 18 && BigInt(digits) > 0x7fff_ffff_ffff_ffffn) {
    throw new PyValueError('Too many decimal digits in format string');
  }
  return [digits === '' ? -1 : Number(digits), at];
}

/** Reads a specifier; `type` and `object` serve the error messages and defaults. */
function parseSpec(text: string, object: string, type: string, align: '<' | '>'): Spec {
  const spec: Spec = {
    fill: ' ',
    align,
    aligned: false,
    sign: '',
    noNegativeZero: false,
    alternate: false,
    width: -1,
    grouping: '',
    precision: -1,
    type,
  };
  const characters = Array.from(text);
  let at = 0;
  let filled = false;
  if (ALIGN.test(characters[1] ?? '')) {
    spec.fill = characters[0] ?? ' ';
    filled = true;
    at = 1;
  }
  if (ALIGN.test(characters[at] ?? '')) {
    spec.align = characters[at++] as Spec['align'];
    spec.aligned = true;
  }
  if (/^[-+ ]$/.test(characters[at] ?? '')) spec.sign = characters[at++] as Spec['sign'];
  if (characters[at] === 'z') {
    spec.noNegativeZero = true;
    at++;
  }
  if (characters[at] === '#') {
    spec.alternate = true;
    at++;
  }
  if (!filled && characters[at] === '0') {
    spec.fill = '0';
    if (!spec.aligned && align === '>') spec.align = '=';
    at++;
  }
  [spec.width, at] = readNumber(characters, at);
  for (const separator of [',', '_'] as const) {
    if (characters[at] !== separator) continue;
    if (spec.grouping !== '') throw new PyValueError("Cannot specify both ',' and '_'.");
    spec.grouping = separator;
    at++;
  }
  if (characters[at] === ',' && spec.grouping === '_') {
    throw new PyValueError("Cannot specify both ',' and '_'.");
  }
  if (characters[at] === '.') {
    [spec.precision, at] = readNumber(characters, at + 1);
    if (spec.precision < 0) throw new PyValueError('Format specifier missing precision');
  }
  if (characters.length - at > 1) {
    throw new PyValueError(`Invalid format specifier '${text}' for object of type '${object}'`);
  }
  if (at < characters.length) spec.type = characters[at] ?? type;
  checkGrouping(spec);
  return spec;
}

function shownType(type: string): string {
  const code = type.codePointAt(0) ?? 0;
  return code > 32 && code < 128 ? `'${type}'` : `'\\x${code.toString(16)}'`;
}

function checkGrouping({ grouping, type }: Spec): void {
  if (grouping === '') return;
  const allowed = grouping === ',' ? 'deEfFgG%\0' : 'deEfFgG%\0bxXo';
  if (allowed.includes(type)) return;
  throw new PyValueError(`Cannot specify '${grouping}' with ${shownType(type)}.`);
}

function unknownCode(type: string, object: string): PyValueError {
  return new PyValueError(`Unknown format code ${shownType(type)} for object of type '${object}'`);
}

function pad(text: string, { width, align, fill }: Spec): string {
  const missing = width - codePointLength(text);
  if (missing <= 0) return text;
  if (missing > MAX_TEXT) throw new PyOverflowError('width too big');
  const left = align === '<' ? 0 : align === '^' ? Math.floor(missing / 2) : missing;
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function formatText(text: string, specText: string, object: string): string {
  const spec = parseSpec(specText, object, 's', '<');
  if (spec.type !== 's') throw unknownCode(spec.type, object);
  if (spec.sign !== '') {
    throw new PyValueError(
      `${spec.sign === ' ' ? 'Space' : 'Sign'} not allowed in string format specifier`,
    );
  }
  if (spec.noNegativeZero) {
    throw new PyValueError('Negative zero coercion (z) not allowed in string format specifier');
  }
  if (spec.alternate) {
    throw new PyValueError('Alternate form (#) not allowed in string format specifier');
  }
  if (spec.align === '=') {
    throw new PyValueError("'=' alignment not allowed in string format specifier");
  }
  return pad(spec.precision < 0 ? text : substring(text, 0, spec.precision), spec);
}

function group(digits: string, separator: string, every: number): string {
  let out = '';
  for (let end = digits.length; end > 0; end -= every) {
    const part = digits.slice(Math.max(0, end - every), end);
    out = out === '' ? part : part + separator + out;
  }
  return out;
}

/** Groups digits; with zero padding, the zeros are grouped too. */
function groupTo(digits: string, minimum: number, { grouping, type }: Spec): string {
  // Nothing to group in `nan` and `inf`.
  if (grouping === '' || digits === '') return digits.padStart(minimum, '0');
  const every = 'bxXo'.includes(type) ? 4 : 3;
  // Separators make up one place in every + 1; a partial first group decides the rest.
  let padded = digits.padStart(Math.floor((minimum * every) / (every + 1)), '0');
  let text = group(padded, grouping, every);
  while (text.length < minimum) {
    padded = `0${padded}`;
    text = group(padded, grouping, every);
  }
  return text;
}

/** Puts sign, prefix, whole digits and the rest together. */
function assemble(negative: boolean, prefix: string, digits: string, spec: Spec): string {
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign;
  const whole = /^[0-9a-fA-F]*?(?=$|[^0-9a-fA-F])/.exec(digits)?.[0] ?? '';
  const integral = 'bxXoc'.includes(spec.type) ? digits : (/^\d*/.exec(whole)?.[0] ?? '');
  const rest = digits.slice(integral.length);
  const head = sign + prefix;
  const zeros = spec.fill === '0' && spec.align === '=';
  const minimum = zeros ? Math.min(spec.width, MAX_TEXT) - head.length - rest.length : 0;
  const body = groupTo(integral, Math.max(0, minimum), spec) + rest;
  if (spec.align !== '=') return pad(head + body, spec);
  return head + pad(body, { ...spec, align: '>', width: spec.width - head.length });
}

const RADIX: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

function formatInt(value: Int, spec: Spec): string {
  if (spec.precision >= 0) {
    throw new PyValueError('Precision not allowed in integer format specifier');
  }
  if (spec.noNegativeZero) {
    throw new PyValueError('Negative zero coercion (z) not allowed in integer format specifier');
  }
  if (spec.type === 'c') {
    if (spec.sign !== '') {
      throw new PyValueError("Sign not allowed with integer format specifier 'c'");
    }
    if (spec.alternate) {
      throw new PyValueError("Alternate form (#) not allowed with integer format specifier 'c'");
    }
    if (typeof value === 'bigint') {
      throw new PyOverflowError('Python int too large to convert to C long');
    }
    if (value < 0 || value > 0x10ffff) {
      throw new PyOverflowError('%c arg not in range(0x110000)');
    }
    return assemble(false, '', String.fromCodePoint(Number(value)), spec);
  }
  const radix = RADIX[spec.type] ?? 10;
  const negative = value < 0;
  const size = negative ? -BigInt(value) : BigInt(value);
  const digits = radix === 10 ? str(value).replace('-', '') : size.toString(radix);
  const prefix = spec.alternate && radix !== 10 ? `0${spec.type}` : '';
  return assemble(negative, prefix, spec.type === 'X' ? digits.toUpperCase() : digits, spec);
}

const FLOAT_TYPES = 'eEfFgGn%';

function formatReal(value: number, spec: Spec): string {
  const percent = spec.type === '%';
  const number = percent ? value * 100 : value;
  const plain = spec.type === '\0';
  const style = plain ? 'r' : percent ? 'f' : spec.type === 'n' ? 'g' : spec.type;
  const precision = spec.precision < 0 && !plain ? 6 : spec.precision;
  const digits = formatFloat(number, style as FloatType, precision, spec.alternate);
  const zero = spec.noNegativeZero && /^[0.]*(e[+-]\d+)?$/i.test(digits);
  const negative = (number < 0 || Object.is(number, -0)) && !zero;
  return assemble(negative, '', percent ? `${digits}%` : digits, spec);
}

/**
 * Python's `format(value, spec)`: the format mini-language for str, int, bool and float. Other
 * types take an empty specifier only. Throws CPython 3.11's errors.
 */
export function formatValue(value: unknown, specText: string): string {
  if (specText === '') return str(value);
  const text = asString(value);
  const object = typeName(value);
  if (text !== undefined) return formatText(text, specText, object);
  const int = asInt(value);
  const float = int === undefined ? asFloat(value) : undefined;
  if (int === undefined && float === undefined) {
    throw new PyTypeError(`unsupported format string passed to ${object}.__format__`);
  }
  const spec = parseSpec(specText, object, int === undefined ? '\0' : 'd', '>');
  if (int !== undefined && 'bcdoxXn'.includes(spec.type)) return formatInt(int, spec);
  if (FLOAT_TYPES.includes(spec.type) || (int === undefined && spec.type === '\0')) {
    return formatReal(float ?? intToNumber(int ?? 0), spec);
  }
  throw unknownCode(spec.type, object);
}
