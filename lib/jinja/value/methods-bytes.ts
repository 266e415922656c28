import { decode } from './encode.js';
import { iterate } from './iterate.js';
import { anything, keywords, methodTable, none, one, type Definition } from './method.js';
import { strMethods } from './methods-str.js';
import { asString } from './protocol.js';
import { PyTypeError } from './py-error.js';
import { tupleFrom, Tuple } from './tuple.js';
import { typeName } from './type-name.js';

function toLatin(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function fromLatin(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Bytes become text of the same codes, on the way in and, reversed, on the way out. */
function inward(value: unknown): unknown {
  if (value instanceof Uint8Array) return toLatin(value);
  if (value instanceof Tuple) return tupleFrom(value.map(inward));
  if (asString(value) !== undefined) {
    throw new PyTypeError(`a bytes-like object is required, not '${typeName(value)}'`);
  }
  return value;
}

function outward(value: unknown): unknown {
  if (typeof value === 'string') return fromLatin(value);
  if (value instanceof Tuple) return tupleFrom(value.map(outward));
  return Array.isArray(value) ? value.map(outward) : value;
}

/** The method of the same name of str, on the bytes as text. */
function asText(name: string): Definition {
  return anything((self: Uint8Array, args, kwargs) => {
    const named = kwargs && new Map([...kwargs].map(([key, value]) => [key, inward(value)]));
    const method = strMethods().get(name);
    return outward(method?.invoke(toLatin(self), args.map(inward), named));
  });
}

const SHARED =
  'count endswith find index lstrip partition replace rfind rindex rpartition rsplit rstrip split startswith strip zfill'.split(
    ' ',
  );

function mapAscii(self: Uint8Array, pattern: RegExp, change: (text: string) => string): Uint8Array {
  return fromLatin(toLatin(self).replace(pattern, change));
}

function textArgument(name: string, value: unknown): string {
  const text = asString(value);
  if (text !== undefined) return text;
  throw new PyTypeError(`decode() argument '${name}' must be str, not ${typeName(value)}`);
}

/** The methods of bytes that make sense in a template. */
export const bytesMethods = methodTable('bytes', () => ({
  ...Object.fromEntries(SHARED.map((name) => [name, asText(name)])),
  decode: keywords(
    ['encoding', 'errors'],
    (self: Uint8Array, encoding = 'utf-8', errors = 'strict') =>
      decode(self, textArgument('encoding', encoding), textArgument('errors', errors)),
  ),
  hex: none((self: Uint8Array) =>
    Array.from(self, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  ),
  isascii: none((self: Uint8Array) => self.every((byte) => byte < 128)),
  isdigit: none((self: Uint8Array) => /^[0-9]+$/.test(toLatin(self))),
  join: one((self: Uint8Array, parts) => {
    const texts = Array.from(iterate(parts), (part, i) => {
      if (part instanceof Uint8Array) return toLatin(part);
      throw new PyTypeError(
        `sequence item ${i}: expected a bytes-like object, ${typeName(part)} found`,
      );
    });
    return fromLatin(texts.join(toLatin(self)));
  }),
  lower: none((self: Uint8Array) => mapAscii(self, /[A-Z]+/g, (text) => text.toLowerCase())),
  upper: none((self: Uint8Array) => mapAscii(self, /[a-z]+/g, (text) => text.toUpperCase())),
}));
