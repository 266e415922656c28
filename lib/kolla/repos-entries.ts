import { isDict, dictGet, dictHas } from '../jinja/value/dict.js';
import { MISSING } from '../jinja/value/protocol.js';
import { PyAttributeError, PyKeyError, PyTypeError } from '../jinja/value/py-error.js';
import { repr } from '../jinja/value/repr.js';
import { str } from '../jinja/value/str.js';
import { truth } from '../jinja/value/truth.js';
import { typeName } from '../jinja/value/type-name.js';
import type { ReposFile } from './series-facts.js';

/** Repositories by logical name, as one image sees them. */
export type RepoList = ReadonlyMap<string, unknown>;

const SPLIT_LINES = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/** Python's `file.get(section, {})`, as a list of entries. */
export function sectionOf(file: ReposFile, section: string): [string, unknown][] {
  const entries: unknown = Object.hasOwn(file, section) ? file[section] : undefined;
  if (entries === undefined) return [];
  if (!isDict(entries)) {
    throw new PyAttributeError(`'${typeName(entries)}' object has no attribute 'items'`);
  }
  return entries instanceof Map
    ? [...entries].map(([name, entry]) => [str(name), entry])
    : Object.entries(entries);
}

/** Python's `list[name]`. */
export function repository(list: RepoList, name: unknown): unknown {
  if (typeof name !== 'string' || !list.has(name)) throw new PyKeyError(repr(name));
  return list.get(name);
}

/** Python's `key in entry`. */
export function hasField(entry: unknown, key: string): boolean {
  return isDict(entry) && dictHas(entry, key);
}

/** Python's `entry[key]`. */
export function field(entry: unknown, key: string): unknown {
  if (!isDict(entry)) throw notSubscriptable(entry);
  const value = dictGet(entry, key);
  if (value === MISSING || value === undefined) throw new PyKeyError(repr(key));
  return value;
}

function notSubscriptable(entry: unknown): PyTypeError {
  if (typeof entry === 'string') {
    return new PyTypeError("string indices must be integers, not 'str'");
  }
  if (Array.isArray(entry)) {
    return new PyTypeError('list indices must be integers or slices, not str');
  }
  return new PyTypeError(`'${typeName(entry)}' object is not subscriptable`);
}

/** Python's `entry[key]`, printed. */
export const textField = (entry: unknown, key: string): string => str(field(entry, key));

/** Python's `entry[key].splitlines()`. */
export function linesField(entry: unknown, key: string): string[] {
  const value = field(entry, key);
  if (typeof value !== 'string') {
    throw new PyAttributeError(`'${typeName(value)}' object has no attribute 'splitlines'`);
  }
  const lines = value.split(SPLIT_LINES);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Python's truth of `entry.get(key)`. */
export function isSet(entry: unknown, key: string): boolean {
  if (!isDict(entry)) {
    throw new PyAttributeError(`'${typeName(entry)}' object has no attribute 'get'`);
  }
  const value = dictGet(entry, key);
  return value !== MISSING && value !== undefined && truth(value);
}
