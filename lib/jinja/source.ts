/** A place in a template: 1-based line and column (in code points), offsets into the source text. */
export interface Span {
  /** Offset of the first character (UTF-16 units). */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
  /** 1-based line of `start`. */
  readonly line: number;
  /** 1-based column of `start`, counted in characters. */
  readonly column: number;
}

/** Where a line of a template's text really comes from, for texts that were put together from files. */
export interface Origin {
  readonly templateName: string;
  readonly line: number;
  /** The text of the file that the line comes from, for excerpts. */
  readonly source?: string;
}

/** Offsets at which lines start. `\r\n`, `\n` and `\r` end a line, as in Jinja's lexer. */
export function lineStarts(source: string): number[] {
  const starts = [0];
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    if (code === 10) starts.push(i + 1);
    else if (code === 13) {
      if (source.charCodeAt(i + 1) === 10) i++;
      starts.push(i + 1);
    }
  }
  return starts;
}

/** The span of `source[start:end]`, with line and column of its start. */
export function spanOf(source: string, start: number, end: number): Span {
  const starts = lineStarts(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= start) low = middle;
    else high = middle - 1;
  }
  const lineStart = starts[low] as number;
  const column = [...source.slice(lineStart, start)].length + 1;
  return { start, end: Math.max(start, end), line: low + 1, column };
}

/** The lines `from`..`to` (1-based, inclusive) of a text, each with its number. */
export function linesOf(
  source: string,
  from: number,
  to: number,
): { line: number; text: string }[] {
  const all = source.split(/\r\n|\r|\n/);
  const found: { line: number; text: string }[] = [];
  for (let line = Math.max(1, from); line <= Math.min(to, all.length); line++) {
    found.push({ line, text: all[line - 1] ?? '' });
  }
  return found;
}
