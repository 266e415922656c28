import { describe, it } from 'vitest';
import { Dict } from '../../../lib/jinja/value/dict.js';
import { DictView } from '../../../lib/jinja/value/dict-view.js';
import { Float } from '../../../lib/jinja/value/number.js';
import { Range } from '../../../lib/jinja/value/range.js';
import { FrozenSet } from '../../../lib/jinja/value/set.js';
import { tupleFrom } from '../../../lib/jinja/value/tuple.js';
import { oracle, requirement } from '../../support/requirements.js';
import { expectSame, op } from './python.js';

const VALUES: unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -7,
  3,
  2 ** 53 - 1,
  2n ** 64n,
  -(10n ** 25n),
  new Float(0),
  new Float(-0),
  new Float(2),
  0.1,
  -2.5,
  new Float(1e300),
  5e-324,
  Infinity,
  -Infinity,
  NaN,
  '',
  'a',
  'abc',
  'é😀',
  '%s',
  '%d %s',
  '%(a)s',
  [],
  [1, 2],
  [1, 'a'],
  tupleFrom([]),
  tupleFrom([1, 2]),
  tupleFrom(['a']),
  new Dict(),
  new Dict([['a', 1]]),
  new Dict<unknown, unknown>([
    [1, 2],
    [2, 3],
  ]),
  new Set([1]),
  new FrozenSet([1, 2]),
  new Range(0, 3),
  new Range(5, 0, -2),
  new DictView(new Dict([['a', 1]]), 'keys'),
  new Uint8Array([97, 255]),
];

const pairs = VALUES.flatMap((a) => VALUES.map((b) => [a, b] as const));

describe.runIf(requirement('jinja2', oracle.python() !== undefined))(
  'operators as in CPython',
  () => {
    it.each(['+', '-', '*', '/', '//', '%'])('%s on every pair of kinds of values', (operation) => {
      expectSame(pairs.map(([a, b]) => op(operation, a, b)));
    });

    it('** on every pair of kinds of values, but for huge and complex results', () => {
      const tame = pairs.filter(([a, b]) => {
        const exponent = typeof b === 'bigint' || (typeof b === 'number' && Math.abs(b) > 1000);
        const complex = Number(a) < 0 && !Number.isInteger(Number(b));
        return !exponent && !complex;
      });
      expectSame(tame.map(([a, b]) => op('**', a, b)));
    });

    it.each(['==', '!=', '<', '<=', '>', '>=', 'in'])('%s on every pair', (operation) => {
      expectSame(pairs.map(([a, b]) => op(operation, a, b)));
    });

    it.each([
      'neg',
      'pos',
      'str',
      'repr',
      'ascii',
      'bool',
      'len',
      'list',
      'hash',
      'type',
      'int',
      'float',
      'sorted',
    ])('%s of every value', (operation) => {
      expectSame(VALUES.map((value) => op(operation, value)));
    });

    it('indexes every value by every other', () => {
      expectSame(pairs.map(([a, b]) => op('item', a, b)));
    });

    it('formats every value with common specifiers', () => {
      const specs = [
        '',
        'd',
        '5',
        '.2f',
        '>8',
        '^9',
        '+',
        ',',
        '05',
        'e',
        'g',
        '%',
        'x',
        '#x',
        'c',
        's',
        'z.0f',
      ];
      expectSame(VALUES.flatMap((value) => specs.map((spec) => op('format', value, spec))));
    });
  },
);
