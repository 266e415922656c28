import { PyLookupError, PyUnicodeDecodeError, PyUnicodeEncodeError } from './py-error.js';
import { ascii } from './repr.js';

type Codec = 'utf-8' | 'ascii' | 'latin-1' | 'utf-16' | 'utf-32';

interface Encoding {
  readonly codec: Codec;
  /** Byte order of the wide codecs; undefined writes a mark and little endian. */
  readonly order?: 'le' | 'be';
}

const ALIASES: Readonly<Record<string, Encoding>> = {
  utf_8: { codec: 'utf-8' },
  utf8: { codec: 'utf-8' },
  u8: { codec: 'utf-8' },
  ascii: { codec: 'ascii' },
  us_ascii: { codec: 'ascii' },
  '646': { codec: 'ascii' },
  latin_1: { codec: 'latin-1' },
  latin1: { codec: 'latin-1' },
  latin: { codec: 'latin-1' },
  l1: { codec: 'latin-1' },
  iso_8859_1: { codec: 'latin-1' },
  iso8859_1: { codec: 'latin-1' },
  '8859': { codec: 'latin-1' },
  utf_16: { codec: 'utf-16' },
  utf16: { codec: 'utf-16' },
  utf_16_le: { codec: 'utf-16', order: 'le' },
  utf_16_be: { codec: 'utf-16', order: 'be' },
  utf_32: { codec: 'utf-32' },
  utf32: { codec: 'utf-32' },
  utf_32_le: { codec: 'utf-32', order: 'le' },
  utf_32_be: { codec: 'utf-32', order: 'be' },
};

function encodingOf(name: string): Encoding {
  const key = name.toLowerCase().replaceAll(/[-. ]/g, '_');
  const found = Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined;
  if (found === undefined) throw new PyLookupError(`unknown encoding: ${name}`);
  return found;
}

const LIMITS: Readonly<Record<Codec, number>> = {
  ascii: 0x7f,
  'latin-1': 0xff,
  'utf-8': 0x10ffff,
  'utf-16': 0x10ffff,
  'utf-32': 0x10ffff,
};

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** Text that stands for characters which the codec cannot write. */
function substitute(bad: string[], errors: string, start: number, codec: Codec): string {
  switch (errors) {
    case 'strict': {
      const reason =
        LIMITS[codec] > 0xff
          ? 'surrogates not allowed'
          : `ordinal not in range(${LIMITS[codec] + 1})`;
      const which =
        bad.length === 1
          ? `character ${ascii(bad[0])} in position ${start}`
          : `characters in position ${start}-${start + bad.length - 1}`;
      throw new PyUnicodeEncodeError(`'${codec}' codec can't encode ${which}: ${reason}`);
    }
    case 'ignore':
      return '';
    case 'replace':
      return '?'.repeat(bad.length);
    case 'xmlcharrefreplace':
      return bad.map((c) => `&#${c.codePointAt(0)};`).join('');
    case 'backslashreplace':
      return bad.map((c) => escapeCode(c.codePointAt(0) ?? 0)).join('');
    default:
      throw new PyLookupError(`unknown error handler name '${errors}'`);
  }
}

