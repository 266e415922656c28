import { unescapeString } from '../../jinja/literals.js';

/** The lexical half of the Python reader: enough of Python's grammar to read tables of literals. */

/** A piece of Python source text. `line` is 1-based, `column` 0-based. */
export interface PythonToken {
  readonly kind: 'name' | 'number' | 'string' | 'operator' | 'newline' | 'end';
  readonly text: string;
  /** For strings: the decoded value, or `undefined` when it can only be known at run time. */
  readonly value?: string | undefined;
  readonly line: number;
  readonly column: number;
}

/** Raised for text that is not Python; carries the 1-based line. */
export class PythonSyntaxError extends Error {
  override readonly name = 'PythonSyntaxError';
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d+)?/y;
const OPERATOR =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|->|:=|==|!=|<=|>=|\*\*|\/\/|<<|>>|[-+*/%@&|^]=|[-+*/%@&|^~<>()[\]{},:.;=!]/y;
const STRING_START = /([A-Za-z]{0,2})("""|'''|"|')/y;

/** Splits Python source into tokens; brackets and backslashes join lines as in Python.
 *  Indentation is not tokenised: `column` tells which statements stand at the top level.
 *  Throws `PythonSyntaxError`. */
export function tokenizePython(source: string): PythonToken[] {
  const tokens: PythonToken[] = [];
  let position = 0;
  let line = 1;
  let lineStart = 0;
  let depth = 0;

  const countLines = (text: string, from: number): void => {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      line++;
      lineStart = from + at + 1;
    }
  };

  while (position < source.length) {
    const char = source.charAt(position);
    if (char === '\n') {
      if (depth === 0 && tokens.at(-1)?.kind !== 'newline') {
        tokens.push({ kind: 'newline', text: '\n', line, column: position - lineStart });
      }
      position++;
      line++;
      lineStart = position;
      continue;
    }
    if (char === ' ' || char === '\t' || char === '\r' || char === '\f') {
      position++;
      continue;
    }
    if (char === '#') {
      const end = source.indexOf('\n', position);
      position = end === -1 ? source.length : end;
      continue;
    }
    if (char === '\\' && /^\\\r?\n/.test(source.slice(position, position + 3))) {
      position = source.indexOf('\n', position) + 1;
      line++;
      lineStart = position;
      continue;
    }
    const column = position - lineStart;

    STRING_START.lastIndex = position;
    const start = STRING_START.exec(source);
    if (start && /^(?:[rbuf]|[rb][rbf]|f?r?)?$/i.test(start[1] ?? '')) {
      const prefix = (start[1] ?? '').toLowerCase();
      const quote = start[2] ?? '"';
      const bodyStart = position + start[0].length;
      let end = bodyStart;
      while (end < source.length && !source.startsWith(quote, end)) {
        if (source[end] === '\n' && quote.length === 1) {
          throw new PythonSyntaxError('unterminated string literal', line);
        }
        end += source[end] === '\\' ? 2 : 1;
      }
      if (end >= source.length) throw new PythonSyntaxError('unterminated string literal', line);
      const body = source.slice(bodyStart, end);
      const value = /[fb]/.test(prefix)
        ? undefined
        : prefix.includes('r')
          ? body
          : unescapeString(body.replaceAll('\r\n', '\n'), (message) => {
              throw new PythonSyntaxError(message, line);
            });
      const text = source.slice(position, end + quote.length);
      tokens.push({ kind: 'string', text, value, line, column });
      countLines(text, position);
      position += text.length;
      continue;
    }

    const [kind, text] = matchAt(source, position);
    if (text === undefined) {
      throw new PythonSyntaxError(`invalid character ${JSON.stringify(char)}`, line);
    }
    if (kind === 'operator') {
      if ('([{'.includes(text)) depth++;
      else if (')]}'.includes(text)) depth = Math.max(0, depth - 1);
    }
    tokens.push({ kind, text, line, column });
    position += text.length;
  }
  tokens.push({ kind: 'newline', text: '', line, column: 0 });
  tokens.push({ kind: 'end', text: '', line, column: 0 });
  return tokens;
}

function matchAt(
  source: string,
  position: number,
): ['name' | 'number' | 'operator', string | undefined] {
  for (const [kind, pattern] of [
    ['name', NAME],
    ['number', NUMBER],
    ['operator', OPERATOR],
  ] as const) {
    pattern.lastIndex = position;
    const match = pattern.exec(source);
    if (match && match[0] !== '') return [kind, match[0]];
  }
  return ['operator', undefined];
}
