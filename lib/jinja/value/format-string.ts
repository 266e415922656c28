import { getAttribute, getItem } from './attribute.js';
import { formatValue } from './format-spec.js';
import { MISSING } from './protocol.js';
import { PyAttributeError, PyIndexError, PyKeyError, PyValueError } from './py-error.js';
import { ascii, repr } from './repr.js';
import { str } from './str.js';
import { typeName } from './type-name.js';

/** How `str.format` reaches into values; a sandbox or an escaping formatter replaces parts of it. */
export interface FormatHooks {
  /** `{0.name}`. Throws when there is none. */
  readonly getAttribute?: (object: unknown, name: string) => unknown;
  /** `{0[key]}`; the key is an int or a str. Throws when there is none. */
  readonly getItem?: (object: unknown, key: string | number) => unknown;
  /** Python's `format(value, spec)`; the spec has its nested fields filled in. */
  readonly formatField?: (value: unknown, spec: string) => string;
  /** What `!s`, `!r` and `!a` make of a value, and the literal text between fields. */
  readonly convert?: (value: unknown, conversion: string) => unknown;
}

/** Looks a field's first name up: a number for `{0}` and `{}`, else the name. */
type FirstValue = (name: string | number) => unknown;

interface Field {
  readonly name: string;
  readonly conversion: string;
  readonly spec: string;
}

type Numbering = { style: 'unset' | 'automatic' | 'manual'; next: number };

const DIGITS = /^\d+$/;

function numbered(text: string): number | undefined {
  if (!DIGITS.test(text)) return undefined;
  if (text.length > 18 && BigInt(text) > 0x7fff_ffff_ffff_ffffn) {
    throw new PyValueError('Too many decimal digits in format string');
  }
  return Number(text);
}

function useNumbering(numbering: Numbering, style: 'automatic' | 'manual'): void {
  if (numbering.style === 'unset') numbering.style = style;
  if (numbering.style === style) return;
  throw new PyValueError(
    style === 'manual'
      ? 'cannot switch from automatic field numbering to manual field specification'
      : 'cannot switch from manual field specification to automatic field numbering',
  );
}

function defaultAttribute(object: unknown, name: string): unknown {
  const value = getAttribute(object, name);
  if (value !== MISSING) return value;
  const type = typeName(object);
  const owner = type === 'type' ? `type object '${typeTitle(object)}'` : `'${type}' object`;
  throw new PyAttributeError(`${owner} has no attribute '${name}'`);
}

/** The name of a type. */
function typeTitle(type: unknown): string {
  const name = getAttribute(type, '__name__');
  return name === MISSING ? 'type' : str(name);
}

function defaultConvert(value: unknown, conversion: string): unknown {
  switch (conversion) {
    case 's':
      return str(value);
    case 'r':
      return repr(value);
    case 'a':
      return ascii(value);
  }
  const code = conversion.codePointAt(0) ?? 0;
  throw new PyValueError(
    code > 32 && code < 127
      ? `Unknown conversion specifier ${conversion}`
      : `Unknown conversion specifier \\x${code.toString(16)}`,
  );
}

