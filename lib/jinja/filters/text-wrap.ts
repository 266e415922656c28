import { WHITESPACE } from '../value/whitespace.js';
import { isInt } from '../value/number.js';
import { PyTypeError, PyValueError } from '../value/py-error.js';
import { le } from '../value/compare.js';
import { truth } from '../value/truth.js';
import { repr } from '../value/repr.js';
import { WORD } from './py-regex.js';

/** How `wrapText` breaks lines; the widths count code points. */
export interface WrapOptions {
  readonly width: unknown;
  /** Looked at when a word is too long. */
  readonly breakLongWords: unknown;
  /** Words are split at hyphens if this is True itself, long ones if it is true. */
  readonly breakOnHyphens: unknown;
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

/** A piece of the text that is left to be placed; `start` moves as lines are cut from it. */
interface Chunk {
  readonly characters: readonly string[];
  start: number;
}

const sizeOf = ({ characters, start }: Chunk): number => characters.length - start;
const textOf = ({ characters, start }: Chunk): string => characters.slice(start).join('');

/**
 * Wraps one line of text as Python's `textwrap.wrap` does with tabs and white space kept.
 * Throws PyValueError for a width that is not positive. Source: textwrap.TextWrapper @3.11
 */
export function wrapText(text: string, options: WrapOptions): string[] {
  const { breakLongWords, breakOnHyphens } = options;
  const chunks = Array.from(
    text.matchAll(breakOnHyphens === true ? CHUNKS : WORDS_ONLY),
    ([chunk]): Chunk => ({ characters: Array.from(chunk), start: 0 }),
  );
  if (le(options.width, 0)) {
    throw new PyValueError(`invalid width ${repr(options.width)} (must be > 0)`);
  }
  const width = Number(options.width);
  const lines: string[] = [];
  chunks.reverse();
  while (chunks.length > 0) {
    const line: string[] = [];
    let length = 0;
    if (lines.length > 0 && isBlank(chunks.at(-1)!)) chunks.pop();
    while (chunks.length > 0 && length + sizeOf(chunks.at(-1)!) <= width) {
      const chunk = chunks.pop()!;
      line.push(textOf(chunk));
      length += sizeOf(chunk);
    }
    const long = chunks.at(-1);
    if (long !== undefined && sizeOf(long) > width) {
      if (truth(breakLongWords)) {
        requireInt(options.width);
        const end = breakAt(long, width - length, breakOnHyphens);
        line.push(long.characters.slice(long.start, end).join(''));
        long.start = end;
      } else if (line.length === 0) {
        line.push(textOf(chunks.pop()!));
      }
    }
    if (line.length > 0 && !NOT_BLANK.test(line.at(-1)!)) line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines;
}

function isBlank({ characters, start }: Chunk): boolean {
  for (let at = start; at < characters.length; at++) {
    if (NOT_BLANK.test(characters[at] ?? '')) return false;
  }
  return true;
}

/** Where a word too long for a line is cut: after its last hyphen that fits, else where it must. */
function breakAt({ characters, start }: Chunk, room: number, onHyphens: unknown): number {
  const limit = start + room;
  if (!truth(onHyphens) || characters.length <= limit) return limit;
  let hyphen = limit - 1;
  while (hyphen > start && characters[hyphen] !== '-') hyphen--;
  if (hyphen <= start) return limit;
  for (let at = start; at < hyphen; at++) if (characters[at] !== '-') return hyphen + 1;
  return limit;
}

/** Python finds out that a width is a float only when it has to cut a word there. */
function requireInt(width: unknown): void {
  if (!isInt(width) && typeof width !== 'boolean') {
    throw new PyTypeError('slice indices must be integers or None or have an __index__ method');
  }
}
