import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { getAttribute, getItem } from '../../../lib/jinja/value/attribute.js';
import { call } from '../../../lib/jinja/value/callable.js';
import {
  contains,
  eq,
  ge,
  gt,
  keyOf,
  le,
  lt,
  ne,
  sortInPlace,
} from '../../../lib/jinja/value/compare.js';
import { DictView } from '../../../lib/jinja/value/dict-view.js';
import { dictEntries, isDict } from '../../../lib/jinja/value/dict.js';
import { formatValue } from '../../../lib/jinja/value/format.js';
import { length, toList } from '../../../lib/jinja/value/iterate.js';
import { Float, toFloat } from '../../../lib/jinja/value/number.js';
import { add, div, floordiv, mod, mul, neg, pos, pow, sub } from '../../../lib/jinja/value/ops.js';
import { toInt, toNumber } from '../../../lib/jinja/value/parse-number.js';
import { MISSING } from '../../../lib/jinja/value/protocol.js';
import { PyAttributeError } from '../../../lib/jinja/value/py-error.js';
import { Range } from '../../../lib/jinja/value/range.js';
import { ascii, repr } from '../../../lib/jinja/value/repr.js';
import { FrozenSet } from '../../../lib/jinja/value/set.js';
import { Slice } from '../../../lib/jinja/value/slice.js';
import { str } from '../../../lib/jinja/value/str.js';
import { truth } from '../../../lib/jinja/value/truth.js';
import { Tuple, tupleFrom } from '../../../lib/jinja/value/tuple.js';
import { typeName } from '../../../lib/jinja/value/type-name.js';
import { builtinType } from '../../../lib/jinja/value/types.js';
import { oracle, ROOT } from '../../support/requirements.js';

/** One operation, as both sides evaluate it. `values` are made anew for each side. */
export interface Case {
  readonly operation: string;
  readonly values: () => unknown[];
  readonly kwargs?: Record<string, unknown>;
  readonly names?: readonly string[];
}

/** `['ok', repr]` or `['error', class, message]`. */
export type Answer = readonly string[];

type Encoded = readonly unknown[];

function encodeNumber(value: number | bigint): Encoded {
  if (typeof value === 'number' && !Number.isInteger(value)) return ['float', str(value)];
  const big = BigInt(value);
  return ['int', `${big < 0n ? '-' : ''}0x${(big < 0n ? -big : big).toString(16)}`];
}

function encode(value: unknown): Encoded {
  if (value === null) return ['none'];
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'number' || typeof value === 'bigint') return encodeNumber(value);
  if (typeof value === 'string') return ['str', value];
  if (value instanceof Float) return ['float', str(value)];
  if (value instanceof Tuple) return ['tuple', value.map(encode)];
  if (Array.isArray(value)) return ['list', value.map(encode)];
  if (isDict(value)) return ['dict', dictEntries(value).map((pair) => pair.map(encode))];
  if (value instanceof FrozenSet) return ['frozenset', [...value].map(encode)];
  if (value instanceof Set) return ['set', [...value].map(encode)];
  if (value instanceof Range) {
    return ['range', ...[value.start, value.stop, value.step].map(encodeNumber)];
  }
  if (value instanceof Slice)
    return ['slice', ...[value.start, value.stop, value.step].map(encode)];
  if (value instanceof Uint8Array) return ['bytes', [...value]];
  if (value instanceof DictView) return ['view', value.kind, encode(value.dict)];
  throw new Error(`no encoding for ${repr(value)}`);
}

const OPERATIONS: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  '+': add,
  '-': sub,
  '*': mul,
  '/': div,
  '//': floordiv,
  '%': mod,
  '**': pow,
  '==': eq,
  '!=': ne,
  '<': lt,
  '<=': le,
  '>': gt,
  '>=': ge,
  in: contains,
  neg,
  pos,
  str,
  repr,
  ascii,
  bool: truth,
  len: length,
  list: toList,
  item: getItem,
  int: (value, base) => toInt(value, base),
  float: (value) => toFloat(toNumber(value)),
  format: (value, spec) => formatValue(value, str(spec ?? '')),
  round: (value, digits) =>
    call(attribute(value, '__round__'), digits === undefined ? [] : [digits]),
  sorted: (items) => sortInPlace(toList(items), (item) => item),
  hash: (value) => (keyOf(value), false),
  type: typeName,
};

function attribute(value: unknown, name: string): unknown {
  const found = getAttribute(value, name);
  if (found !== MISSING) return found;
  throw new PyAttributeError(`'${typeName(value)}' object has no attribute '${name}'`);
}

