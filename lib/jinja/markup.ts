import { namedReference } from './html-entities.js';
import { HTML, escapeText, hasHtml, htmlOf, isSafeString } from './html.js';
import { vformat } from './formatter.js';
import { getAttribute, getItem } from './value/attribute.js';
import { CALL, call, pyFunction, type Kwargs, type PyFunction } from './value/callable.js';
import { Dict, dictEntries, isDict, type DictLike } from './value/dict.js';
import { formatValue, percentFormat } from './value/format.js';
import { iterate } from './value/iterate.js';
import { BoundMethod, Method, toIndex } from './value/method.js';
import { mul } from './value/ops.js';
import {
  ATTR,
  BINARY,
  ITEM,
  MISSING,
  NOT_IMPLEMENTED,
  REPR,
  STR,
  STRING,
  TYPE_NAME,
  asString,
  hooks,
} from './value/protocol.js';
import { isNumeric } from './value/number.js';
import { PyValueError } from './value/py-error.js';
import { Range } from './value/range.js';
import { repr } from './value/repr.js';
import { str } from './value/str.js';
import { Tuple, tupleFrom } from './value/tuple.js';
import { typeName } from './value/type-name.js';

export { HTML, hasHtml } from './html.js';

/**
 * A string that is safe to insert into HTML. Every string that joins it through an operator or a
 * method is escaped first. Pass a value to the constructor to declare it safe, use `escape` to make
 * it so. In Python's eyes it is a str. Source: markupsafe.Markup @3.0
 */
export class Markup {
  readonly [STRING]: string;

  /** @param object text that is safe as it is, or any value: `__html__` of it, else its str(). */
  constructor(object: unknown = '') {
    this[STRING] =
      typeof object === 'string' ? object : hasHtml(object) ? htmlOf(object) : str(object);
  }

  /** As the function `escape`. */
  static escape(value: unknown): Markup {
    return escape(value);
  }

  get length(): number {
    return this[STRING].length;
  }

  get [TYPE_NAME](): string {
    return 'Markup';
  }

  [HTML](): string {
    return this[STRING];
  }

  [STR](): string {
    return this[STRING];
  }

  [REPR](): string {
    return `Markup(${repr(this[STRING])})`;
  }

  [ITEM](key: unknown): unknown {
    const item = getItem(this[STRING], key);
    return item === MISSING ? MISSING : new Markup(item);
  }

  [ATTR](name: string): unknown {
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (method !== undefined) return new MarkupMethod(this, method);
    // Its class is its own: look-ups that find nothing here ask for it.
    if (name === '__class__') return MISSING;
    const found = getAttribute(this[STRING], name);
    if (!(found instanceof BoundMethod)) return found;
    return new BoundMethod(found.self, new Method('Markup', name, found.method.definition));
  }

  [BINARY](op: string, other: unknown, reflected: boolean): unknown {
    switch (op) {
      case '+': {
        if (asString(other) === undefined && !hasHtml(other)) return NOT_IMPLEMENTED;
        const text = escapeToText(other);
        return new Markup(reflected ? text + this[STRING] : this[STRING] + text);
      }
      case '*':
        return new Markup(mul(this[STRING], toIndex(other)));
      case '%':
        if (reflected) return NOT_IMPLEMENTED;
        return new Markup(percentFormat(this[STRING], escapeOperand(other)));
      default:
        return NOT_IMPLEMENTED;
    }
  }

  /** The text without tags and comments, its white space collapsed, its references resolved. */
  striptags(): string {
    return unescape(collapse(withoutTags(this[STRING])));
  }

  /** The text with its character references resolved. */
  unescape(): string {
    return unescape(this[STRING]);
  }

  toString(): string {
    return this[STRING];
  }
  valueOf(): string {
    return this[STRING];
  }
  toJSON(): string {
    return this[STRING];
  }
}

/** The HTML of a value as plain text; `escape` without the wrapper, for hot paths. */
export function escapeToText(value: unknown): string {
  if (typeof value === 'string') return escapeText(value);
  if (value instanceof Markup) return value[STRING];
  if (typeof value === 'number' && Number.isInteger(value)) return str(value);
  return hasHtml(value) ? htmlOf(value) : escapeText(str(value));
}

/**
 * Escapes `&`, `<`, `>`, `'` and `"` in str(value); a value that has `__html__` answers for itself.
 * Source: markupsafe.escape @3.0
 */
export function escape(value: unknown): Markup {
  return value instanceof Markup ? value : new Markup(escapeToText(value));
}

/** str(value), but a Markup stays one. Source: markupsafe.soft_str @3.0 */
export function softStr(value: unknown): string | Markup {
  if (typeof value === 'string' || value instanceof Markup) return value;
  if (isSafeString(value)) return new Markup(value);
  return asString(value) ?? str(value);
}

