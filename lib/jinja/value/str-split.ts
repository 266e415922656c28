import { WHITESPACE, stripLeading, stripTrailing } from './whitespace.js';
import { PyValueError } from './py-error.js';

const SPACES = new RegExp(`[${WHITESPACE}]+`, 'g');
const LAST_WORD = new RegExp(`[${WHITESPACE}]`);

/** Python's `text.split(separator, limit)`; without separator at runs of white space. */
export function split(text: string, separator: string | undefined, limit: number): string[] {
  if (separator === undefined) return splitWords(text, limit);
  if (separator === '') throw new PyValueError('empty separator');
  if (limit < 0) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(separator); at >= 0 && parts.length < limit;) {
    parts.push(text.slice(from, at));
    from = at + separator.length;
    at = text.indexOf(separator, from);
  }
  parts.push(text.slice(from));
  return parts;
}

function splitWords(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = stripLeading(text);
  SPACES.lastIndex = 0;
  let from = 0;
  while (limit < 0 || parts.length < limit) {
    SPACES.lastIndex = from;
    const gap = SPACES.exec(rest);
    if (gap === null) break;
    parts.push(rest.slice(from, gap.index));
    from = gap.index + gap[0].length;
  }
  rest = rest.slice(from);
  // Only a split that ran into its limit keeps white space at the end.
  if (rest !== '') parts.push(rest);
  return parts;
}

/** Python's `text.rsplit(separator, limit)`. */
export function splitFromRight(
  text: string,
  separator: string | undefined,
  limit: number,
): string[] {
  if (limit < 0 && separator === undefined) return splitWords(text, limit);
  if (separator === '') throw new PyValueError('empty separator');
  const parts: string[] = [];
  let rest = separator === undefined ? stripTrailing(text) : text;
  while (limit < 0 || parts.length < limit) {
    if (separator !== undefined) {
      const at = rest.lastIndexOf(separator);
      if (at < 0) break;
      parts.push(rest.slice(at + separator.length));
      rest = rest.slice(0, at);
      continue;
    }
    let at = rest.length;
    while (at > 0 && !LAST_WORD.test(rest[at - 1]!)) at--;
    if (at === 0) break;
    parts.push(rest.slice(at));
    rest = stripTrailing(rest.slice(0, at));
  }
  if (separator !== undefined || rest !== '') parts.push(rest);
  return parts.reverse();
}

const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** Python's `text.splitlines(keep)`. */
export function splitLines(text: string, keep: boolean): string[] {
  const lines: string[] = [];
  let from = 0;
  for (const end of text.matchAll(LINE_END)) {
    const next = end.index + end[0].length;
    lines.push(text.slice(from, keep ? next : end.index));
    from = next;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}

/** Python's `text.expandtabs(size)`. */
export function expandTabs(text: string, size: number): string {
  let out = '';
  let column = 0;
  for (const character of text) {
    if (character === '\t') {
      const width = size > 0 ? size - (column % size) : 0;
      out += ' '.repeat(width);
      column += width;
    } else {
      out += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return out;
}
