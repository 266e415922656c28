import type { Kwargs } from './callable.js';
import { characters, codePointLength } from './code-points.js';
import { Dict, dictEntries, isDict } from './dict.js';
import { encode } from './encode.js';
import { formatMap, formatString } from './format-string.js';
import { isIterable, iterate } from './iterate.js';
import { getItem } from './item.js';
import {
  anything,
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
import { asInt } from './number.js';
import { asString } from './protocol.js';
import { PyLookupError, PyTypeError, PyValueError } from './py-error.js';
import { capitalize, caseFold, isLower, isTitle, isUpper, swapCase, title } from './str-case.js';
import { count, find, textWindow } from './str-search.js';
import { expandTabs, split, splitFromRight, splitLines } from './str-split.js';
import { Tuple, tupleFrom } from './tuple.js';
import { typeName } from './type-name.js';
import * as unicode from './unicode.js';
import { WHITESPACE, stripLeading, stripTrailing } from './whitespace.js';

/** The text of a str argument; `say` makes the TypeError's message from the type that came. */
function text(value: unknown, say: (type: string) => string): string {
  const string = asString(value);
  if (string === undefined) throw new PyTypeError(say(typeName(value)));
  return string;
}

const mustBeStr = (type: string): string => `must be str, not ${type}`;

function argument(method: string, index: number | string, value: unknown): string {
  const which = index === '' ? '' : ` ${index}`;
  return text(value, (type) => {
    const got = type === 'NoneType' ? 'None' : type;
    return `${method}() argument${which} must be str, not ${got}`;
  });
}

function fillCharacter(value: unknown): string {
  if (value === undefined) return ' ';
  const fill = text(value, (type) => `The fill character must be a unicode character, not ${type}`);
  if (codePointLength(fill) !== 1) {
    throw new PyTypeError('The fill character must be exactly one character long');
  }
  return fill;
}

/** Pads to a width; `left` says how much of the missing room goes before the text. */
function pad(left: (missing: number, width: number) => number): Definition {
  return positional(1, 2, (self: string, width, fill) => {
    const wanted = toIndex(width);
    const character = fillCharacter(fill);
    const missing = wanted - codePointLength(self);
    if (missing <= 0) return self;
    const before = left(missing, wanted);
    return character.repeat(before) + self + character.repeat(missing - before);
  });
}

function stripSet(
  self: string,
  chars: unknown,
  name: string,
  leading: boolean,
  trailing: boolean,
): string {
  if (chars === undefined || chars === null) {
    const left = leading ? stripLeading(self) : self;
    return trailing ? stripTrailing(left) : left;
  }
  const members = new Set(text(chars, () => `${name} arg must be None or str`));
  const items = characters(self);
  let start = 0;
  let end = items.length;
  if (leading) while (start < end && members.has(items[start]!)) start++;
  if (trailing) while (end > start && members.has(items[end - 1]!)) end--;
  return items.slice(start, end).join('');
}

function strip(name: string, leading: boolean, trailing: boolean): Definition {
  return positional(0, 1, (self: string, chars) => stripSet(self, chars, name, leading, trailing));
}

function separator(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return text(value, (type) => `must be str or None, not ${type}`);
}

type Splitter = (text: string, separator: string | undefined, limit: number) => string[];

function splitter(how: Splitter): Definition {
  return keywords(['sep', 'maxsplit'], (self: string, sep, limit) => {
    // CPython reads the limit before it looks at the separator.
    const most = limit === undefined ? -1 : toIndex(limit);
    return how(self, separator(sep), most);
  });
}

function finder(last: boolean, strict: boolean): Definition {
  return parsed(1, 3, (self: string, part, start, stop) => {
    const window = textWindow(self, start, stop);
    const at = find(self, text(part, mustBeStr), window, last);
    if (at < 0 && strict) throw new PyValueError('substring not found');
    return at;
  });
}

function affix(name: 'startswith' | 'endswith'): Definition {
  return parsed(1, 3, (self: string, affixes, start, stop) => {
    const window = textWindow(self, start, stop);
    const fits = (part: string): boolean =>
      window.offset >= 0 &&
      (name === 'startswith' ? window.text.startsWith(part) : window.text.endsWith(part));
    if (affixes instanceof Tuple) {
      return affixes.some((item) =>
        fits(text(item, (type) => `tuple for ${name} must only contain str, not ${type}`)),
      );
    }
    return fits(
      text(affixes, (type) => `${name} first arg must be str or a tuple of str, not ${type}`),
    );
  });
}

function replace(self: string, from: unknown, to: unknown, limit: unknown): string {
  const old = argument('replace', 1, from);
  const by = argument('replace', 2, to);
  const most = limit === undefined ? -1 : toIndex(limit);
  if (most < 0 && old !== '') return self.replaceAll(old, () => by);
  if (most === 0) return self;
  if (old !== '') return split(self, old, most).join(by);
  const items = characters(self);
  const places = most < 0 ? items.length + 1 : Math.min(most, items.length + 1);
  const head = items.slice(0, places).map((item) => by + item);
  return head.join('') + (places > items.length ? by : items.slice(places).join(''));
}

function partition(self: string, sep: unknown, last: boolean): Tuple {
  const by = text(sep, mustBeStr);
  if (by === '') throw new PyValueError('empty separator');
  const at = last ? self.lastIndexOf(by) : self.indexOf(by);
  if (at < 0) return tupleFrom(last ? ['', '', self] : [self, '', '']);
  return tupleFrom([self.slice(0, at), by, self.slice(at + by.length)]);
}

function join(self: string, parts: unknown): string {
  if (!isIterable(parts)) throw new PyTypeError('can only join an iterable');
  let out = '';
  let index = 0;
  for (const part of iterate(parts)) {
    const item = asString(part);
    if (item === undefined) {
      throw new PyTypeError(
        `sequence item ${index}: expected str instance, ${typeName(part)} found`,
      );
    }
    out += index++ === 0 ? item : self + item;
  }
  return out;
}

function zfill(self: string, width: unknown): string {
  const missing = toIndex(width) - codePointLength(self);
  if (missing <= 0) return self;
  const signed = self.startsWith('-') || self.startsWith('+');
  return signed ? self[0] + '0'.repeat(missing) + self.slice(1) : '0'.repeat(missing) + self;
}

function maketrans(_self: unknown, from: unknown, to: unknown, removed: unknown): Dict {
  const table = new Dict();
  if (to === undefined) {
    if (!isDict(from)) {
      throw new PyTypeError('if you give only one argument to maketrans it must be a dict');
    }
    for (const [key, value] of dictEntries(from)) {
      const character = asString(key);
      if (character !== undefined && codePointLength(character) !== 1) {
        throw new PyValueError('string keys in translate table must be of length 1');
      }
      if (character === undefined && asInt(key) === undefined) {
        throw new PyTypeError('keys in translate table must be strings or integers');
      }
      table.set(character?.codePointAt(0) ?? key, value);
    }
    return table;
  }
  const target = Array.from(argument('maketrans', 2, to));
  const dropped = removed === undefined ? '' : argument('maketrans', 3, removed);
  const source = asString(from);
  if (source === undefined) {
    throw new PyTypeError(
      'first maketrans argument must be a string if there is a second argument',
    );
  }
  const keys = Array.from(source);
  if (keys.length !== target.length) {
    throw new PyValueError('the first two maketrans arguments must have equal length');
  }
  keys.forEach((key, i) => table.set(key.codePointAt(0), target[i]!.codePointAt(0)));
  for (const key of dropped) table.set(key.codePointAt(0), null);
  return table;
}

function translateCharacter(character: string, table: unknown): string {
  let value: unknown;
  try {
    value = getItem(table, character.codePointAt(0));
  } catch (error) {
    if (error instanceof PyLookupError) return character;
    throw error;
  }
  if (value === null) return '';
  const string = asString(value);
  if (string !== undefined) return string;
  const code = asInt(value);
  if (code === undefined) {
    throw new PyTypeError('character mapping must return integer, None or str');
  }
  if (code < 0 || code > 0x10ffff) {
    throw new PyValueError('character mapping must be in range(0x110000)');
  }
  return String.fromCodePoint(Number(code));
}

/** A test of all characters. */
function is(test: (text: string) => boolean): Definition {
  return none((self: string) => test(self));
}

const ONLY_SPACE = new RegExp(`^[${WHITESPACE}]+$`);

function splitLinesKeeping(self: string, keep: unknown): string[] {
  return splitLines(self, keep !== undefined && toIndex(keep) !== 0);
}

/** The methods of str. */
export const strMethods = methodTable('str', () => ({
  capitalize: none(capitalize),
  casefold: none(caseFold),
  center: pad((missing, width) => Math.floor(missing / 2) + (missing & width & 1)),
  count: parsed(1, 3, (self: string, part, start, stop) =>
    count(textWindow(self, start, stop), () => text(part, mustBeStr)),
  ),
  encode: keywords(['encoding', 'errors'], (self: string, encoding = 'utf-8', errors = 'strict') =>
    encode(
      self,
      argument('encode', "'encoding'", encoding),
      argument('encode', "'errors'", errors),
    ),
  ),
  endswith: affix('endswith'),
  expandtabs: keywords(['tabsize'], (self: string, size) =>
    expandTabs(self, size === undefined ? 8 : toIndex(size)),
  ),
  find: finder(false, false),
  format: anything((self: string, args: unknown[], kwargs: Kwargs | undefined) =>
    formatString(self, args, kwargs),
  ),
  format_map: one((self: string, mapping) => formatMap(self, mapping)),
  index: finder(false, true),
  isalnum: is(unicode.isAlphanumeric),
  isalpha: is(unicode.isAlpha),
  isascii: is((self) => /^[\x00-\x7f]*$/.test(self)),
  isdecimal: is(unicode.isDecimal),
  isdigit: is(unicode.isDigit),
  isidentifier: is(unicode.isIdentifier),
  islower: is(isLower),
  isnumeric: is(unicode.isNumeric),
  isprintable: is(unicode.isPrintable),
  isspace: is((self) => ONLY_SPACE.test(self)),
  istitle: is(isTitle),
  isupper: is(isUpper),
  join: one(join),
  ljust: pad(() => 0),
  lower: none((self: string) => self.toLowerCase()),
  lstrip: strip('lstrip', true, false),
  maketrans: onType(positional(1, 3, maketrans)),
  partition: one((self: string, sep) => partition(self, sep, false)),
  removeprefix: one((self: string, prefix) => {
    const start = argument('removeprefix', '', prefix);
    return self.startsWith(start) ? self.slice(start.length) : self;
  }),
  removesuffix: one((self: string, suffix) => {
    const end = argument('removesuffix', '', suffix);
    return end !== '' && self.endsWith(end) ? self.slice(0, -end.length) : self;
  }),
  replace: positional(2, 3, replace),
  rfind: finder(true, false),
  rindex: finder(true, true),
  rjust: pad((missing) => missing),
  rpartition: one((self: string, sep) => partition(self, sep, true)),
  rsplit: splitter(splitFromRight),
  rstrip: strip('rstrip', false, true),
  split: splitter(split),
  splitlines: keywords(['keepends'], splitLinesKeeping),
  startswith: affix('startswith'),
  strip: strip('strip', true, true),
  swapcase: none(swapCase),
  title: none(title),
  translate: one((self: string, table) =>
    Array.from(self, (character) => translateCharacter(character, table)).join(''),
  ),
  upper: none((self: string) => self.toUpperCase()),
  zfill: one(zfill),
}));
