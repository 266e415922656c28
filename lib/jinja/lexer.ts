import type { Environment } from './environment.js';
import { TemplateSyntaxError, setPosition } from './errors.js';
import { numberOf, unescapeString } from './literals.js';
import { spanOf } from './source.js';
import { repr } from './value/repr.js';

/** Token types as Jinja names them. */
export type TokenType =
  | 'add'
  | 'assign'
  | 'colon'
  | 'comma'
  | 'div'
  | 'dot'
  | 'eq'
  | 'floordiv'
  | 'gt'
  | 'gteq'
  | 'lbrace'
  | 'lbracket'
  | 'lparen'
  | 'lt'
  | 'lteq'
  | 'mod'
  | 'mul'
  | 'ne'
  | 'pipe'
  | 'pow'
  | 'rbrace'
  | 'rbracket'
  | 'rparen'
  | 'semicolon'
  | 'sub'
  | 'tilde'
  | 'whitespace'
  | 'float'
  | 'integer'
  | 'name'
  | 'string'
  | 'block_begin'
  | 'block_end'
  | 'variable_begin'
  | 'variable_end'
  | 'raw_begin'
  | 'raw_end'
  | 'comment_begin'
  | 'comment_end'
  | 'comment'
  | 'linestatement_begin'
  | 'linestatement_end'
  | 'linecomment_begin'
  | 'linecomment_end'
  | 'linecomment'
  | 'data'
  | 'initial'
  | 'eof';

/** One token. `value` is converted: text of a name or data, a string's content, a number. */
export interface Token {
  readonly type: TokenType;
  readonly value: unknown;
  /** 1-based line of the first character. */
  readonly line: number;
  /** Offsets into the normalised source (`\n` line ends). */
  readonly start: number;
  readonly end: number;
}

const OPERATORS: Readonly<Record<string, TokenType>> = Object.assign(
  Object.create(null) as Record<string, TokenType>,
  {
    '+': 'add',
    '-': 'sub',
    '/': 'div',
    '//': 'floordiv',
    '*': 'mul',
    '%': 'mod',
    '**': 'pow',
    '~': 'tilde',
    '[': 'lbracket',
    ']': 'rbracket',
    '(': 'lparen',
    ')': 'rparen',
    '{': 'lbrace',
    '}': 'rbrace',
    '==': 'eq',
    '!=': 'ne',
    '>': 'gt',
    '>=': 'gteq',
    '<': 'lt',
    '<=': 'lteq',
    '=': 'assign',
    '.': 'dot',
    ':': 'colon',
    '|': 'pipe',
    ',': 'comma',
    ';': 'semicolon',
  } as const,
);

const DESCRIPTIONS: Readonly<Partial<Record<TokenType, string>>> = {
  comment_begin: 'begin of comment',
  comment_end: 'end of comment',
  comment: 'comment',
  linecomment: 'comment',
  block_begin: 'begin of statement block',
  block_end: 'end of statement block',
  variable_begin: 'begin of print statement',
  variable_end: 'end of print statement',
  linestatement_begin: 'begin of line statement',
  linestatement_end: 'end of line statement',
  data: 'template data / text',
  eof: 'end of template',
  ...Object.fromEntries(Object.entries(OPERATORS).map(([text, type]) => [type, text])),
};

/** What Jinja's messages call a type of token. */
export function describeTokenType(type: string): string {
  return DESCRIPTIONS[type as TokenType] ?? type;
}

/** What Jinja's messages call a token: names by their text, everything else by its type. */
export function describeToken(token: Token): string {
  return token.type === 'name' ? String(token.value) : describeTokenType(token.type);
}

// Python's `\s` and `str.isspace`, which differ from JavaScript's `\s` (U+001C-1F, U+0085, U+FEFF).
const SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const WS = `[${SPACE}]`;
const SINGLE_SPACE = new RegExp(`^${WS}$`);
const ALL_SPACE = new RegExp(`^${WS}+$`);

const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const UNICODE_NAME =
  /[\p{L}\p{N}\p{M}\p{Pc}\xb7\u0387\u1369-\u1371\u19da\u2118\u212e\u309b\u309c]+/uy;