function evaluate({ operation, values, kwargs, names = [] }: Case): unknown {
  const operands = values();
  const named = kwargs && new Map(Object.entries(kwargs));
  const [name = ''] = names;
  const [self, ...args] = operands;
  switch (operation) {
    case 'method':
      return call(attribute(self, name), args, named);
    case 'mutate':
      return Tuple.of(call(attribute(self, name), args, named), self);
    case 'attribute':
      return attribute(self, name);
    case 'new':
      return call(builtinType(name), operands, named);
    default:
      return OPERATIONS[operation]!(...operands);
  }
}

/** The order of a set is Python's own business, so members are sorted. */
function show(result: unknown): string {
  if (result instanceof Set) {
    return `${typeName(result)}: ${[...result].map(repr).sort().join(', ')}`;
  }
  if (result instanceof Tuple && result.some((item) => item instanceof Set)) {
    return result.map(show).join('; ');
  }
  return repr(result);
}

/** What our functions answer. */
export function ours(item: Case): Answer {
  try {
    return ['ok', show(evaluate(item))];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return ['error', error.name, error.message];
  }
}

/** What CPython answers, for all cases at once. */
export function python(cases: readonly Case[]): Answer[] {
  const input = cases.map(({ operation, values, kwargs = {}, names = [] }) => [
    operation,
    values().map(encode),
    Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, encode(value)])),
    names,
  ]);
  const run = spawnSync(oracle.python()!, [join(ROOT, 'spec/oracle/value_oracle.py')], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Answer[];
}

/** A case as a reader would write it. */
export function describeCase({ operation, values, kwargs, names = [] }: Case): string {
  const named = Object.entries(kwargs ?? {}).map(([key, value]) => `${key}=${repr(value)}`);
  return `${[operation, ...names].join(' ')}(${[...values().map(repr), ...named].join(', ')})`;
}

const ADDRESS = /0x[0-9a-f]{6,}/g;

/** Two floats that are neighbours. */
function isLastDigit(want: Answer, got: Answer): boolean {
  if (want[0] !== 'ok' || got[0] !== 'ok') return false;
  const [a, b] = [Number(want[1]), Number(got[1])];
  return Math.abs(a - b) <= Math.abs(a) * Number.EPSILON;
}

/**
 * Fails with every case whose answers differ, shortest first. `lastDigits`: so many results may be
 * off by one in the last digit, where the C library of the oracle does not round correctly.
 */
export function expectSame(cases: readonly Case[], lastDigits = 0): void {
  let spare = lastDigits;
  const answers = python(cases);
  const differences = cases.flatMap((item, i) => {
    const want = answers[i]!.map((part) => part.replace(ADDRESS, '0x'));
    const got = ours(item).map((part) => part.replace(ADDRESS, '0x'));
    if (want.join('\n') === got.join('\n')) return [];
    if (spare > 0 && isLastDigit(want, got)) {
      spare--;
      return [];
    }
    return [`${describeCase(item)}\n  python ${want.join(': ')}\n  ours   ${got.join(': ')}`];
  });
  differences.sort((a, b) => a.length - b.length);
  const shown = differences.slice(0, 60).join('\n');
  expect(`${differences.length} differences\n${shown}`).toBe('0 differences\n');
}

/** `operation(values...)`. */
export function op(operation: string, ...values: unknown[]): Case {
  return { operation, values: () => structured(values) };
}

/** `self.name(*args, **kwargs)`. */
export function method(
  self: unknown,
  name: string,
  args: readonly unknown[] = [],
  kwargs: Record<string, unknown> = {},
): Case {
  return { operation: 'method', names: [name], kwargs, values: () => structured([self, ...args]) };
}

/** As `method`, and the receiver afterwards. */
export function mutate(
  self: unknown,
  name: string,
  args: readonly unknown[] = [],
  kwargs: Record<string, unknown> = {},
): Case {
  return { ...method(self, name, args, kwargs), operation: 'mutate' };
}

/** Fresh copies of lists and dicts, so that a case can be evaluated more than once. */
function structured(values: unknown[]): unknown[] {
  return values.map((value) => {
    if (Array.isArray(value)) {
      return value instanceof Tuple ? tupleFrom(structured(value)) : structured(value);
    }
    if (value instanceof FrozenSet) return value;
    if (value instanceof Set) return new Set(value);
    if (isDict(value)) {
      const Type = value instanceof Map ? (value.constructor as MapConstructor) : Map;
      return new Type(dictEntries(value) as [unknown, unknown][]);
    }
    return value;
  });
}
