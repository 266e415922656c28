import { decode } from './encode.js';
import { isIterable, iterate, length } from './iterate.js';
import {
  keywords,
  methodTable,
  none,
  one,
  onType,
  parsed,
  positional,
  toIndex,
  type Definition,
} from './method.js';
import { fromLatin, toLatin } from './latin.js';
import { asInt } from './number.js';
import { asString } from './protocol.js';
import { PyTypeError, PyValueError } from './py-error.js';
import { capitalize, isLower, isTitle, isUpper, swapCase, title } from './str-case.js';
import { count, find, textWindow } from './str-search.js';
import { expandTabs, split, splitFromRight } from './str-split.js';
import { Tuple, tupleFrom } from './tuple.js';
import { typeName } from './type-name.js';

/** Methods of bytes know ASCII only: what is beyond it has neither case nor class. */
const BEYOND_ASCII = /[\x80-\xff]+/;

/** Applies a function of str to each run of ASCII characters. */
function mapAscii(change: (text: string) => string): Definition {
  return none((self: Uint8Array) => fromLatin(toLatin(self).replace(/[\x00-\x7f]+/g, change)));
}

/** `title` and `capitalize` depend on what precedes, so bytes beyond ASCII stand in as spaces. */
function mapWhole(change: (text: string) => string): Definition {
  return none((self: Uint8Array) => {
    const changed = change(toLatin(self).replace(/[\x80-\xff]/g, ' '));
    return Uint8Array.from(self, (byte, i) => (byte < 0x80 ? changed.charCodeAt(i) : byte));
  });
}

function needed(value: unknown): string {
  if (value instanceof Uint8Array) return toLatin(value);
  throw new PyTypeError(`a bytes-like object is required, not '${typeName(value)}'`);
}

function optional(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : needed(value);
}

/** What `find` and its kin look for: bytes, or one byte as an int. */
function needle(value: unknown): string {
  if (value instanceof Uint8Array) return toLatin(value);
  const byte = asInt(value);
  if (byte === undefined) {
    throw new PyTypeError(
      `argument should be integer or bytes-like object, not '${typeName(value)}'`,
    );
  }
  if (byte < 0 || byte > 255) throw new PyValueError('byte must be in range(0, 256)');
  return String.fromCharCode(Number(byte));
}

function finder(last: boolean, strict: boolean): Definition {
  return parsed(1, 3, (self: Uint8Array, part, start, stop) => {
    const text = toLatin(self);
    const window = textWindow(text, start, stop);
    const at = find(text, needle(part), window, last);
    if (at < 0 && strict) throw new PyValueError('subsection not found');
    return at;
  });
}

function affix(name: 'startswith' | 'endswith'): Definition {
  return parsed(1, 3, (self: Uint8Array, affixes, start, stop) => {
    const { text, offset } = textWindow(toLatin(self), start, stop);
    const fits = (part: string): boolean =>
      offset >= 0 && (name === 'startswith' ? text.startsWith(part) : text.endsWith(part));
    if (affixes instanceof Tuple) return affixes.some((item) => fits(needed(item)));
    if (affixes instanceof Uint8Array) return fits(toLatin(affixes));
    throw new PyTypeError(
      `${name} first arg must be bytes or a tuple of bytes, not ${typeName(affixes)}`,
    );
  });
}

function pad(name: string, left: (missing: number, width: number) => number): Definition {
  return positional(1, 2, (self: Uint8Array, width, fill) => {
    const wanted = toIndex(width);
    const character = fill instanceof Uint8Array && fill.length === 1 ? toLatin(fill) : undefined;
    if (fill !== undefined && character === undefined) {
      throw new PyTypeError(
        `${name}() argument 2 must be a byte string of length 1, not ${typeName(fill)}`,
      );
    }
    const missing = wanted - self.length;
    if (missing <= 0) return self;
    const before = left(missing, wanted);
    const unit = character ?? ' ';
    return fromLatin(unit.repeat(before) + toLatin(self) + unit.repeat(missing - before));
  });
}

/** White space of bytes: the ASCII part of that of str, without the separators \x1c to \x1f. */
const SPACE = ' \t\n\r\v\f';

function strip(leading: boolean, trailing: boolean): Definition {
  return positional(0, 1, (self: Uint8Array, chars) => {
    const members = optional(chars) ?? SPACE;
    const text = toLatin(self);
    let start = 0;
    let end = text.length;
    if (leading) while (start < end && members.includes(text[start]!)) start++;
    if (trailing) while (end > start && members.includes(text[end - 1]!)) end--;
    return self.slice(start, end);
  });
}

