import { codePointLength, hasSurrogates, substring } from './code-points.js';
import { toBound } from './method.js';

/** `find`, `index` and `count` within `text[start:stop]`, all in code points. */
interface Window {
  readonly text: string;
  /** Index of the window's first character; -1 when the start lies behind the end of the text. */
  readonly offset: number;
}

/** The part of a str between Python's optional bounds. */
export function textWindow(text: string, start: unknown, stop: unknown): Window {
  if ((start === undefined || start === null) && (stop === undefined || stop === null)) {
    return { text, offset: 0 };
  }
  const length = codePointLength(text);
  const from = wrap(toBound(start, 0), length);
  const to = Math.min(wrap(toBound(stop, length), length), length);
  if (from > length || from > to) return { text: '', offset: -1 };
  return { text: substring(text, from, to), offset: from };
}

function wrap(index: number, length: number): number {
  return index < 0 ? Math.max(0, index + length) : index;
}

/** Index of `part` in code points, -1 when the window of the text does not hold it. */
export function find(text: string, part: string, window: Window, last: boolean): number {
  if (window.offset < 0) return -1;
  const at = last ? window.text.lastIndexOf(part) : window.text.indexOf(part);
  if (at < 0) return -1;
  const before = hasSurrogates(text) ? codePointLength(window.text.slice(0, at)) : at;
  return window.offset + before;
}

/** How often a part occurs without overlap; it is asked for after the bounds are known. */
export function count(window: Window, partOf: () => string): number {
  const part = partOf();
  if (window.offset < 0) return 0;
  if (part === '') return codePointLength(window.text) + 1;
  return window.text.split(part).length - 1;
}
