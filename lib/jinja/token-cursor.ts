import { TemplateSyntaxError, setPosition } from './errors.js';
import { describeToken, describeTokenType, type Token, type TokenType } from './lexer.js';
import { spanOf } from './source.js';
import { repr } from './value/repr.js';

/** Where the parser takes its tokens from. */
export interface TokenSource {
  /** The normalised text that the tokens' offsets refer to. */
  readonly source: string;
  next(): Token;
}

/** A place among tokens, one of which can be looked at ahead. */
export class TokenCursor {
  /** The token that the parser stands on. */
  current: Token;
  private pushed: Token | undefined;
  /** Offset behind the last token that was consumed. */
  protected lastEnd = 0;
  /** The normalised text that offsets refer to. */
  readonly source: string;

  constructor(
    private readonly tokens: TokenSource,
    private readonly name: string | null = null,
  ) {
    this.source = tokens.source;
    this.current = tokens.next();
    if (this.current.type === 'eof') this.current = { ...this.current, line: 1 };
  }

  /** Moves to the next token and returns the one that it leaves. */
  advance(): Token {
    const token = this.current;
    this.lastEnd = token.end;
    if (this.pushed !== undefined) {
      this.current = this.pushed;
      this.pushed = undefined;
    } else {
      this.current = this.fetch(token);
    }
    return token;
  }

  /** The next token. Jinja places the end of a template on the line of the last token. */
  private fetch(last: Token): Token {
    const token = this.tokens.next();
    return token.type === 'eof' ? { ...token, line: last.line } : token;
  }

  /** The token behind the current one. */
  look(): Token {
    return (this.pushed ??= this.fetch(this.current));
  }

  /** Whether the current token is the name `value`. */
  isName(value: string): boolean {
    return this.current.type === 'name' && this.current.value === value;
  }

  skipIfName(value: string): boolean {
    if (!this.isName(value)) return false;
    this.advance();
    return true;
  }

  skipIf(type: TokenType): boolean {
    if (this.current.type !== type) return false;
    this.advance();
    return true;
  }

  /** Consumes a token of this type, or fails as Jinja does. */
  expect(type: TokenType): Token {
    if (this.current.type !== type) this.failExpected(describeTokenType(type));
    return this.advance();
  }

  expectName(value: string): Token {
    if (!this.isName(value)) this.failExpected(value);
    return this.advance();
  }

  private failExpected(expected: string): never {
    if (this.current.type === 'eof') {
      this.fail(`unexpected end of template, expected ${repr(expected)}.`);
    }
    this.fail(`expected token ${repr(expected)}, got ${repr(describeToken(this.current))}`);
  }

  /** Raises a TemplateSyntaxError at a token or node, by default at the current token. */
  fail(
    message: string,
    at: { line: number; start: number; end: number } = this.current,
    ErrorClass: typeof TemplateSyntaxError = TemplateSyntaxError,
  ): never {
    const error = new ErrorClass(message, at.line, this.name);
    setPosition(error, { span: spanOf(this.source, at.start, at.end), source: this.source });
    throw error;
  }
}
