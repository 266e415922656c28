import { WHITESPACE } from '../value/whitespace.js';
import { isInt } from '../value/number.js';
import { PyTypeError, PyValueError } from '../value/py-error.js';
import { le } from '../value/compare.js';
import { repr } from '../value/repr.js';
import { WORD } from './py-regex.js';

/** How `wrapText` breaks lines; the widths count code points. */
export interface WrapOptions {
  readonly width: unknown;
  readonly breakLongWords: boolean;
  readonly breakOnHyphens: boolean;
}

// Python's `\w`, `[^\d\W]` and the white space that textwrap knows (US-ASCII only).
const PUNCTUATED = `[${WORD}!"'&.,?]`;
const LETTER = '[\\p{L}\\p{Nl}\\p{No}_]';
const SPACE = '[\\t\\n\\v\\f\\r ]';
const NON_SPACE = '[^\\t\\n\\v\\f\\r ]';

/** White space, a dash between words, or a word up to its end, a hyphen inside it, or a dash. */
const CHUNKS = new RegExp(
  `${SPACE}+` +
    `|(?<=${PUNCTUATED})-{2,}(?=[${WORD}])` +
    `|${NON_SPACE}+?(?:` +
    `-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})` +
    `|(?=${SPACE}|$)` +
    `|(?<=${PUNCTUATED})(?=-{2,}[${WORD}]))`,
  'gu',
);
const WORDS_ONLY = new RegExp(`${SPACE}+|${NON_SPACE}+`, 'gu');

const NOT_BLANK = new RegExp(`[^${WHITESPACE}]`, 'u');
const blank = (chunk: string): boolean => !NOT_BLANK.test(chunk);

/**
 * Wraps one line of text as Python's `textwrap.wrap` does with tabs and white space kept.
 * Throws PyValueError for a width that is not positive. Source: textwrap.TextWrapper @3.11
 */
export function wrapText(text: string, options: WrapOptions): string[] {
  const { breakLongWords, breakOnHyphens } = options;
  const chunks = [...text.matchAll(breakOnHyphens ? CHUNKS : WORDS_ONLY)].map(([chunk]) => [
    ...chunk,
  ]);
  if (le(options.width, 0)) {
    throw new PyValueError(`invalid width ${repr(options.width)} (must be > 0)`);
  }
  const width = Number(options.width);
  const lines: string[] = [];
  chunks.reverse();
  while (chunks.length > 0) {
    const line: string[][] = [];
    let length = 0;
    if (lines.length > 0 && blank(chunks.at(-1)!.join(''))) chunks.pop();
    while (chunks.length > 0 && length + chunks.at(-1)!.length <= width) {
      const chunk = chunks.pop()!;
      line.push(chunk);
      length += chunk.length;
    }
    const long = chunks.at(-1);
    if (long !== undefined && long.length > width) {
      if (breakLongWords) {
        requireInt(options.width);
        const end = breakAt(long, width - length, breakOnHyphens);
        line.push(long.slice(0, end));
        chunks[chunks.length - 1] = long.slice(end);
      } else if (line.length === 0) {
        line.push(chunks.pop()!);
      }
    }
    if (line.length > 0 && blank(line.at(-1)!.join(''))) line.pop();
    if (line.length > 0) lines.push(line.map((chunk) => chunk.join('')).join(''));
  }
  return lines;
}

/** Where a word too long for a line is cut: after its last hyphen that fits, else where it must. */
function breakAt(word: readonly string[], room: number, onHyphens: boolean): number {
  if (!onHyphens || word.length <= room) return room;
  const hyphen = room > 0 ? word.lastIndexOf('-', room - 1) : -1;
  return hyphen > 0 && word.slice(0, hyphen).some((c) => c !== '-') ? hyphen + 1 : room;
}

/** Python finds out that a width is a float only when it has to cut a word there. */
function requireInt(width: unknown): void {
  if (!isInt(width) && typeof width !== 'boolean') {
    throw new PyTypeError('slice indices must be integers or None or have an __index__ method');
  }
}
