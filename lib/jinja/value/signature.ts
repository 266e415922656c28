import { toFloat } from './number.js';
import { PyTypeError } from './py-error.js';
import { tupleFrom } from './tuple.js';

export type ParameterKind =
  'positional-only' | 'positional' | 'keyword-only' | 'varargs' | 'kwargs';

export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly required: boolean;
  /** The default; undefined when there is none or when it is written `...`. */
  readonly fallback: unknown;
}

export interface Signature {
  readonly params: readonly Parameter[];
  /** How few and how many positional arguments make a call that needs no keywords. */
  readonly fewest: number;
  readonly most: number;
}

const PARAMETER =
  /\s*(?:(\/)|(\*\*|\*)?\s*([A-Za-z_]\w*)?(?:\s*=\s*("[^"]*"|'[^']*'|\(\)|[^,\s]+))?)\s*(?:,|$)/y;

function literal(text: string): unknown {
  switch (text) {
    case 'None':
      return null;
    case 'True':
      return true;
    case 'False':
      return false;
    case '()':
      return tupleFrom([]);
    case '...':
      return undefined;
  }
  const quote = text[0];
  if (quote === '"' || quote === "'") {
    const escapes: Record<string, string> = { n: '\n', t: '\t' };
    return text.slice(1, -1).replace(/\\(.)/g, (_, c: string) => escapes[c] ?? c);
  }
  if (/^-?\d+$/.test(text)) return Number(text);
  if (/^-?[\d.]+(e-?\d+)?$/.test(text)) return toFloat(Number(text));
  throw new Error(`cannot read the default ${text} of a signature`);
}

/** Reads a Python parameter list; see `pyFunction` for what it may contain. */
export function parseSignature(text: string): Signature {
  const params: Parameter[] = [];
  let keywordOnly = false;
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const at = PARAMETER.lastIndex;
    const match = PARAMETER.exec(text);
    if (match === null || match[0] === '') {
      throw new Error(`cannot read the signature "${text}" at ${at}`);
    }
    const [, slash, stars, name = '', fallback] = match;
    if (slash !== undefined) {
      params.forEach((p, i) => (params[i] = { ...p, kind: 'positional-only' }));
    } else if (stars === '**') {
      params.push({ name, kind: 'kwargs', required: false, fallback: undefined });
    } else if (stars === '*') {
      keywordOnly = true;
      if (name) params.push({ name, kind: 'varargs', required: false, fallback: undefined });
    } else {
      params.push({
        name,
        kind: keywordOnly ? 'keyword-only' : 'positional',
        required: fallback === undefined,
        fallback: fallback === undefined ? undefined : literal(fallback),
      });
    }
  }
  const positional = params.filter((p) => p.kind.startsWith('positional'));
  const needsKeyword = params.some((p) => p.kind === 'keyword-only' && p.required);
  const fewest = positional.filter((p) => p.required).length;
  return {
    params,
    fewest: needsKeyword ? Infinity : fewest,
    most: params.some((p) => p.kind === 'varargs') ? Infinity : positional.length,
  };
}

/** Binds a call without keywords; the number of arguments fits. */
export function bindPositional(signature: Signature, args: unknown[]): unknown[] {
  const { params } = signature;
  if (args.length === params.length && signature.most === params.length) return args;
  const values: unknown[] = [];
  let next = 0;
  for (const { kind, fallback } of params) {
    if (kind === 'varargs') values.push(args.slice(next));
    else if (kind === 'kwargs') values.push(new Map());
    else values.push(kind !== 'keyword-only' && next < args.length ? args[next++] : fallback);
  }
  return values;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`: how CPython lists missing parameters. */
function quotedList(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  if (quoted.length < 3) return quoted.join(' and ');
  return `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
}

function tooMany(
  name: string,
  params: readonly Parameter[],
  given: number,
  kwargs: ReadonlyMap<string, unknown> | undefined,
): PyTypeError {
  const positional = params.filter((p) => p.kind.startsWith('positional'));
  const required = positional.filter((p) => p.required).length;
  const takes =
    required === positional.length
      ? `takes ${plural(positional.length, 'positional argument')}`
      : `takes from ${required} to ${plural(positional.length, 'positional argument')}`;
  const keywordOnly = params.filter((p) => p.kind === 'keyword-only' && kwargs?.has(p.name)).length;
  const extra =
    keywordOnly > 0
      ? ` positional argument${given === 1 ? '' : 's'} (and ${plural(keywordOnly, 'keyword-only argument')})`
      : '';
  const verb = given === 1 && keywordOnly === 0 ? 'was' : 'were';
  return new PyTypeError(`${name}() ${takes} but ${given}${extra} ${verb} given`);
}

/**
 * Binds a call as CPython binds one: one value per parameter, in order. Throws PyTypeError with
 * CPython 3.11's messages (Python/ceval.c).
 */
export function bindArguments(
  name: string,
  signature: Signature,
  args: readonly unknown[],
  kwargs: ReadonlyMap<string, unknown> | undefined,
): unknown[] {
  const { params } = signature;
  const values: unknown[] = [];
  const filled: boolean[] = [];
  let next = 0;
  let varargs = false;
  let rest: Map<string, unknown> | undefined;
  params.forEach((param, i) => {
    if (param.kind === 'positional' || param.kind === 'positional-only') {
      if (next < args.length) {
        values[i] = args[next++];
        filled[i] = true;
      }
    } else if (param.kind === 'varargs') {
      varargs = true;
      values[i] = args.slice(next);
    } else if (param.kind === 'kwargs') {
      values[i] = rest = new Map();
    }
  });
  for (const [key, value] of kwargs ?? []) {
    const i = params.findIndex(
      (p) => p.name === key && (p.kind === 'positional' || p.kind === 'keyword-only'),
    );
    if (i >= 0) {
      if (filled[i]) throw new PyTypeError(`${name}() got multiple values for argument '${key}'`);
      values[i] = value;
      filled[i] = true;
    } else if (rest !== undefined) {
      rest.set(key, value);
    } else if (params.some((p) => p.name === key && p.kind === 'positional-only')) {
      throw new PyTypeError(
        `${name}() got some positional-only arguments passed as keyword arguments: '${key}'`,
      );
    } else {
      throw new PyTypeError(`${name}() got an unexpected keyword argument '${key}'`);
    }
  }
  if (next < args.length && !varargs) throw tooMany(name, params, args.length, kwargs);
  for (const kind of ['positional', 'keyword-only'] as const) {
    const missing = params.filter(
      (p, i) => p.required && !filled[i] && (p.kind === kind || p.kind === `${kind}-only`),
    );
    if (missing.length > 0) {
      throw new PyTypeError(
        `${name}() missing ${plural(missing.length, `required ${kind} argument`)}: ` +
          quotedList(missing.map((p) => p.name)),
      );
    }
  }
  params.forEach((param, i) => {
    if (param.kind !== 'varargs' && param.kind !== 'kwargs' && !filled[i]) {
      values[i] = param.fallback;
    }
  });
  return values;
}
