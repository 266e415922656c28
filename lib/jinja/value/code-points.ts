/**
 * Python strings are sequences of code points. Strings without surrogates, nearly all, are handled
 * by JavaScript's own indexing; the others go through an array of characters.
 */
const SURROGATE = /[\ud800-\udfff]/;

/** True when code units and code points differ, or may differ. */
export function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

/** Python's `len(text)`. */
export function codePointLength(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (let i = 0; i < text.length; count++) i += text.codePointAt(i)! > 0xffff ? 2 : 1;
  return count;
}

/** The characters of a str, one per code point. */
export function characters(text: string): string[] {
  return SURROGATE.test(text) ? Array.from(text) : text.split('');
}

/** The character at an index that may be negative; undefined when it is outside. */
export function characterAt(text: string, index: number): string | undefined {
  if (!SURROGATE.test(text)) return text[index < 0 ? index + text.length : index];
  return Array.from(text).at(index);
}

/** Python's `text[start:stop]` for bounds within 0..len. */
export function substring(text: string, start: number, stop: number): string {
  if (start >= stop) return '';
  if (!SURROGATE.test(text)) return text.slice(start, stop);
  return Array.from(text).slice(start, stop).join('');
}

/** Orders two strings by code point, as Python does: negative, zero or positive. */
export function compareStrings(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates, which stand for code points above U+FFFF, behind the other code units. */
function rank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x10000 : unit;
}