/** An operand of `%` that escapes itself when it is printed. */
class EscapeHelper {
  readonly #value: unknown;
  constructor(value: unknown) {
    this.#value = value;
  }
  get [TYPE_NAME](): string {
    return '_MarkupEscapeHelper';
  }
  [STR](): string {
    return escapeToText(this.#value);
  }
  [REPR](): string {
    return escapeText(repr(this.#value));
  }
}

/** The same for what can be subscripted, which may stay unused. */
class EscapeSequence extends EscapeHelper {
  readonly #items: unknown;
  constructor(value: unknown) {
    super(value);
    this.#items = value;
  }
  [ITEM](key: unknown): unknown {
    return escapeItem(getItem(this.#items, key));
  }
}

/** A mapping on the right of `%`: prints escaped as a whole, and so do its items. */
class EscapeDict extends Dict {
  readonly #value: DictLike;
  constructor(value: DictLike) {
    super(dictEntries(value).map(([key, item]) => [key, escapeItem(item)]));
    this.#value = value;
  }
  [STR](): string {
    return escapeToText(this.#value);
  }
  [REPR](): string {
    return escapeText(repr(this.#value));
  }
}

/** Numbers have nothing to escape, and `%d` wants them bare. */
function escapeItem(value: unknown): unknown {
  return isNumeric(value) ? value : new EscapeHelper(value);
}

function isSubscriptable(value: unknown): boolean {
  return (
    Array.isArray(value) ||
    value instanceof Range ||
    value instanceof Uint8Array ||
    hooks(value)?.[ITEM] !== undefined
  );
}

function escapeOperand(value: unknown): unknown {
  if (value instanceof Tuple) return tupleFrom(Array.from(value, escapeItem));
  if (isDict(value)) return new EscapeDict(value);
  if (asString(value) === undefined && isSubscriptable(value)) return new EscapeSequence(value);
  return Tuple.of(escapeItem(value));
}

/** A method of Markup, bound to its text and not called yet. */
export class MarkupMethod {
  readonly self: Markup;
  readonly #method: PyFunction<never[]>;
  constructor(self: Markup, method: PyFunction<never[]>) {
    this.self = self;
    this.#method = method;
  }
  /** Its name without the class. */
  get name(): string {
    return this.#method.name.slice('Markup.'.length);
  }
  get [TYPE_NAME](): string {
    return 'method';
  }
  [CALL](args: unknown[], kwargs: Kwargs | undefined): unknown {
    return this.#method[CALL]([this.self, ...args], kwargs);
  }
  [REPR](): string {
    return `<bound method ${this.#method.name} of ${repr(this.self)}>`;
  }
  [ATTR](name: string): unknown {
    if (name === '__name__') return this.name;
    return name === '__self__' ? this.self : MISSING;
  }
}

const wrap = (value: unknown): Markup => new Markup(value);
const wrapAll = (values: unknown): Markup[] => Array.from(iterate(values), wrap);

function plain(self: Markup, name: string, args: unknown[]): unknown {
  return call(getAttribute(self[STRING], name), args);
}

function method(
  name: string,
  parameters: string,
  impl: (self: Markup, ...args: unknown[]) => unknown,
): PyFunction<never[]> {
  const signature = parameters === '' ? 'self, /' : `self, ${parameters}`;
  return pyFunction(`Markup.${name}`, signature, impl) as PyFunction<never[]>;
}

function wrapped(name: string, parameters = ''): PyFunction<never[]> {
  return method(name, parameters, (self, ...args) => wrap(plain(self, name, args)));
}

function padded(name: string): PyFunction<never[]> {
  return method(name, 'width, fillchar=" ", /', (self, width, fill) =>
    wrap(plain(self, name, [width, escapeToText(fill)])),
  );
}

/** How `Markup.format` prints a field. Source: markupsafe.EscapeFormatter.format_field @3.0 */
export function formatEscaped(value: unknown, spec: string): string {
  if (value instanceof Markup) {
    if (spec) throw new PyValueError('Unsupported format specification for Markup.');
    return value[STRING];
  }
  if (hasHtml(value)) {
    if (spec) {
      throw new PyValueError(
        `Format specifier ${spec} given, but <class '${typeName(value)}'> does not define ` +
          '__html_format__. A class that defines __html__ must define __html_format__ to work ' +
          'with format specifiers.',
      );
    }
    return htmlOf(value);
  }
  return escapeText(formatValue(value, spec));
}

const METHODS: Readonly<Record<string, PyFunction<never[]>>> = {
  __html__: method('__html__', '', (self) => self),
  capitalize: wrapped('capitalize'),
  casefold: wrapped('casefold'),
  center: padded('center'),
  escape: method('escape', 's, /', (_self, value) => escape(value)),
  expandtabs: wrapped('expandtabs', '/, tabsize=8'),
  format: method('format', '*args, **kwargs', (self, args, kwargs) =>
    wrap(
      vformat(self[STRING], args as unknown[], new Dict(kwargs as Kwargs), {
        formatField: formatEscaped,
      }),
    ),
  ),
  format_map: method('format_map', 'mapping, /', (self, mapping) =>
    wrap(vformat(self[STRING], [], mapping, { formatField: formatEscaped })),
  ),
  join: method('join', 'iterable, /', (self, iterable) =>
    wrap(Array.from(iterate(iterable), escapeToText).join(self[STRING])),
  ),
  ljust: padded('ljust'),
  lower: wrapped('lower'),
  lstrip: wrapped('lstrip', 'chars=None, /'),
  partition: method('partition', 'sep, /', (self, sep) =>
    tupleFrom(wrapAll(plain(self, 'partition', [sep]))),
  ),
  removeprefix: wrapped('removeprefix', 'prefix, /'),
  removesuffix: wrapped('removesuffix', 'suffix'),
  replace: method('replace', 'old, new, count=-1, /', (self, old, replacement, count) =>
    wrap(plain(self, 'replace', [old, escapeToText(replacement), count])),
  ),
  rjust: padded('rjust'),
  rpartition: method('rpartition', 'sep, /', (self, sep) =>
    tupleFrom(wrapAll(plain(self, 'rpartition', [sep]))),
  ),
  rsplit: method('rsplit', '/, sep=None, maxsplit=-1', (self, sep, maxsplit) =>
    wrapAll(plain(self, 'rsplit', [sep, maxsplit])),
  ),
  rstrip: wrapped('rstrip', 'chars=None, /'),
  split: method('split', '/, sep=None, maxsplit=-1', (self, sep, maxsplit) =>
    wrapAll(plain(self, 'split', [sep, maxsplit])),
  ),
  splitlines: method('splitlines', '/, keepends=False', (self, keepends) =>
    wrapAll(plain(self, 'splitlines', [keepends])),
  ),
  strip: wrapped('strip', 'chars=None, /'),
  striptags: method('striptags', '', (self) => self.striptags()),
  swapcase: wrapped('swapcase'),
  title: wrapped('title'),
  translate: wrapped('translate', 'table, /'),
  unescape: method('unescape', '', (self) => self.unescape()),
  upper: wrapped('upper'),
  zfill: wrapped('zfill', 'width, /'),
};

function withoutTags(text: string): string {
  let out = '';
  let at = 0;
  for (let start; (start = text.indexOf('<', at)) !== -1;) {
    const comment = text.startsWith('<!--', start);
    const close = comment ? text.indexOf('-->', start + 4) : text.indexOf('>', start);
    if (close === -1) break;
    out += text.slice(at, start);
    at = close + (comment ? 3 : 1);
  }
  return out + text.slice(at);
}

function collapse(text: string): string {
  return (plain(new Markup(text), 'split', []) as string[]).join(' ');
}

/** Windows-1252 readings of the C1 controls, and the other replacements of the HTML standard. */
const CHARREF_REPLACEMENTS = new Map<number, string>([
  [0x00, '\ufffd'],
  [0x0d, '\r'],
  ...Array.from(
    '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
      '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178',
    (text, i): [number, string] => [0x80 + i, text],
  ),
]);

function isDroppedCodePoint(code: number): boolean {
  return (
    (code >= 0x1 && code <= 0x8) ||
    (code >= 0xb && code <= 0x1f && code !== 0xc && code !== 0xd) ||
    code === 0x7f ||
    (code >= 0xfdd0 && code <= 0xfdef) ||
    (code & 0xfffe) === 0xfffe
  );
}

const CHARREF = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu;

/** Resolves character references as HTML 5 reads them, broken ones included. Source: html.unescape */
function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(CHARREF, (whole, ref: string) => {
    if (ref.startsWith('#')) return numericReference(ref);
    const exact = namedReference(ref);
    if (exact !== undefined) return exact;
    for (let length = ref.length - 1; length > 1; length--) {
      const found = namedReference(ref.slice(0, length));
      if (found !== undefined) return found + ref.slice(length);
    }
    return whole;
  });
}

function numericReference(ref: string): string {
  const hex = ref[1] === 'x' || ref[1] === 'X';
  const code = parseInt(ref.slice(hex ? 2 : 1), hex ? 16 : 10);
  const replacement = CHARREF_REPLACEMENTS.get(code);
  if (replacement !== undefined) return replacement;
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return '\ufffd';
  return isDroppedCodePoint(code) ? '' : String.fromCodePoint(code);
}
