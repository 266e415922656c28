import { WHITESPACE } from '../value/whitespace.js';
import { codePointLength } from '../value/code-points.js';
import { lt } from '../value/compare.js';
import { dictEntries, isDict } from '../value/dict.js';
import { getAttribute } from '../value/attribute.js';
import { call, pyFunction } from '../value/callable.js';
import { REPR } from '../value/protocol.js';
import { PyTypeError } from '../value/py-error.js';
import { repr } from '../value/repr.js';
import { FrozenSet } from '../value/set.js';
import { Tuple } from '../value/tuple.js';
import { typeName } from '../value/type-name.js';
import { address } from '../value/address.js';

const WIDTH = 80;
const WORDS_WITH_SPACE = new RegExp(`[^${WHITESPACE}]*[${WHITESPACE}]*`, 'gu');

/** Orders anything: by `<` where Python can, else by the name of the type. */
function compareSafely(a: unknown, b: unknown): number {
  try {
    return lt(a, b) ? -1 : lt(b, a) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof PyTypeError)) throw error;
    const [x, y] = [typeName(a), typeName(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
}

/** A type whose repr is its own prints in one piece. */
function hasOwnRepr(value: object): boolean {
  return (value as { [REPR]?: unknown })[REPR] !== undefined || typeName(value) === '_GroupTuple';
}

/** Options of Python's pprint. */
export interface PprintOptions {
  /** How many levels are shown; deeper containers print as `[...]`. Default: all. */
  readonly depth?: number;
  /** Puts as many items on a line as fit. Default: one per line. */
  readonly compact?: boolean;
}

class PrettyPrinter {
  #out = '';
  readonly #open = new Set<unknown>();
  readonly #depth: number;
  readonly #compact: boolean;

  constructor({ depth = Infinity, compact = false }: PprintOptions) {
    this.#depth = depth;
    this.#compact = compact;
  }

  print(value: unknown): string {
    this.#format(value, 0, 0, 0);
    return this.#out;
  }

  /** The repr on one line, dicts sorted by key. */
  #oneLine(value: unknown, level: number): string {
    if (typeof value !== 'object' || value === null || hasOwnRepr(value)) return repr(value);
    const isList = Array.isArray(value);
    if (!isList && !isDict(value)) return repr(value);
    if (this.#open.has(value))
      return `<Recursion on ${typeName(value)} with id=${BigInt(address(value))}>`;
    this.#open.add(value);
    let text: string;
    const deep = level >= this.#depth;
    if (isList) {
      const parts =
        deep && value.length > 0
          ? ['...']
          : Array.from<unknown, string>(value, (item) => this.#oneLine(item, level + 1));
      if (value instanceof Tuple) text = `(${parts.join(', ')}${value.length === 1 ? ',' : ''})`;
      else text = `[${parts.join(', ')}]`;
    } else {
      const entries = sortedEntries(value);
      const parts =
        deep && entries.length > 0
          ? ['...']
          : entries.map(
              ([key, item]) =>
                `${this.#oneLine(key, level + 1)}: ${this.#oneLine(item, level + 1)}`,
            );
      text = `{${parts.join(', ')}}`;
    }
    this.#open.delete(value);
    return text;
  }

  #format(value: unknown, indent: number, allowance: number, level: number): void {
    const line = this.#oneLine(value, level);
    const print =
      codePointLength(line) > WIDTH - indent - allowance ? this.#printer(value) : undefined;
    if (print === undefined || this.#open.has(value)) {
      this.#out += line;
      return;
    }
    this.#open.add(value);
    print(indent, allowance, level + 1);
    this.#open.delete(value);
  }

  #printer(
    value: unknown,
  ): ((indent: number, allowance: number, level: number) => void) | undefined {
    if (typeof value === 'string') {
      return (indent, allowance, level) => this.#text(value, indent, allowance, level);
    }
    if (typeof value !== 'object' || value === null || hasOwnRepr(value)) return undefined;
    if (Array.isArray(value)) {
      const tuple = value instanceof Tuple;
      const close = tuple ? (value.length === 1 ? ',)' : ')') : ']';
      return (indent, allowance, level) =>
        this.#items(value, tuple ? '(' : '[', close, indent, allowance, level);
    }
    if (isDict(value)) {
      return (indent, allowance, level) => this.#dict(value, indent, allowance, level);
    }
    if (value instanceof Set) {
      if (value.size === 0) return undefined;
      const items = [...(value as Set<unknown>)].sort(compareSafely);
      if (!(value instanceof FrozenSet)) {
        return (indent, allowance, level) => this.#items(items, '{', '}', indent, allowance, level);
      }
      return (indent, allowance, level) =>
        this.#items(items, 'frozenset({', '})', indent + 'frozenset('.length, allowance, level);
    }
    if (value instanceof Uint8Array) {
      return (indent, allowance, level) => this.#bytes(value, indent, allowance, level);
    }
    return undefined;
  }

  #items(
    items: readonly unknown[],
    open: string,
    close: string,
    indent: number,
    allowance: number,
    level: number,
  ): void {
    this.#out += open;
    const inner = indent + 1;
    const newLine = `,\n${' '.repeat(inner)}`;
    let separator = '';
    let free = WIDTH - inner + 1;
    items.forEach((item, i) => {
      const last = i === items.length - 1;
      if (this.#compact) {
        const reserved = last ? allowance + close.length : 0;
        const text = this.#oneLine(item, level);
        const needed = codePointLength(text) + 2;
        if (free - reserved < needed) {
          free = WIDTH - inner + 1;
          if (separator !== '') separator = newLine;
        }
        if (free - reserved >= needed) {
          free -= needed;
          this.#out += separator + text;
          separator = ', ';
          return;
        }
      }
      this.#out += separator;
      separator = newLine;
      this.#format(item, inner, last ? allowance + close.length : 1, level);
    });
    this.#out += close;
  }

  #dict(
    dict: Parameters<typeof dictEntries>[0],
    indent: number,
    allowance: number,
    level: number,
  ): void {
    this.#out += '{';
    const inner = indent + 1;
    const entries = sortedEntries(dict);
    entries.forEach(([key, item], i) => {
      if (i > 0) this.#out += `,\n${' '.repeat(inner)}`;
      const name = this.#oneLine(key, level);
      this.#out += `${name}: `;
      const last = i === entries.length - 1;
      const column = inner + codePointLength(name) + 2;
      this.#format(item, column, last ? allowance + 1 : 1, level);
    });
    this.#out += '}';
  }

  /** Text breaks into adjacent literals, at line ends first, then between words. */
  #text(text: string, indent: number, allowance: number, level: number): void {
    const top = level === 1;
    const inner = top ? indent + 1 : indent;
    const reserved = top ? allowance + 1 : allowance;
    const width = WIDTH - inner;
    const lines = call(getAttribute(text, 'splitlines'), [true]) as string[];
    const chunks: string[] = [];
    lines.forEach((line, i) => {
      const lastLine = i === lines.length - 1;
      const whole = repr(line);
      if (codePointLength(whole) <= (lastLine ? width - reserved : width)) {
        chunks.push(whole);
        return;
      }
      const words = (line.match(WORDS_WITH_SPACE) ?? []).filter((word) => word !== '');
      let current = '';
      words.forEach((word, j) => {
        const lastWord = lastLine && j === words.length - 1;
        const candidate = current + word;
        if (codePointLength(repr(candidate)) > (lastWord ? width - reserved : width)) {
          if (current) chunks.push(repr(current));
          current = word;
        } else {
          current = candidate;
        }
      });
      if (current) chunks.push(repr(current));
    });
    this.#adjacent(chunks, inner, top);
  }

  /** Bytes break into literals of at most a line, in steps of four. */
  #bytes(bytes: Uint8Array, indent: number, allowance: number, level: number): void {
    if (bytes.length <= 4) {
      this.#out += repr(bytes);
      return;
    }
    const top = level === 1;
    const inner = top ? indent + 1 : indent;
    let width = WIDTH - inner;
    const reserved = top ? allowance + 1 : allowance;
    const lastStart = Math.floor(bytes.length / 4) * 4;
    const chunks: string[] = [];
    let current = new Uint8Array();
    for (let i = 0; i < bytes.length; i += 4) {
      const candidate = new Uint8Array([...current, ...bytes.subarray(i, i + 4)]);
      if (i === lastStart) width -= reserved;
      if (repr(candidate).length > width) {
        if (current.length > 0) chunks.push(repr(current));
        current = bytes.slice(i, i + 4);
      } else {
        current = candidate;
      }
    }
    if (current.length > 0) chunks.push(repr(current));
    const text = chunks.join(`\n${' '.repeat(inner)}`);
    this.#out += top ? `(${text})` : text;
  }

  #adjacent(chunks: readonly string[], indent: number, top: boolean): void {
    const text = chunks.join(`\n${' '.repeat(indent)}`);
    this.#out += top && chunks.length > 1 ? `(${text})` : text;
  }
}

function sortedEntries(dict: Parameters<typeof dictEntries>[0]): [unknown, unknown][] {
  return dictEntries(dict).sort(([a], [b]) => compareSafely(a, b));
}

/** Python's `pprint.pformat(value)`: 80 columns, dicts sorted. Source: pprint @3.11 */
export function pformat(value: unknown, options: PprintOptions = {}): string {
  return new PrettyPrinter(options).print(value);
}

/** Source: jinja2.filters.do_pprint @3.1.6 */
export const PPRINT_FILTERS = {
  pprint: pyFunction('do_pprint', 'value', (value: unknown) => pformat(value)),
};
