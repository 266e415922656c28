import { type Environment } from '../../../lib/jinja/environment.js';
import {
  type Context,
  Dict,
  type EvalContext,
  Float,
  Markup,
  Undefined,
  passContext,
  passEnvironment,
  passEvalContext,
  pyFunction,
} from '../../../lib/jinja/index.js';
import * as pythonErrors from '../../../lib/jinja/value/py-error.js';
import { HTML } from '../../../lib/jinja/html.js';
import { dictSet } from '../../../lib/jinja/value/dict.js';
import { Generator } from '../../../lib/jinja/value/generator.js';
import { getItem } from '../../../lib/jinja/value/attribute.js';
import { length as lengthOf } from '../../../lib/jinja/value/iterate.js';
import { add, mul, sub } from '../../../lib/jinja/value/ops.js';
import { gt } from '../../../lib/jinja/value/compare.js';
import { ITEM, ITER, LEN, REPR, STR, TRUTH } from '../../../lib/jinja/value/protocol.js';
import { Range } from '../../../lib/jinja/value/range.js';
import { repr } from '../../../lib/jinja/value/repr.js';
import { frozenSetFrom, setFrom } from '../../../lib/jinja/value/set.js';
import { str } from '../../../lib/jinja/value/str.js';
import { tupleFrom } from '../../../lib/jinja/value/tuple.js';

/** The twins of spec/oracle/host_library.py, as a JavaScript host writes them. */

// -- functions

const echo = pyFunction(
  'echo',
  '*args, **kwargs',
  (args: unknown[], kwargs: Map<string, unknown>) =>
    `args=${repr(tupleFrom(args))} kwargs=${repr(new Dict(kwargs))}`,
);

const fail = pyFunction('fail', 'kind, message="failed"', (kind: string, message: string) => {
  const known = Object.values(pythonErrors).find(
    (known) => new known('').name === kind && known !== pythonErrors.PyError,
  );
  const error = known === undefined ? new pythonErrors.PyError(message) : new known(message);
  if (known === undefined) error.name = kind;
  if (kind === 'KeyError') error.message = repr(message);
  throw error;
});

function* downFrom(start: unknown): Iterable<unknown> {
  for (let left = start; gt(left, 0); left = sub(left, 1)) yield left;
}

const makeCounter = (): (() => number) => {
  let count = 0;
  return () => ++count;
};

const contextValue = (context: Context, name: string): unknown => {
  const value = context.resolve(name);
  return value instanceof Undefined ? 'nowhere' : value;
};

const FUNCTIONS: Readonly<Record<string, unknown>> = {
  echo,
  add: pyFunction('add', 'a, b=10', (a: unknown, b: unknown) => add(a, b)),
  identity: pyFunction('identity', 'value', (value: unknown) => value),
  nothing: () => undefined,
  fail,
  countdown: (start: unknown) => new Generator(downFrom(start), 'countdown'),
  lookup: passContext(contextValue),
  block_start: passEnvironment((environment: Environment) => environment.blockStartString),
  escaping: passEvalContext((evalContext: EvalContext) => evalContext.autoescape),
};

const FILTERS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  shout: pyFunction(
    'shout',
    'value, mark="!", times=1',
    (value: unknown, mark: unknown, times: unknown) => `${str(value)}${str(mul(mark, times))}`,
  ),
  with_context: passContext(
    (context: Context, value: unknown, name: string) =>
      `${str(value)}:${str(context.resolve(name))}`,
  ),
  with_environment: passEnvironment(
    (environment: Environment, value: unknown) =>
      `${str(value)}:${environment.variableStartString}`,
  ),
  with_eval_context: passEvalContext(
    (evalContext: EvalContext, value: unknown) => `${str(value)}:${str(evalContext.autoescape)}`,
  ),
};

const TESTS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  longer: (value: unknown, limit: unknown = 3) => gt(lengthOf(value), limit),
  known: passContext(
    (context: Context, value: string) => !(context.resolve(value) instanceof Undefined),
  ),
};

