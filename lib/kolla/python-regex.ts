/** Raised for a pattern that Python's `re` rejects, or that has no JavaScript counterpart. */
export class PatternError extends Error {
  override name = 'PatternError';
}

/** Flags in force at one place of a pattern. */
interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
}

const NO_FLAGS: Flags = {
  ignoreCase: false,
  multiline: false,
  dotAll: false,
  verbose: false,
  ascii: false,
};

const FLAG_LETTERS: Readonly<Record<string, Partial<Flags>>> = {
  a: { ascii: true },
  i: { ignoreCase: true },
  m: { multiline: true },
  s: { dotAll: true },
  u: { ascii: false },
  x: { verbose: true },
};

/** Insides of character classes. Python's str patterns know Unicode unless `(?a)` is set. */
const CLASSES: Readonly<Record<string, { readonly unicode: string; readonly ascii: string }>> = {
  d: { unicode: '\\p{Nd}', ascii: '0-9' },
  w: { unicode: '\\p{L}\\p{N}_', ascii: 'a-zA-Z0-9_' },
  s: {
    unicode:
      '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
    ascii: '\\t-\\r\\x20',
  },
};

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

const NOTHING = '[]';
const ANYTHING = '[^]';

/**
 * A JavaScript regular expression that finds what Python's `re.compile(pattern).search` finds in a
 * str. Throws `PatternError` with Python's own words for what Python rejects, and for the few things
 * that JavaScript cannot say (conditional groups, named characters).
 */
export function compilePythonRegex(pattern: string): RegExp {
  return new RegExp(new Translator(pattern).translate(), 'v');
}

class Translator {
  readonly #chars: readonly string[];
  #at = 0;
  #groups = 0;
  #extraGroups = 0;
  readonly #names = new Map<string, number>();
  readonly #open = new Set<number>();

  constructor(pattern: string) {
    this.#chars = [...pattern];
  }

  translate(): string {
    let flags = NO_FLAGS;
    for (let found = this.#globalFlags(); found; found = this.#globalFlags()) {
      flags = { ...flags, ...found };
    }
    const out = this.#alternatives(flags);
    if (this.#at < this.#chars.length) this.#fail('unbalanced parenthesis');
    return out;
  }

  #fail(reason: string, at = this.#at): never {
    throw new PatternError(`${reason} at position ${at}`);
  }

  #take(text: string): boolean {
    const wanted = [...text];
    if (!wanted.every((char, index) => this.#chars[this.#at + index] === char)) return false;
    this.#at += wanted.length;
    return true;
  }

  #next(reason?: string): string {
    const char = this.#chars[this.#at];
    if (char === undefined)
      throw new PatternError(reason ?? `unexpected end of pattern at position ${this.#at}`);
    this.#at++;
    return char;
  }