type Splitter = (text: string, separator: string | undefined, limit: number) => string[];

/** Characters that only str takes for white space hide while bytes are split. */
const ONLY_STR_SPACE = /[\x1c-\x1f\x85\xa0]/g;

function splitter(how: Splitter): Definition {
  return keywords(['sep', 'maxsplit'], (self: Uint8Array, sep, limit) => {
    const by = optional(sep);
    const most = limit === undefined ? -1 : toIndex(limit);
    const text = toLatin(self);
    if (by !== undefined) return how(text, by, most).map(fromLatin);
    const hidden = text.replace(ONLY_STR_SPACE, (c) =>
      String.fromCharCode(c.charCodeAt(0) + 0x100),
    );
    return how(hidden, undefined, most).map((part) => fromLatin(unhide(part)));
  });
}

function unhide(text: string): string {
  return text.replace(/[\u011c-\u01a0]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x100));
}

function partition(self: Uint8Array, sep: unknown, last: boolean): Tuple {
  const by = needed(sep);
  if (by === '') throw new PyValueError('empty separator');
  const text = toLatin(self);
  const at = last ? text.lastIndexOf(by) : text.indexOf(by);
  const parts = last ? ['', '', text] : [text, '', ''];
  const found = at < 0 ? parts : [text.slice(0, at), by, text.slice(at + by.length)];
  return tupleFrom(found.map(fromLatin));
}

function replace(self: Uint8Array, from: unknown, to: unknown, limit: unknown): Uint8Array {
  const old = needed(from);
  const by = needed(to);
  const most = limit === undefined ? -1 : toIndex(limit);
  const text = toLatin(self);
  if (old !== '') return fromLatin(split(text, old, most).join(by));
  const places = most < 0 ? text.length + 1 : Math.min(most, text.length + 1);
  const head = Array.from(text.slice(0, places), (c) => by + c).join('');
  return fromLatin(head + (places > text.length ? by : text.slice(places)));
}

function join(self: Uint8Array, parts: unknown): Uint8Array {
  if (!isIterable(parts)) throw new PyTypeError('can only join an iterable');
  const texts = Array.from(iterate(parts), (part, i) => {
    if (part instanceof Uint8Array) return toLatin(part);
    throw new PyTypeError(
      `sequence item ${i}: expected a bytes-like object, ${typeName(part)} found`,
    );
  });
  return fromLatin(texts.join(toLatin(self)));
}

function hex(self: Uint8Array, separator: unknown, size: unknown): string {
  const digits = Array.from(self, (byte) => byte.toString(16).padStart(2, '0'));
  if (separator === undefined) return digits.join('');
  if (length(separator) !== 1) throw new PyValueError('sep must be length 1.');
  const by = asString(separator) ?? needed(separator);
  if (!/^[\x00-\x7f]$/.test(by)) throw new PyValueError('sep must be ASCII.');
  const every = size === undefined ? 1 : toIndex(size);
  if (every === 0) return digits.join('');
  // Positive sizes count groups from the right, negative ones from the left.
  const first = every > 0 ? digits.length % every : 0;
  const groups: string[] = first > 0 ? [digits.slice(0, first).join('')] : [];
  for (let i = first; i < digits.length; i += Math.abs(every)) {
    groups.push(digits.slice(i, i + Math.abs(every)).join(''));
  }
  return groups.join(by);
}

function fromHex(_self: unknown, source: unknown): Uint8Array {
  const text = asString(source);
  if (text === undefined) {
    throw new PyTypeError(`fromhex() argument must be str, not ${typeName(source)}`);
  }
  const bytes: number[] = [];
  for (let at = 0; at < text.length;) {
    if (SPACE.includes(text[at]!)) {
      at++;
      continue;
    }
    for (const place of [at, at + 1]) {
      if (/^[0-9a-f]$/i.test(text[place] ?? '')) continue;
      throw new PyValueError(`non-hexadecimal number found in fromhex() arg at position ${place}`);
    }
    bytes.push(parseInt(text.slice(at, at + 2), 16));
    at += 2;
  }
  return Uint8Array.from(bytes);
}

function maketrans(_self: unknown, from: unknown, to: unknown): Uint8Array {
  const source = fromLatin(needed(from));
  const target = fromLatin(needed(to));
  if (source.length !== target.length) {
    throw new PyValueError('maketrans arguments must have same length');
  }
  const table = Uint8Array.from({ length: 256 }, (_, i) => i);
  source.forEach((byte, i) => (table[byte] = target[i]!));
  return table;
}