function escapeCode(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** The text with everything that the codec cannot write replaced as `errors` says. */
function encodable(text: string, codec: Codec, errors: string): string {
  const limit = LIMITS[codec];
  const fits = (c: string): boolean => {
    const code = c.codePointAt(0) ?? 0;
    return code <= limit && !isSurrogate(code);
  };
  const characters = Array.from(text);
  let out = '';
  for (let i = 0; i < characters.length; i++) {
    if (fits(characters[i]!)) {
      out += characters[i];
      continue;
    }
    const start = i;
    while (i + 1 < characters.length && !fits(characters[i + 1]!)) i++;
    out += substitute(characters.slice(start, i + 1), errors, start, codec);
  }
  return out;
}

function wide(text: string, { codec, order }: Encoding): Uint8Array {
  const units =
    codec === 'utf-16'
      ? Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
      : Array.from(text, (c) => c.codePointAt(0) ?? 0);
  if (order === undefined) units.unshift(0xfeff);
  const size = codec === 'utf-16' ? 2 : 4;
  const bytes = new Uint8Array(units.length * size);
  const view = new DataView(bytes.buffer);
  units.forEach((unit, i) => {
    if (size === 2) view.setUint16(i * 2, unit, order !== 'be');
    else view.setUint32(i * 4, unit, order !== 'be');
  });
  return bytes;
}

/** Python's `text.encode(encoding, errors)`. Throws PyUnicodeEncodeError and PyLookupError. */
export function encode(text: string, encoding: string, errors: string): Uint8Array {
  const target = encodingOf(encoding);
  const safe = encodable(text, target.codec, errors);
  if (target.codec === 'utf-8') return new TextEncoder().encode(safe);
  if (target.codec === 'utf-16' || target.codec === 'utf-32') return wide(safe, target);
  return Uint8Array.from(safe, (c) => c.charCodeAt(0));
}

interface Malformed {
  /** Bytes that belong to the broken sequence. */
  readonly length: number;
  readonly reason: string;
}

/** Reads one UTF-8 sequence: its code point and length, or what is wrong with it. */
function readUtf8(bytes: Uint8Array, at: number): { code: number; length: number } | Malformed {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { code: lead, length: 1 };
  const size =
    lead >= 0xc2 && lead < 0xe0
      ? 2
      : lead >= 0xe0 && lead < 0xf0
        ? 3
        : lead >= 0xf0 && lead < 0xf5
          ? 4
          : 0;
  if (size === 0) return { length: 1, reason: 'invalid start byte' };
  let code = lead & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return { length: i, reason: 'unexpected end of data' };
    const low = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (byte < low || byte > high) return { length: i, reason: 'invalid continuation byte' };
    code = (code << 6) | (byte & 0x3f);
  }
  return { code, length: size };
}

function replacement(
  bytes: Uint8Array,
  at: number,
  { length, reason }: Malformed,
  codec: Codec,
  errors: string,
): string {
  switch (errors) {
    case 'strict': {
      const which =
        length === 1
          ? `byte 0x${bytes[at]!.toString(16).padStart(2, '0')} in position ${at}`
          : `bytes in position ${at}-${at + length - 1}`;
      throw new PyUnicodeDecodeError(`'${codec}' codec can't decode ${which}: ${reason}`);
    }
    case 'ignore':
      return '';
    case 'replace':
      return '\ufffd';
    case 'backslashreplace':
      return Array.from(bytes.subarray(at, at + length), escapeCode).join('');
    default:
      throw new PyLookupError(`unknown error handler name '${errors}'`);
  }
}

/** Python's `bytes.decode(encoding, errors)`. Throws PyUnicodeDecodeError and PyLookupError. */
export function decode(bytes: Uint8Array, encoding: string, errors: string): string {
  const { codec, order } = encodingOf(encoding);
  if (codec === 'utf-16' || codec === 'utf-32') return decodeWide(bytes, codec, order);
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    let read: { code: number; length: number } | Malformed;
    if (codec === 'utf-8') read = readUtf8(bytes, at);
    else if (byte <= LIMITS[codec]) read = { code: byte, length: 1 };
    else read = { length: 1, reason: 'ordinal not in range(128)' };
    out +=
      'code' in read
        ? String.fromCodePoint(read.code)
        : replacement(bytes, at, read, codec, errors);
    at += read.length;
  }
  return out;
}

function decodeWide(bytes: Uint8Array, codec: Codec, order: 'le' | 'be' | undefined): string {
  const size = codec === 'utf-16' ? 2 : 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length % size !== 0) {
    throw new PyUnicodeDecodeError(
      `'${codec}' codec can't decode byte 0x${bytes.at(-1)!.toString(16).padStart(2, '0')} in ` +
        `position ${bytes.length - 1}: truncated data`,
    );
  }
  const read = (at: number, little: boolean): number =>
    size === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
  const marked = order === undefined && bytes.length > 0;
  const little = order !== 'be' && !(marked && read(0, false) === 0xfeff);
  let out = '';
  for (let at = marked && read(0, little) === 0xfeff ? size : 0; at < bytes.length; at += size) {
    const unit = read(at, little);
    out += size === 2 ? String.fromCharCode(unit) : String.fromCodePoint(unit);
  }
  return out;
}