/** Follows `.attribute` and `[key]` after the first name of a field. */
function follow(start: unknown, path: string, hooks: FormatHooks): unknown {
  let value = start;
  let at = 0;
  while (at < path.length) {
    if (path[at] === '.') {
      const end = at + 1 + path.slice(at + 1).search(/[.[]|$/);
      const name = path.slice(at + 1, end);
      if (name === '') throw new PyValueError('Empty attribute in format string');
      value = (hooks.getAttribute ?? defaultAttribute)(value, name);
      at = end;
    } else if (path[at] === '[') {
      const end = path.indexOf(']', at + 1);
      if (end < 0) throw new PyValueError("Missing ']' in format string");
      const key = path.slice(at + 1, end);
      if (key === '') throw new PyValueError('Empty attribute in format string');
      value = (hooks.getItem ?? getItem)(value, numbered(key) ?? key);
      at = end + 1;
    } else {
      throw new PyValueError("Only '.' or '[' may follow ']' in format field specifier");
    }
  }
  return value;
}

function getField(
  name: string,
  first: FirstValue,
  numbering: Numbering,
  hooks: FormatHooks,
): unknown {
  const split = name.search(/[.[]|$/);
  const head = name.slice(0, split);
  const index = numbered(head);
  let key: string | number;
  if (index !== undefined || head === '') {
    useNumbering(numbering, head === '' ? 'automatic' : 'manual');
    key = index ?? numbering.next++;
  } else {
    key = head;
  }
  return follow(first(key), name.slice(split), hooks);
}

/** Reads a field that starts after its `{`; returns it and the place after its `}`. */
function readField(format: string, start: number): [Field, number] {
  let at = start;
  let bracketed = false;
  for (; at < format.length; at++) {
    const c = format[at];
    if (c === '[') bracketed = true;
    else if (c === ']') bracketed = false;
    else if (bracketed) continue;
    else if (c === '{') throw new PyValueError("unexpected '{' in field name");
    else if (c === '}' || c === ':' || c === '!') break;
  }
  const name = format.slice(start, at);
  const mark = format[at];
  if (mark === undefined) throw new PyValueError("expected '}' before end of string");
  if (mark === '}') return [{ name, conversion: '', spec: '' }, at + 1];
  let conversion = '';
  let specStart = at + 1;
  if (mark === '!') {
    if (at + 1 >= format.length) {
      throw new PyValueError('end of string while looking for conversion specifier');
    }
    conversion = String.fromCodePoint(format.codePointAt(at + 1) ?? 0);
    const after = at + 1 + conversion.length;
    if (after >= format.length) throw new PyValueError("unmatched '{' in format spec");
    if (format[after] === '}') return [{ name, conversion, spec: '' }, after + 1];
    if (format[after] !== ':') {
      throw new PyValueError("expected ':' after conversion specifier");
    }
    specStart = after + 1;
  }
  let depth = 1;
  for (at = specStart; at < format.length; at++) {
    if (format[at] === '{') depth++;
    else if (format[at] === '}' && --depth === 0) break;
  }
  if (depth > 0) throw new PyValueError("unmatched '{' in format spec");
  return [{ name, conversion, spec: format.slice(specStart, at) }, at + 1];
}

function render(
  format: string,
  first: FirstValue,
  numbering: Numbering,
  hooks: FormatHooks,
  depth: number,
): string {
  if (depth < 0) throw new PyValueError('Max string recursion exceeded');
  let out = '';
  let at = 0;
  while (at < format.length) {
    const next = format.slice(at).search(/[{}]/);
    if (next < 0) return out + format.slice(at);
    out += format.slice(at, at + next);
    at += next;
    const brace = format[at];
    if (format[at + 1] === brace) {
      out += brace;
      at += 2;
      continue;
    }
    if (brace === '}') throw new PyValueError("Single '}' encountered in format string");
    if (at + 1 >= format.length) {
      throw new PyValueError("Single '{' encountered in format string");
    }
    const [field, end] = readField(format, at + 1);
    at = end;
    let value = getField(field.name, first, numbering, hooks);
    if (field.conversion !== '') {
      value = (hooks.convert ?? defaultConvert)(value, field.conversion);
    }
    const spec = /[{}]/.test(field.spec)
      ? render(field.spec, first, numbering, hooks, depth - 1)
      : field.spec;
    out += (hooks.formatField ?? formatValue)(value, spec);
  }
  return out;
}

/**
 * Python's `format.format(*args, **kwargs)`. Throws CPython 3.11's ValueError, KeyError, IndexError
 * and AttributeError. `hooks` replace how fields reach into values and how they are printed.
 */
export function formatString(
  format: string,
  args: readonly unknown[],
  kwargs: ReadonlyMap<string, unknown> | undefined,
  hooks: FormatHooks = {},
): string {
  const first: FirstValue = (name) => {
    if (typeof name === 'number') {
      if (name < args.length) return args[name];
      throw new PyIndexError(`Replacement index ${name} out of range for positional args tuple`);
    }
    if (kwargs?.has(name)) return kwargs.get(name);
    throw new PyKeyError(repr(name));
  };
  return render(format, first, { style: 'unset', next: 0 }, hooks, 1);
}

/** Python's `format.format_map(mapping)`: names are looked up in the mapping itself. */
export function formatMap(format: string, mapping: unknown, hooks: FormatHooks = {}): string {
  const first: FirstValue = (name) => {
    if (typeof name === 'number') {
      throw new PyValueError('Format string contains positional fields');
    }
    return (hooks.getItem ?? getItem)(mapping, name);
  };
  return render(format, first, { style: 'unset', next: 0 }, hooks, 1);
}