export const FINALIZERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  none_to_empty: (value) => (value === null ? '' : value),
  bracket: (value) => `[${str(value)}]`,
};

/** Adds the library to an environment as its user would. */
export function addLibrary(environment: Environment): void {
  Object.assign(environment.filters, FILTERS);
  Object.assign(environment.tests, TESTS);
  Object.assign(environment.globals, FUNCTIONS, { answer: 42 });
}

// -- values

interface ObjectSpec {
  readonly class?: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly methods?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  readonly str?: string;
  readonly repr?: string;
  readonly html?: string;
  readonly length?: number;
  readonly iter?: readonly unknown[];
  readonly truth?: boolean;
}

/** An instance of a class made for it, with the hooks of those special methods that it has. */
function makeObject(spec: ObjectSpec): object {
  const name = spec.class ?? 'Thing';
  const Made = { [name]: function () {} }[name] as unknown as new () => object;
  const define = (key: string | symbol, value: unknown): void => {
    Object.defineProperty(Made.prototype, key, { value, configurable: true, writable: true });
  };
  for (const [method, result] of Object.entries(spec.methods ?? {})) {
    const decoded = decode(result);
    define(method, () => decoded);
  }
  if (spec.items !== undefined) {
    const items = decode(spec.items);
    define(ITEM, (key: unknown) => getItem(items, key));
  }
  const { str: text, repr: shown, html, length, iter, truth } = spec;
  if (text !== undefined) define(STR, () => text);
  if (shown !== undefined) define(REPR, () => shown);
  if (html !== undefined) define(HTML, () => html);
  if (length !== undefined) define(LEN, () => length);
  if (iter !== undefined) {
    const content = iter.map(decode);
    define(ITER, () => content[Symbol.iterator]());
  }
  if (truth !== undefined) define(TRUTH, () => truth);
  const made = new Made();
  for (const [key, value] of Object.entries(spec.attrs ?? {})) {
    Object.defineProperty(made, key, { value: decode(value), enumerable: true, writable: true });
  }
  return made;
}

const FLOATS: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: NaN };

const decodeFloat = (text: string): unknown => {
  const value = FLOATS[text] ?? Number(text);
  return Number.isInteger(value) ? new Float(value) : value;
};

const decodeInt = (text: string): unknown => {
  const value = BigInt(text);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
};

const decodeDict = (pairs: readonly (readonly [unknown, unknown])[]): Dict => {
  const dict = new Dict();
  for (const [key, value] of pairs) dictSet(dict, decode(key), decode(value));
  return dict;
};

const TAGS: Readonly<Record<string, (content: never) => unknown>> = {
  $tuple: (items: readonly unknown[]) => tupleFrom(items.map(decode)),
  $set: (items: readonly unknown[]) => setFrom(items.map(decode)),
  $frozenset: (items: readonly unknown[]) => frozenSetFrom(items.map(decode)),
  $dict: decodeDict,
  $float: decodeFloat,
  $int: decodeInt,
  $bytes: (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0)),
  $markup: (text: string) => new Markup(text),
  $range: ([start, stop, step]: readonly [number, number, number?]) => new Range(start, stop, step),
  $generator: (items: readonly unknown[]) =>
    new Generator(items.map(decode), '<lambda>.<locals>.<genexpr>'),
  $object: makeObject,
  $function: (name: string) => (name === 'counter' ? makeCounter() : FUNCTIONS[name]),
  $undefined: (name: string) => new Undefined(undefined, undefined, name),
};

/** The value that the tagged JSON of a case stands for; see host_library.py. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    const [first] = entries;
    const tag = entries.length === 1 && first !== undefined ? TAGS[first[0]] : undefined;
    if (tag !== undefined) return tag(first![1] as never);
    return Object.fromEntries(entries.map(([key, item]) => [key, decode(item)]));
  }
  return value;
}
