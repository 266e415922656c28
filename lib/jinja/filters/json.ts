import type { EvalContext } from '../context.js';
import { Markup } from '../markup.js';
import { call, passEvalContext, pyFunction } from '../value/callable.js';
import { sortInPlace } from '../value/compare.js';
import { dictEntries, isDict } from '../value/dict.js';
import { floatText } from '../value/float-text.js';
import { intText } from '../value/int-text.js';
import { asFloat, asInt } from '../value/number.js';
import { mul } from '../value/ops.js';
import { asString } from '../value/protocol.js';
import { PyRecursionError, PyTypeError, PyValueError } from '../value/py-error.js';
import { str } from '../value/str.js';
import { truth } from '../value/truth.js';
import { typeName } from '../value/type-name.js';
import { checkRepetition } from '../bounds.js';

/** The keyword arguments of Python's `json.dumps` that a template or a policy can give. */
export interface DumpOptions {
  readonly sort_keys?: unknown;
  readonly indent?: unknown;
  readonly ensure_ascii?: unknown;
  readonly allow_nan?: unknown;
  readonly skipkeys?: unknown;
  readonly separators?: unknown;
  readonly default?: unknown;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

const hex4 = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

function quoteString(text: string, ensureAscii: boolean): string {
  const escaped = text.replace(/["\\\x00-\x1f]/g, (c) => ESCAPES[c] ?? hex4(c));
  return `"${ensureAscii ? escaped.replace(/[^\x00-\x7e]/g, (c) => hex4(c)) : escaped}"`;
}

/** How deep Python's encoder goes before it gives up, roughly. */
const MAX_DEPTH = 990;

class Encoder {
  readonly #options: DumpOptions;
  readonly #indent: string | undefined;
  readonly #itemSeparator: string;
  readonly #keySeparator: string;
  readonly #ensureAscii: boolean;
  readonly #open = new Set<unknown>();

  constructor(options: DumpOptions) {
    this.#options = options;
    const { indent = null, separators = null } = options;
    const text = asString(indent);
    this.#indent = indent === null ? undefined : (text ?? str(mul(' ', indent)));
    const [item, key] =
      separators === null
        ? [indent === null ? ', ' : ',', ': ']
        : (separators as readonly unknown[]).map(str);
    this.#itemSeparator = item ?? ', ';
    this.#keySeparator = key ?? ': ';
    this.#ensureAscii = truth(options.ensure_ascii ?? true);
  }

  encode(value: unknown): string {
    if (value === null) return 'null';
    if (value === true) return 'true';
    if (value === false) return 'false';
    const text = asString(value);
    if (text !== undefined) return quoteString(text, this.#ensureAscii);
    const int = asInt(value);
    if (int !== undefined) return intText(int);
    const float = asFloat(value);
    if (float !== undefined) return this.#float(float);
    if (Array.isArray(value)) {
      return this.#nested(value, '[', ']', () =>
        Array.from<unknown, string>(value, (item) => this.encode(item)),
      );
    }
    if (isDict(value)) return this.#nested(value, '{', '}', () => this.#members(value));
    return this.#custom(value);
  }

  #custom(value: unknown): string {
    const { default: fallback = null } = this.#options;
    if (fallback === null) {
      throw new PyTypeError(`Object of type ${typeName(value)} is not JSON serializable`);
    }
    return this.#guarded(value, () => this.encode(call(fallback, [value])));
  }

  #float(value: number): string {
    const names = new Map([
      [Infinity, 'Infinity'],
      [-Infinity, '-Infinity'],
      [NaN, 'NaN'],
    ]);
    const name = names.get(value);
    if (name !== undefined && !truth(this.#options.allow_nan ?? true)) {
      throw new PyValueError('Out of range float values are not JSON compliant');
    }
    return name ?? floatText(value);
  }

  #key(key: unknown): string | undefined {
    const text = asString(key);
    if (text !== undefined) return text;
    if (key === null || typeof key === 'boolean') return this.encode(key);
    const int = asInt(key);
    if (int !== undefined) return intText(int);
    const float = asFloat(key);
    if (float !== undefined) return this.#float(float);
    if (truth(this.#options.skipkeys ?? false)) return undefined;
    throw new PyTypeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
  }

  #members(dict: Parameters<typeof dictEntries>[0]): string[] {
    const entries = dictEntries(dict);
    if (truth(this.#options.sort_keys ?? false)) sortInPlace(entries, ([key]) => key);
    const members: string[] = [];
    for (const [key, value] of entries) {
      const name = this.#key(key);
      if (name === undefined) continue;
      const quoted = quoteString(name, this.#ensureAscii);
      members.push(quoted + this.#keySeparator + this.encode(value));
    }
    return members;
  }

  #guarded(value: unknown, encode: () => string): string {
    if (this.#open.has(value)) throw new PyValueError('Circular reference detected');
    if (this.#open.size > MAX_DEPTH) {
      throw new PyRecursionError('maximum recursion depth exceeded while encoding a JSON object');
    }
    this.#open.add(value);
    try {
      return encode();
    } finally {
      this.#open.delete(value);
    }
  }

  #nested(value: object, open: string, close: string, items: () => string[]): string {
    return this.#guarded(value, () => {
      const parts = items();
      if (parts.length === 0) return open + close;
      if (this.#indent === undefined) return open + parts.join(this.#itemSeparator) + close;
      const outer = `\n${this.#indent.repeat(this.#open.size - 1)}`;
      const inner = `\n${this.#indent.repeat(this.#open.size)}`;
      return open + inner + parts.join(this.#itemSeparator + inner) + outer + close;
    });
  }
}

/**
 * Python's `json.dumps(value, **options)`. Throws PyTypeError for what JSON cannot hold, PyValueError
 * for circular references. Source: json.encoder @3.11
 */
export function dumps(value: unknown, options: DumpOptions = {}): string {
  const text = asString(value);
  // Python answers for a str before it looks at the indent.
  if (text !== undefined) return quoteString(text, truth(options.ensure_ascii ?? true));
  return new Encoder(options).encode(value);
}

/** The characters that would let JSON break out of HTML; it stays valid JSON. */
const HTML_SAFE: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  "'": '\\u0027',
};

const tojson = passEvalContext(
  pyFunction(
    'do_tojson',
    'eval_ctx, value, indent=None',
    (evalCtx: EvalContext, value: unknown, indent: unknown) => {
      const { policies, sandboxed } = evalCtx.environment;
      if (sandboxed) checkRepetition(indent);
      const policy = policies['json.dumps_kwargs'];
      const options = new Map(isDict(policy) ? (dictEntries(policy) as [string, unknown][]) : []);
      if (indent !== null) options.set('indent', indent);
      const own = policies['json.dumps_function'] ?? null;
      const text =
        own === null ? dumps(value, Object.fromEntries(options)) : str(call(own, [value], options));
      return new Markup(text.replace(/[<>&']/g, (c) => HTML_SAFE[c] ?? c));
    },
  ),
);

/** Source: jinja2.filters.do_tojson @3.1.6 */
export const JSON_FILTERS = { tojson };
