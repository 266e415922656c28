import { asString } from './value/protocol.js';

/**
 * `[HTML]()`: the value as HTML that needs no escaping, Python's `__html__`. A class from outside
 * may also define a method with Python's name.
 */
export const HTML: unique symbol = Symbol('kollage.html');

interface HasHtml {
  [HTML](): unknown;
}

function pythonHtml(value: object): (() => unknown) | undefined {
  // Dicts keep their keys out of sight: only classes can define `__html__`.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return undefined;
  const method: unknown = (value as Record<string, unknown>)['__html__'];
  return typeof method === 'function' ? (method as () => unknown) : undefined;
}

/** nunjucks' SafeString, which its filters return: a String object that keeps its text in `val`. */
export function isSafeString(value: unknown): value is string {
  return value instanceof String && Object.hasOwn(value, 'val');
}

/** Whether Python's `hasattr(value, '__html__')` holds. */
export function hasHtml(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return HTML in value || isSafeString(value) || pythonHtml(value) !== undefined;
}

/** The result of `value.__html__()` as text; call it only where `hasHtml` holds. */
export function htmlOf(value: unknown): string {
  if (isSafeString(value)) return value.valueOf();
  const object = value as object;
  const html = HTML in object ? (object as HasHtml)[HTML]() : pythonHtml(object)?.call(object);
  return asString(html) ?? String(html);
}

const SPECIAL = /[&<>'"]/;

/**
 * Replaces the five characters that mean something in HTML or in a quoted attribute.
 * Source: markupsafe._escape_inner @3.0
 */
export function escapeText(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('>', '&gt;')
    .replaceAll('<', '&lt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;');
}