  #until(end: string, what: string): string {
    const start = this.#at;
    let text = '';
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined) {
        this.#fail(text === '' ? `missing ${what}` : `missing ${end}, unterminated name`, start);
      }
      this.#at++;
      if (char === end) break;
      text += char;
    }
    if (text === '') this.#fail(`missing ${what}`, start);
    return text;
  }

  /** `(?aimsux)` at the very start sets flags for the whole pattern. */
  #globalFlags(): Partial<Flags> | undefined {
    const match = /^\(\?([aimsuxL]+)\)/.exec(this.#chars.slice(this.#at, this.#at + 12).join(''));
    if (!match) return undefined;
    this.#at += match[0].length;
    return this.#flagsOf(match[1] ?? '', 0);
  }

  #flagsOf(letters: string, at: number): Partial<Flags> {
    let flags: Partial<Flags> = {};
    for (const letter of letters) {
      const set = FLAG_LETTERS[letter];
      if (!set) {
        this.#fail(
          letter === 'L'
            ? "bad inline flags: cannot use 'L' flag with a str pattern"
            : 'unknown flag',
          at,
        );
      }
      flags = { ...flags, ...set };
    }
    return flags;
  }

  #alternatives(flags: Flags): string {
    const branches = [this.#sequence(flags)];
    while (this.#take('|')) branches.push(this.#sequence(flags));
    return branches.join('|');
  }

  #sequence(flags: Flags): string {
    let out = '';
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined || char === '|' || char === ')') return out;
      if (flags.verbose && this.#skipVerbose(char)) continue;
      const start = this.#at;
      const atom = this.#atom(char, flags);
      out += atom === '' ? '' : this.#quantified(atom, start);
    }
  }

  #skipVerbose(char: string): boolean {
    if (/\s/.test(char)) {
      this.#at++;
      return true;
    }
    if (char !== '#') return false;
    while (this.#at < this.#chars.length && this.#chars[this.#at] !== '\n') this.#at++;
    return true;
  }

  #atom(char: string, flags: Flags): string {
    const start = this.#at++;
    switch (char) {
      case '.':
        return flags.dotAll ? ANYTHING : '[^\\n]';
      case '^':
        return flags.multiline ? '(?<![^\\n])' : '(?<![^])';
      case '$':
        return flags.multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))';
      case '(':
        return this.#group(start, flags);
      case '[':
        return this.#set(start, flags);
      case '\\':
        return this.#escape(start, flags);
      case '*':
      case '+':
      case '?':
        return this.#fail('nothing to repeat', start);
      case '{':
        this.#at = start;
        if (this.#bounds()) this.#fail('nothing to repeat', start);
        this.#at = start + 1;
        return literal(char, flags);
      default:
        return literal(char, flags);
    }
  }

  /** Reads `{m}`, `{m,}`, `{,n}` or `{m,n}`; anything else in braces is text. */
  #bounds(): { min: number; max: number | undefined } | undefined {
    const start = this.#at;
    const match = /^\{(\d*)(,?)(\d*)\}/.exec(this.#chars.slice(this.#at, this.#at + 40).join(''));
    if (!match || (match[1] === '' && match[2] === '')) return undefined;
    const min = match[1] === '' ? 0 : Number(match[1]);
    const max = match[2] === '' ? min : match[3] === '' ? undefined : Number(match[3]);
    if (max !== undefined && max < min) this.#fail('min repeat greater than max repeat', start + 1);
    this.#at += match[0].length;
    return { min, max };
  }

  #quantifier(): string | undefined {
    const start = this.#at;
    for (const sign of ['*', '+', '?']) if (this.#take(sign)) return sign;
    if (this.#chars[start] !== '{') return undefined;
    const bounds = this.#bounds();
    return bounds && `{${bounds.min},${bounds.max ?? ''}}`;
  }

  #quantified(atom: string, start: number): string {
    const at = this.#at;
    const quantifier = this.#quantifier();
    if (quantifier === undefined) return atom;
    if (isPosition(this.#chars, start)) this.#fail('nothing to repeat', at);
    // Python lets assertions repeat; in JavaScript only groups may.
    const repeated = `(?:${atom})${quantifier}`;
    const out = this.#take('?')
      ? `${repeated}?`
      : this.#take('+')
        ? this.#atomic(repeated)
        : repeated;
    const again = this.#at;
    if (this.#quantifier() !== undefined) this.#fail('multiple repeat', again);
    return out;
  }

  /** JavaScript has no atomic group; a look-ahead gives back nothing either. */
  #atomic(inner: string): string {
    const name = `atomic${++this.#extraGroups}`;
    return `(?:(?=(?<${name}>${inner}))\\k<${name}>)`;
  }

  #group(start: number, flags: Flags): string {
    const close = (inner: string): string => {
      if (!this.#take(')')) this.#fail('missing ), unterminated subpattern', start);
      return inner;
    };
    const wrap = (opening: string, inside = flags): string =>
      close(`${opening}${this.#alternatives(inside)})`);
    if (!this.#take('?')) return close(this.#capture(flags));
    if (this.#take(':')) return wrap('(?:');
    if (this.#take('=')) return wrap('(?=');
    if (this.#take('!')) return wrap('(?!');
    if (this.#take('<=')) return wrap('(?<=');
    if (this.#take('<!')) return wrap('(?<!');
    if (this.#take('>')) return close(this.#atomic(this.#alternatives(flags)));
    if (this.#take('#')) {
      while (this.#next('missing ), unterminated comment') !== ')');
      return '';
    }
    if (this.#take('P<')) {
      const at = this.#at;
      const name = this.#until('>', 'group name');
      if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
        this.#fail(`bad character in group name '${name}'`, at);
      }
      if (this.#names.has(name)) {
        this.#fail(
          `redefinition of group name '${name}' as group ${this.#groups + 1}; was group ${this.#names.get(name)}`,
          at,
        );
      }
      this.#names.set(name, this.#groups + 1);
      return close(this.#capture(flags));
    }
    if (this.#take('P=')) {
      const at = this.#at;
      const name = this.#until(')', 'group name');
      const group = this.#names.get(name);
      if (group === undefined) this.#fail(`unknown group name '${name}'`, at);
      return this.#backReference(group, at);
    }
    if (this.#take('(')) this.#fail('conditional groups are not supported', start);
    return this.#flagGroup(start, flags, wrap);
  }

  #flagGroup(
    start: number,
    flags: Flags,
    wrap: (opening: string, inside: Flags) => string,
  ): string {
    const named = this.#chars[this.#at];
    if (named === 'P' || named === '<') {
      this.#fail(`unknown extension ?${named}${this.#chars[this.#at + 1] ?? ''}`, start + 1);
    }
    let on = '';
    while (/[a-zA-Z]/.test(this.#chars[this.#at] ?? '')) on += this.#next();
    let off = '';
    if (this.#take('-')) while (/[a-zA-Z]/.test(this.#chars[this.#at] ?? '')) off += this.#next();
    if (on === '' && off === '') {
      const char = this.#chars[this.#at];
      if (char === undefined) this.#next();
      this.#fail(`unknown extension ?${char}`, start + 1);
    }
    if (!FLAG_LETTERS[on[0] ?? 'i'] && on[0] !== 'L') {
      this.#fail(`unknown extension ?${on[0] ?? ''}`, start + 1);
    }
    const set = this.#flagsOf(on, start + 3);
    const cleared = Object.keys(this.#flagsOf(off, start)) as (keyof Flags)[];
    if (this.#chars[this.#at] === ')' && off === '') {
      this.#fail('global flags not at the start of the expression', start);
    }
    if (!this.#take(':')) this.#fail('missing :');
    const inside = { ...flags, ...set, ...Object.fromEntries(cleared.map((key) => [key, false])) };
    return wrap('(?:', inside);
  }

  #capture(flags: Flags): string {
    const group = ++this.#groups;
    this.#open.add(group);
    const inner = this.#alternatives(flags);
    this.#open.delete(group);
    return `(?<group${group}>${inner})`;
  }

  #backReference(group: number, at: number): string {
    if (group > this.#groups) this.#fail(`invalid group reference ${group}`, at);
    if (this.#open.has(group)) this.#fail('cannot refer to an open group', at - 1);
    return `\\k<group${group}>`;
  }

  #escape(start: number, flags: Flags): string {
    const char = this.#next(`bad escape (end of pattern) at position ${start}`);
    const word = CLASSES['w']![flags.ascii ? 'ascii' : 'unicode'];
    const edge = `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`;
    if (char === 'A') return '(?<![^])';
    if (char === 'Z') return '(?![^])';
    if (char === 'b') return edge;
    if (char === 'B') return `(?!${edge})`;
    if (/[1-9]/.test(char)) {
      const more = this.#chars[this.#at] ?? '';
      const octal = /^[1-7][0-7][0-7]$/.exec(`${char}${more}${this.#chars[this.#at + 1] ?? ''}`);
      if (octal) {
        this.#at += 2;
        if (char > '3') {
          this.#fail(`octal escape value \\${octal[0]} outside of range 0-0o377`, start);
        }
        return literal(String.fromCodePoint(parseInt(octal[0], 8)), flags);
      }
      const digits = /[0-9]/.test(more) ? `${char}${this.#next()}` : char;
      return this.#backReference(Number(digits), start + 1);
    }
    const inner = classEscape(char, flags);
    if (inner !== undefined) return `[${inner}]`;
    return literal(this.#character(char, start), flags);
  }

  /** The character that an escape stands for, in and out of classes. */
  #character(char: string, start: number): string {
    const control = CONTROL[char];
    if (control !== undefined) return String.fromCodePoint(control);
    const length = { x: 2, u: 4, U: 8 }[char];
    if (length !== undefined) {
      const digits = this.#chars.slice(this.#at, this.#at + length).join('');
      if (!new RegExp(`^[0-9a-fA-F]{${length}}$`).test(digits)) {
        const shown = /^[0-9a-fA-F]*/.exec(digits)?.[0] ?? '';
        this.#fail(`incomplete escape \\${char}${shown}`, start);
      }
      this.#at += length;
      const code = parseInt(digits, 16);
      if (code > 0x10ffff) this.#fail(`bad escape \\${char}${digits}`, start);
      return String.fromCodePoint(code);
    }
    if (char === '0') {
      let digits = '';
      while (digits.length < 2 && /[0-7]/.test(this.#chars[this.#at] ?? '')) digits += this.#next();
      return String.fromCodePoint(parseInt(digits || '0', 8));
    }
    if (/[89]/.test(char)) this.#fail(`bad escape \\${char}`, start);
    if (char === 'N') this.#fail('named characters are not supported', start);
    if (/[a-zA-Z]/.test(char)) this.#fail(`bad escape \\${char}`, start);
    return char;
  }

  #set(start: number, flags: Flags): string {
    const negated = this.#take('^');
    const parts: string[] = [];
    for (let first = true; ; first = false) {
      const at = this.#at;
      const char = this.#chars[at];
      if (char === undefined) this.#fail('unterminated character set', start);
      if (char === ']' && !first) break;
      const low = this.#member(flags, start);
      if (this.#chars[this.#at] !== '-' || this.#chars[this.#at + 1] === ']') {
        parts.push(low.class ?? range(low.char, low.char, flags));
        continue;
      }
      this.#at++;
      if (this.#chars[this.#at] === undefined) this.#fail('unterminated character set', start);
      const high = this.#member(flags, start);
      const text = this.#chars.slice(at, this.#at).join('');
      if (low.class !== undefined || high.class !== undefined || low.char > high.char) {
        this.#fail(`bad character range ${text}`, at);
      }
      parts.push(range(low.char, high.char, flags));
    }
    this.#at++;
    const inner = parts.join('');
    if (inner === '') return negated ? ANYTHING : NOTHING;
    return `[${negated ? '^' : ''}${inner}]`;
  }

  #member(
    flags: Flags,
    set: number,
  ):
    | { readonly class: string; readonly char: '' }
    | { readonly class?: undefined; readonly char: string } {
    const start = this.#at;
    const char = this.#next();
    if (char !== '\\') return { char };
    const escaped = this.#chars[this.#at];
    if (escaped === undefined) this.#fail('unterminated character set', set);
    this.#at++;
    if (escaped === 'b') return { char: '\b' };
    const inner = classEscape(escaped, flags);
    if (inner !== undefined) return { class: `[${inner}]`, char: '' };
    if (/[1-7]/.test(escaped)) {
      let digits = escaped;
      while (digits.length < 3 && /[0-7]/.test(this.#chars[this.#at] ?? '')) digits += this.#next();
      return { char: String.fromCodePoint(parseInt(digits, 8)) };
    }
    return { char: this.#character(escaped, start) };
  }
}

/** Tells whether an atom is one of the positions that Python does not let repeat. */
function isPosition(chars: readonly string[], start: number): boolean {
  const char = chars[start] ?? '';
  return char === '^' || char === '$' || (char === '\\' && /[AZbB]/.test(chars[start + 1] ?? ''));
}

/** The inside of the class that `\d`, `\W` and their kin stand for. */
function classEscape(char: string, flags: Flags): string | undefined {
  const known = CLASSES[char.toLowerCase()];
  if (!known) return undefined;
  const inner = known[flags.ascii ? 'ascii' : 'unicode'];
  return char === char.toLowerCase() ? inner : `[^${inner}]`;
}

const codePoint = (char: string): string => `\\u{${char.codePointAt(0)?.toString(16) ?? '0'}}`;

/** JavaScript's own `i` flag would hold for the whole pattern, so case is spelt out. */
function literal(char: string, flags: Flags): string {
  const same = flags.ignoreCase ? cases(char) : [char];
  return same.length === 1 ? codePoint(char) : `[${same.map(codePoint).join('')}]`;
}

function cases(char: string): string[] {
  const forms = new Set([char, char.toLowerCase(), char.toUpperCase()]);
  return [...forms].filter((form) => [...form].length === 1);
}

function range(low: string, high: string, flags: Flags): string {
  const from = low.codePointAt(0) ?? 0;
  const to = high.codePointAt(0) ?? 0;
  let out = from === to ? codePoint(low) : `${codePoint(low)}-${codePoint(high)}`;
  if (flags.ignoreCase && to - from < 0x1000) {
    for (let code = from; code <= to; code++) {
      for (const form of cases(String.fromCodePoint(code))) out += codePoint(form);
    }
  }
  return out;
}
