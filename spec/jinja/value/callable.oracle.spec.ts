import { describe, expect, it } from 'vitest';
import {
  call,
  isCallable,
  passContext,
  passOf,
  pyFunction,
} from '../../../lib/jinja/value/callable.js';
import { sortInPlace } from '../../../lib/jinja/value/compare.js';
import { repr } from '../../../lib/jinja/value/repr.js';
import { parseSignature } from '../../../lib/jinja/value/signature.js';
import { tupleFrom } from '../../../lib/jinja/value/tuple.js';
import { oracle, requirement } from '../../support/requirements.js';
import { python } from './python.js';

const SIGNATURES = [
  '',
  'a',
  'a, b',
  'a, b, c, d',
  'a, b=1',
  'a=1, b="x"',
  "a, b='it', c=None, d=True",
  'a, *args',
  'a, **kwargs',
  '*args, **kwargs',
  'a, *, k',
  'a, *, k, m',
  'a, *, k=1',
  'a=0, *args, k, m=2',
  'a, /, b',
  'a, b=2, /, c=3, *, d=4, **rest',
  'a, /, **kwargs',
  'f=-1, g=1.5, h=()',
];

const CALLS: [unknown[], Record<string, unknown>][] = [
  [[], {}],
  [[1], {}],
  [[1, 2], {}],
  [[1, 2, 3], {}],
  [[1, 2, 3, 4, 5], {}],
  [[], { a: 1 }],
  [[1], { a: 2 }],
  [[1], { b: 2 }],
  [[1], { k: 2 }],
  [[1, 2], { k: 2, m: 3 }],
  [[1], { x: 1 }],
  [[], { x: 1, y: 2 }],
  [[], { a: 1, b: 2, c: 3, d: 4 }],
  [[1, 2, 3], { k: 1, d: 5 }],
];

/** What a function of the signature receives, the way Python's `locals()` shows it. */
function bound(signature: string, args: unknown[], kwargs: Record<string, unknown>): string {
  const { params } = parseSignature(signature);
  const fn = pyFunction('f', signature, (...values: never[]) => {
    const shown = values.map((value: unknown, i) => {
      if (params[i]?.kind === 'varargs') return tupleFrom(value as unknown[]);
      if (params[i]?.kind !== 'kwargs') return value;
      return sortInPlace([...(value as Map<string, unknown>)].map(tupleFrom), (pair) => pair[0]);
    });
    // Python lists keyword-only parameters before *args and **kwargs.
    const last = (i: number): number => ['varargs', 'kwargs'].indexOf(params[i]?.kind ?? '');
    return shown
      .map((value, i) => ({ value, order: last(i) }))
      .sort((x, y) => x.order - y.order)
      .map(({ value }) => value);
  });
  try {
    return `ok: ${repr(call(fn, args, new Map(Object.entries(kwargs))))}`;
  } catch (error) {
    return `error: ${String(error)}`;
  }
}

describe.runIf(requirement('jinja2', oracle.python() !== undefined))('calls as in CPython', () => {
  it.each(SIGNATURES)('binds arguments to f(%s)', (signature) => {
    const answers = python(
      CALLS.map(([args, kwargs]) => ({
        operation: 'bind',
        names: [signature],
        values: () => args,
        kwargs,
      })),
    );
    CALLS.forEach(([args, kwargs], i) => {
      const [kind, ...text] = answers[i]!;
      expect(bound(signature, args, kwargs)).toBe(`${kind}: ${text.join(': ')}`);
    });
  });
});

describe('calls of JavaScript functions', () => {
  it('passes keywords in a last argument, as nunjucks does', () => {
    const seen = call((...args: unknown[]) => args, [1], new Map([['k', 2]]));
    expect(seen).toEqual([1, { k: 2, __keywords: true }]);
  });

  it('returns None for undefined', () => {
    expect(call(() => undefined, [])).toBeNull();
  });

  it('makes an instance of a class', () => {
    class Point {
      constructor(readonly x: number) {}
    }
    expect(call(Point, [3])).toEqual(new Point(3));
  });

  it('refuses what is no function', () => {
    expect(() => call(5, [])).toThrow("'int' object is not callable");
    expect(isCallable(5)).toBe(false);
  });

  it('keeps the mark of a function that wants the context', () => {
    const fn = passContext(() => 1);
    expect(passOf(fn)).toBe('context');
    expect(passOf(() => 1)).toBeUndefined();
  });

  it('calls a function with a signature from JavaScript by position', () => {
    const fn = pyFunction('f', 'a, b="x"', (a: string, b?: string) => `${a}${b}`);
    expect(fn('1', '2')).toBe('12');
    expect(fn('1')).toBe('1x');
  });
});
