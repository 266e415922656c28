import type { Token } from './lexer.js';
import type { TokenSource } from './token-cursor.js';

/** Tokens that went through an extension's filter, which sees all but the end of the template. */
export function filteredTokens(
  source: TokenSource,
  filter: (tokens: Iterable<Token>) => Iterable<Token>,
): TokenSource {
  let end: Token | undefined;
  function* stream(): Generator<Token, void, undefined> {
    for (;;) {
      const token = source.next();
      if (token.type === 'eof') {
        end = token;
        return;
      }
      yield token;
    }
  }
  const tokens = filter(stream())[Symbol.iterator]();
  return {
    source: source.source,
    next: () => {
      const step = tokens.next();
      if (step.done !== true) return step.value;
      const at = source.source.length;
      return end ?? { type: 'eof', value: '', line: 1, start: at, end: at };
    },
  };
}