function translate(self: Uint8Array, table: unknown, removed: unknown): Uint8Array {
  const map = table === null ? undefined : fromLatin(needed(table));
  if (map !== undefined && map.length !== 256) {
    throw new PyValueError('translation table must be 256 characters long');
  }
  const gone = removed === undefined ? '' : needed(removed);
  const kept = Array.from(self).filter((byte) => !gone.includes(String.fromCharCode(byte)));
  return Uint8Array.from(kept, (byte) => map?.[byte] ?? byte);
}

function splitLines(self: Uint8Array, keep: unknown): Uint8Array[] {
  const keeping = keep !== undefined && toIndex(keep) !== 0;
  const lines = toLatin(self).match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  return lines.map((line) => fromLatin(keeping ? line : line.replace(/[\r\n]+$/, '')));
}

function zfill(self: Uint8Array, width: unknown): Uint8Array {
  const text = toLatin(self);
  const missing = toIndex(width) - text.length;
  if (missing <= 0) return self;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return fromLatin(sign + '0'.repeat(missing) + text.slice(sign.length));
}

function textArgument(name: string, value: unknown): string {
  const text = asString(value);
  if (text !== undefined) return text;
  const got = value === null ? 'None' : typeName(value);
  throw new PyTypeError(`decode() argument '${name}' must be str, not ${got}`);
}

function is(test: (text: string) => boolean): Definition {
  return none((self: Uint8Array) => test(toLatin(self).replace(/[\x80-\xff]/g, '\x00')));
}

/** The methods of bytes. */
export const bytesMethods = methodTable('bytes', () => ({
  capitalize: mapWhole(capitalize),
  center: pad('center', (missing, width) => Math.floor(missing / 2) + (missing & width & 1)),
  count: parsed(1, 3, (self: Uint8Array, part, start, stop) =>
    count(textWindow(toLatin(self), start, stop), () => needle(part)),
  ),
  decode: keywords(
    ['encoding', 'errors'],
    (self: Uint8Array, encoding = 'utf-8', errors = 'strict') =>
      decode(self, textArgument('encoding', encoding), textArgument('errors', errors)),
  ),
  endswith: affix('endswith'),
  expandtabs: keywords(['tabsize'], (self: Uint8Array, size) =>
    fromLatin(expandTabs(toLatin(self), size === undefined ? 8 : toIndex(size))),
  ),
  find: finder(false, false),
  fromhex: onType(one(fromHex)),
  hex: keywords(['sep', 'bytes_per_sep'], hex),
  index: finder(false, true),
  isalnum: is((text) => /^[0-9A-Za-z]+$/.test(text)),
  isalpha: is((text) => /^[A-Za-z]+$/.test(text)),
  isascii: none((self: Uint8Array) => !BEYOND_ASCII.test(toLatin(self))),
  isdigit: is((text) => /^[0-9]+$/.test(text)),
  islower: is(isLower),
  isspace: is((text) => /^[ \t\n\r\v\f]+$/.test(text)),
  istitle: is(isTitle),
  isupper: is(isUpper),
  join: one(join),
  ljust: pad('ljust', () => 0),
  lower: mapAscii((text) => text.toLowerCase()),
  lstrip: strip(true, false),
  maketrans: onType(positional(2, 2, maketrans)),
  partition: one((self: Uint8Array, sep) => partition(self, sep, false)),
  removeprefix: one((self: Uint8Array, prefix) =>
    toLatin(self).startsWith(needed(prefix)) ? self.slice(needed(prefix).length) : self,
  ),
  removesuffix: one((self: Uint8Array, suffix) => {
    const end = needed(suffix);
    return toLatin(self).endsWith(end) ? self.slice(0, self.length - end.length) : self;
  }),
  replace: positional(2, 3, replace),
  rfind: finder(true, false),
  rindex: finder(true, true),
  rjust: pad('rjust', (missing) => missing),
  rpartition: one((self: Uint8Array, sep) => partition(self, sep, true)),
  rsplit: splitter(splitFromRight),
  rstrip: strip(false, true),
  split: splitter(split),
  splitlines: keywords(['keepends'], splitLines),
  startswith: affix('startswith'),
  strip: strip(true, true),
  swapcase: mapAscii(swapCase),
  title: mapWhole(title),
  translate: keywords(['table', 'delete'], translate, { positionalOnly: 1 }),
  upper: mapAscii((text) => text.toUpperCase()),
  zfill: one(zfill),
}));