const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;
const STRING = /'([^'\\]*(?:\\[^][^'\\]*)*)'|"([^"\\]*(?:\\[^][^"\\]*)*)"/y;
const PLUS = 43;
const MINUS = 45;
const NEWLINES = /\r\n|\r|\n/g;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** `str.rstrip()` for Python's white space; a regular expression would take quadratic time. */
function rstrip(text: string): string {
  let end = text.length;
  while (end > 0 && SINGLE_SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

type Begin =
  | 'raw_begin'
  | 'comment_begin'
  | 'block_begin'
  | 'variable_begin'
  | 'linestatement_begin'
  | 'linecomment_begin';
type Tag = 'block_begin' | 'variable_begin' | 'linestatement_begin';
type State = 'root' | Begin;

/** The regular expressions of one set of options; built once and shared. */
interface Rules {
  /** The character that every opening starts with, if there is one. */
  readonly firstChar: string | undefined;
  /** How a tag ends, and which first characters make it worth trying. */
  readonly ending: Readonly<Record<Tag, RegExp>>;
  readonly mayEnd: Readonly<Record<Tag, (code: number) => boolean>>;
  /** Finds the next tag; capture groups come in pairs (whole opening, its `-`/`+`), see `order`. */
  readonly opening: RegExp;
  readonly order: readonly Begin[];
  readonly commentEnd: RegExp;
  readonly rawEnd: RegExp;
  readonly space: RegExp;
}

const cache = new Map<string, Rules>();

function rulesFor(environment: Environment): Rules {
  const key = JSON.stringify([
    environment.blockStartString,
    environment.blockEndString,
    environment.variableStartString,
    environment.variableEndString,
    environment.commentStartString,
    environment.commentEndString,
    environment.lineStatementPrefix,
    environment.lineCommentPrefix,
    environment.trimBlocks,
  ]);
  let rules = cache.get(key);
  if (rules === undefined) {
    if (cache.size > 50) cache.clear();
    cache.set(key, (rules = buildRules(environment)));
  }
  return rules;
}

function buildRules(environment: Environment): Rules {
  const blockStart = escapeRegExp(environment.blockStartString);
  const blockEnd = escapeRegExp(environment.blockEndString);
  const variableEnd = escapeRegExp(environment.variableEndString);
  const commentEnd = escapeRegExp(environment.commentEndString);
  const suffix = environment.trimBlocks ? '\\n?' : '';

  const openings: { length: number; type: Begin; pattern: string }[] = [
    {
      length: environment.commentStartString.length,
      type: 'comment_begin',
      pattern: escapeRegExp(environment.commentStartString),
    },
    { length: environment.blockStartString.length, type: 'block_begin', pattern: blockStart },
    {
      length: environment.variableStartString.length,
      type: 'variable_begin',
      pattern: escapeRegExp(environment.variableStartString),
    },
  ];
  if (environment.lineStatementPrefix !== undefined) {
    openings.push({
      length: environment.lineStatementPrefix.length,
      type: 'linestatement_begin',
      pattern: `(?:^|(?<=\\n))[ \\t\\v]*${escapeRegExp(environment.lineStatementPrefix)}`,
    });
  }
  if (environment.lineCommentPrefix !== undefined) {
    openings.push({
      length: environment.lineCommentPrefix.length,
      type: 'linecomment_begin',
      pattern: `(?:^|(?<=\\n)|(?<=[^${SPACE}]))(?:(?![\\r\\n])${WS})*${escapeRegExp(environment.lineCommentPrefix)}`,
    });
  }
  // Longest opening first; among equals the later type name wins, as Jinja's reverse sort has it.
  openings.sort((a, b) => b.length - a.length || (a.type < b.type ? 1 : -1));

  const blockEndCode = environment.blockEndString.charCodeAt(0);
  const variableEndCode = environment.variableEndString.charCodeAt(0);
  const starts = [
    environment.blockStartString,
    environment.variableStartString,
    environment.commentStartString,
  ].map((start) => start.charAt(0));
  const firstChar =
    openings.length === 3 && starts.every((char) => char === starts[0]) ? starts[0] : undefined;

  const raw = `(${blockStart}(-|\\+|)${WS}*raw${WS}*(?:-${blockEnd}${WS}*|${blockEnd}))`;
  return {
    opening: new RegExp(
      [raw, ...openings.map(({ pattern }) => `(${pattern}(-|\\+|))`)].join('|'),
      firstChar === undefined ? 'g' : 'y',
    ),
    order: ['raw_begin', ...openings.map(({ type }) => type)],
    firstChar,
    ending: {
      block_begin: new RegExp(`\\+${blockEnd}|-${blockEnd}${WS}*|${blockEnd}${suffix}`, 'y'),
      variable_begin: new RegExp(`-${variableEnd}${WS}*|${variableEnd}`, 'y'),
      linestatement_begin: new RegExp(`${WS}*(?:\\n|(?![^]))`, 'y'),
    },
    mayEnd: {
      block_begin: (code) => code === blockEndCode || code === MINUS || code === PLUS,
      variable_begin: (code) => code === variableEndCode || code === MINUS,
      linestatement_begin: (code) => !(code > 32 && code < 128),
    },
    commentEnd: new RegExp(`\\+${commentEnd}|-${commentEnd}${WS}*|${commentEnd}${suffix}`, 'g'),
    rawEnd: new RegExp(
      `${blockStart}(-|\\+|)${WS}*endraw${WS}*(?:\\+${blockEnd}|-${blockEnd}${WS}*|${blockEnd}${suffix})`,
      'g',
    ),
    space: new RegExp(`${WS}+`, 'y'),
  };
}

/** The text that the lexer works on: `\n` line ends, without the last one unless it is kept. */
export function normaliseSource(source: string, keepTrailingNewline: boolean): string {
  const text = source.includes('\r') ? source.replace(NEWLINES, '\n') : source;
  return !keepTrailingNewline && text.endsWith('\n') ? text.slice(0, -1) : text;
}

/**
 * Turns template text into tokens, one `next()` at a time, so that an error that the parser finds
 * earlier in the text is reported before one that the lexer would find later.
 *
 * With `raw` set, every token comes out (white space, comments, raw marks) and values stay text.
 * Source of the behaviour: jinja2 3.1.6 lexer.
 */
export class Lexer {
  readonly source: string;
  private readonly rules: Rules;
  private readonly normaliseNewlines: (text: string) => string;
  private pos = 0;
  private line = 1;
  private readonly states: State[] = ['root'];
  private readonly brackets: string[] = [];
  private lineStarting = true;
  private readonly queue: Token[] = [];

  constructor(
    source: string,
    private readonly environment: Environment,
    private readonly name: string | null,
    private readonly raw = false,
    state?: 'variable' | 'block',
  ) {
    this.source = normaliseSource(source, environment.keepTrailingNewline);
    this.rules = rulesFor(environment);
    const { newlineSequence } = environment;
    this.normaliseNewlines =
      newlineSequence === '\n' ? (text) => text : (text) => text.replace(NEWLINES, newlineSequence);
    if (state !== undefined) this.states.push(`${state}_begin`);
  }

  /** The next token; `eof` at the end, and from then on. */
  next(): Token {
    for (;;) {
      const queued = this.queue.shift();
      if (queued !== undefined) return queued;
      const state = this.states[this.states.length - 1] as State;
      if (this.pos >= this.source.length && !this.endsHere(state)) {
        return this.token('eof', '', this.pos, this.pos);
      }
      const token = this.step(state);
      if (token !== undefined) return token;
    }
  }

  /** A line statement and a line comment end with the text; other states stay open silently. */
  private endsHere(state: State): boolean {
    return (
      (state === 'linestatement_begin' && this.brackets.length === 0) ||
      state === 'linecomment_begin'
    );
  }

  private step(state: State): Token | undefined {
    switch (state) {
      case 'root':
        return this.lexRoot();
      case 'comment_begin':
        return this.lexComment();
      case 'raw_begin':
        return this.lexRaw();
      case 'linecomment_begin':
        return this.lexLineComment();
      default:
        return this.lexTag(state);
    }
  }

  private token(type: TokenType, value: unknown, start: number, end: number): Token {
    return { type, value, line: this.line, start, end };
  }

  private fail(message: string, start: number, end: number, line = this.line): never {
    const error = new TemplateSyntaxError(message, line, this.name);
    setPosition(error, { span: spanOf(this.source, start, end), source: this.source });
    throw error;
  }

  private data(text: string, start: number): Token {
    return this.token(
      'data',
      this.raw ? text : this.normaliseNewlines(text),
      start,
      start + text.length,
    );
  }

  /** Moves behind a match that starts at the current position. */
  private advance(end: number, lastChar: string): void {
    this.pos = end;
    this.lineStarting = lastChar === '\n';
  }

  /** Text in front of a tag, after white space control. */
  private stripped(text: string, sign: string, variable: boolean): string {
    if (sign === '-') return rstrip(text);
    if (sign !== '+' && this.environment.lstripBlocks && !variable) {
      const lineStart = text.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || this.lineStarting) && ALL_SPACE.test(text.slice(lineStart))) {
        return text.slice(0, lineStart);
      }
    }
    return text;
  }

  private lexRoot(): Token | undefined {
    const { source, pos, rules } = this;
    const match = this.findOpening();
    if (match === null) {
      const text = source.slice(pos);
      const token = this.data(text, pos);
      this.line += countNewlines(text);
      this.advance(source.length, text.slice(-1));
      return token;
    }
    let group = 1;
    while (match[group] === undefined) group += 2;
    const opening = match[group] as string;
    const type = rules.order[(group - 1) >> 1] as Begin;
    const text = source.slice(pos, match.index);
    const kept = this.stripped(text, match[group + 1] ?? '', type === 'variable_begin');

    const data = kept !== '' ? this.data(kept, pos) : undefined;
    this.line += countNewlines(text);
    const begin = this.begin(type, opening, match.index);
    this.line += countNewlines(opening);
    this.advance(match.index + opening.length, opening.slice(-1));
    this.states.push(type);
    if (data !== undefined && begin !== undefined) this.queue.push(begin);
    return data ?? begin;
  }

  private findOpening(): RegExpExecArray | null {
    const { source, pos } = this;
    const { opening, firstChar } = this.rules;
    if (firstChar === undefined) {
      opening.lastIndex = pos;
      return opening.exec(source);
    }
    for (
      let at = source.indexOf(firstChar, pos);
      at !== -1;
      at = source.indexOf(firstChar, at + 1)
    ) {
      opening.lastIndex = at;
      const match = opening.exec(source);
      if (match !== null) return match;
    }
    return null;
  }

  private begin(type: Begin, opening: string, start: number): Token | undefined {
    const end = start + opening.length;
    if (this.raw) return this.token(type, opening, start, end);
    if (type === 'linestatement_begin') return this.token('block_begin', opening, start, end);
    if (type === 'block_begin' || type === 'variable_begin') {
      return this.token(type, opening, start, end);
    }
    return undefined;
  }

  private lexComment(): Token | undefined {
    const { source, pos, rules } = this;
    rules.commentEnd.lastIndex = pos;
    const match = rules.commentEnd.exec(source);
    if (match === null) return this.fail('Missing end of comment tag', pos, pos + 1);
    return this.close('comment', 'comment_end', pos, match.index, match[0]);
  }

  private lexLineComment(): Token | undefined {
    const { source, pos } = this;
    const newline = source.indexOf('\n', pos);
    return this.close(
      'linecomment',
      'linecomment_end',
      pos,
      newline === -1 ? source.length : newline,
      '',
    );
  }

  private close(
    type: 'comment' | 'linecomment',
    endType: 'comment_end' | 'linecomment_end',
    start: number,
    end: number,
    closing: string,
  ): Token | undefined {
    const text = this.source.slice(start, end);
    if (this.raw && text !== '') this.queue.push(this.token(type, text, start, end));
    this.line += countNewlines(text);
    if (this.raw) this.queue.push(this.token(endType, closing, end, end + closing.length));
    this.line += countNewlines(closing);
    this.states.pop();
    this.advance(end + closing.length, (text + closing).slice(-1));
    return this.queue.shift();
  }

  private lexRaw(): Token | undefined {
    const { source, pos, rules } = this;
    rules.rawEnd.lastIndex = pos;
    const match = rules.rawEnd.exec(source);
    if (match === null) return this.fail('Missing end of raw directive', pos, pos + 1);
    const text = source.slice(pos, match.index);
    const kept = this.stripped(text, match[1] ?? '', false);
    const data = kept !== '' ? this.data(kept, pos) : undefined;
    this.line += countNewlines(text);
    if (this.raw) {
      this.queue.push(this.token('raw_end', match[0], match.index, match.index + match[0].length));
    }
    this.line += countNewlines(match[0]);
    this.states.pop();
    this.advance(match.index + match[0].length, match[0].slice(-1));
    return data ?? this.queue.shift();
  }

  private lexTag(state: Tag): Token | undefined {
    const { source, rules } = this;
    const pos = this.pos;
    const code = source.charCodeAt(pos);
    if (this.brackets.length === 0 && rules.mayEnd[state](code)) {
      const ending = rules.ending[state];
      ending.lastIndex = pos;
      const match = ending.exec(source);
      if (match !== null) return this.endTag(state, match[0]);
    }

    // A single blank is by far the most common thing inside a tag.
    if (code === 32 && source.charCodeAt(pos + 1) > 32 && !this.raw) {
      this.pos = pos + 1;
      return undefined;
    }
    if (code <= 32 || code > 127) {
      rules.space.lastIndex = pos;
      const match = rules.space.exec(source);
      if (match !== null) {
        const text = match[0];
        const token = this.raw ? this.token('whitespace', text, pos, pos + text.length) : undefined;
        this.line += countNewlines(text);
        this.advance(pos + text.length, text.slice(-1));
        return token;
      }
    }
    this.lineStarting = false;
    if (code >= 48 && code <= 57) return this.lexNumber(pos);
    if (isNameStart(code) || code > 127) {
      const token = this.lexName(pos, code);
      if (token !== undefined) return token;
    }
    if (code === 34 || code === 39) {
      const token = this.lexString(pos);
      if (token !== undefined) return token;
    }
    return this.lexOperator(pos);
  }

  private endTag(state: State, text: string): Token {
    const start = this.pos;
    const type =
      state === 'variable_begin'
        ? 'variable_end'
        : state === 'block_begin' || !this.raw
          ? 'block_end'
          : 'linestatement_end';
    const token = this.token(type, text, start, start + text.length);
    this.line += countNewlines(text);
    this.states.pop();
    this.advance(start + text.length, text.slice(-1));
    return token;
  }

  private lexNumber(start: number): Token {
    FLOAT.lastIndex = start;
    let match = FLOAT.exec(this.source);
    const type = match !== null ? 'float' : 'integer';
    if (match === null) {
      INTEGER.lastIndex = start;
      // A run of decimal digits such as `01` falls apart into `0` and `1`, as in Jinja.
      match = INTEGER.exec(this.source) as RegExpExecArray;
    }
    const text = match[0];
    this.pos = start + text.length;
    return this.token(type, this.raw ? text : numberOf(text, type), start, this.pos);
  }

  private lexName(start: number, first: number): Token | undefined {
    const { source } = this;
    let end = start;
    let code = first;
    while (isNamePart(code)) code = source.charCodeAt(++end);
    let text: string;
    if (code > 127) {
      UNICODE_NAME.lastIndex = start;
      const match = UNICODE_NAME.exec(source);
      if (match === null) return undefined;
      text = match[0];
      if (!this.raw && !IDENTIFIER.test(text)) {
        this.fail('Invalid character in identifier', start, start + text.length);
      }
    } else {
      text = source.slice(start, end);
    }
    this.pos = start + text.length;
    return this.token('name', text, start, this.pos);
  }

  private lexString(start: number): Token | undefined {
    STRING.lastIndex = start;
    const match = STRING.exec(this.source);
    if (match === null) return undefined;
    const text = match[0];
    const end = start + text.length;
    let value: string;
    if (this.raw) value = text;
    else {
      const content = this.normaliseNewlines(match[1] ?? match[2] ?? '');
      value = content.includes('\\')
        ? unescapeString(content, (message) => this.fail(message, start, end))
        : content;
    }
    const token = this.token('string', value, start, end);
    this.line += countNewlines(text);
    this.pos = end;
    return token;
  }

  private lexOperator(start: number): Token {
    const { source } = this;
    const double = source.slice(start, start + 2);
    const text = double in OPERATORS ? double : source.charAt(start);
    if (!(text in OPERATORS)) {
      const char = String.fromCodePoint(source.codePointAt(start) as number);
      const at = [...source.slice(0, start)].length;
      return this.fail(`unexpected char ${repr(char)} at ${at}`, start, start + char.length);
    }
    const closing = CLOSING[text];
    if (closing !== undefined) this.brackets.push(closing);
    else if (text === ')' || text === ']' || text === '}') {
      const expected = this.brackets.pop();
      if (expected === undefined) this.fail(`unexpected '${text}'`, start, start + 1);
      if (expected !== text) {
        this.fail(`unexpected '${text}', expected '${expected}'`, start, start + 1);
      }
    }
    this.pos = start + text.length;
    return this.token(OPERATORS[text] as TokenType, text, start, this.pos);
  }
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || (code >= 48 && code <= 57);
}
