import { characterNamed } from './unicode-names.js';
import { MAX_INT_DIGITS } from './value/int-text.js';
import { toFloat } from './value/number.js';
import { PyValueError } from './value/py-error.js';

/** The value of a number as it is written in a template. */
export function numberOf(text: string, type: 'float' | 'integer'): unknown {
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  if (type === 'float') return toFloat(Number(digits));
  if (digits.length > MAX_INT_DIGITS && !/^0[box]/i.test(digits)) {
    throw new PyValueError(
      `Exceeds the limit (${MAX_INT_DIGITS} digits) for integer string conversion: value has ${digits.length} digits; use sys.set_int_max_str_digits() to increase the limit`,
    );
  }
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits.toLowerCase());
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const HEX_ESCAPES: Readonly<Record<string, { digits: number; message: string }>> = {
  x: { digits: 2, message: 'truncated \\xXX escape' },
  u: { digits: 4, message: 'truncated \\uXXXX escape' },
  U: { digits: 8, message: 'truncated \\UXXXXXXXX escape' },
};

/** Python's `unicode-escape` decoding; an unknown escape keeps its backslash. */
export function unescapeString(text: string, fail: (message: string) => never): string {
  let out = '';
  let at = 0;
  for (;;) {
    const backslash = text.indexOf('\\', at);
    if (backslash === -1) return out + text.slice(at);
    out += text.slice(at, backslash);
    const letter = text[backslash + 1];
    at = backslash + 2;
    if (letter === undefined) return fail('\\ at end of string');
    const simple = Object.hasOwn(SIMPLE_ESCAPES, letter) ? SIMPLE_ESCAPES[letter] : undefined;
    const hex = Object.hasOwn(HEX_ESCAPES, letter) ? HEX_ESCAPES[letter] : undefined;
    if (simple !== undefined) out += simple;
    else if (hex !== undefined) {
      const digits = text.slice(at, at + hex.digits);
      if (digits.length < hex.digits || !/^[\da-fA-F]+$/.test(digits)) return fail(hex.message);
      const point = Number.parseInt(digits, 16);
      if (point > 0x10ffff) return fail('illegal Unicode character');
      out += String.fromCodePoint(point);
      at += hex.digits;
    } else if (letter === 'N') {
      const name = /^\{([^}]+)\}/.exec(text.slice(at))?.[1];
      if (name === undefined) return fail('malformed \\N character escape');
      const char = characterNamed(name);
      if (char === undefined) return fail('unknown Unicode character name');
      out += char;
      at += name.length + 2;
    } else if (letter >= '0' && letter <= '7') {
      const digits = (/^[0-7]{1,3}/.exec(text.slice(backslash + 1)) as RegExpExecArray)[0];
      out += String.fromCodePoint(Number.parseInt(digits, 8));
      at = backslash + 1 + digits.length;
    } else {
      out += `\\${letter}`;
    }
  }
}
