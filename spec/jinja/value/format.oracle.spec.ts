import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Dict } from '../../../lib/jinja/value/dict.js';
import { Float, toFloat } from '../../../lib/jinja/value/number.js';
import { tupleFrom } from '../../../lib/jinja/value/tuple.js';
import { oracle, requirement } from '../../support/requirements.js';
import { expectSame, method, op, type Case } from './python.js';
import { sample } from './sample.js';

const t = (...items: unknown[]): unknown => tupleFrom(items);
const d = (...entries: [unknown, unknown][]): Dict => new Dict(entries);

const NUMBERS = [0, 1, -7, 42, 255, 1234567, 10n ** 20n, -(2n ** 70n), true];
const FLOATS = [
  0.5,
  new Float(0),
  new Float(-0),
  -2.5,
  1e-5,
  new Float(1e16),
  1234567.891,
  NaN,
  Infinity,
  -Infinity,
  0.1,
  2.675,
];

describe.runIf(requirement('jinja2', oracle.python() !== undefined))(
  'formatting as in CPython',
  () => {
    it('applies every conversion of % to every kind of value', () => {
      const values = [
        ...NUMBERS,
        ...FLOATS,
        'a',
        'é',
        '😀',
        '',
        null,
        [1],
        t(),
        t('x'),
        t(1, 2),
        d(['a', 1]),
        new Set([1]),
      ];
      const formats = [...'diuoxXeEfFgGcrsa%yb'].flatMap((type) => [
        `%${type}`,
        `%8${type}|`,
        `%-8${type}|`,
        `%08.2${type}`,
        `%+#${type}`,
      ]);
      expectSame(values.flatMap((value) => formats.map((format) => op('%', format, value))));
    });

    it('applies % to bytes', () => {
      const b = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
      const formats = [
        '%s',
        '%b',
        '%5.1s|',
        '%c',
        '%r',
        '%a',
        '%d',
        '%x',
        '%.2f',
        '%y',
        '%(k)s',
        '%',
        'a',
        '%%',
      ].map(b);
      const values = [
        b('xy'),
        b('x'),
        5,
        300,
        2.5,
        'x',
        null,
        t(b('a'), 1),
        t(),
        [b('a')],
        d([b('k'), b('v')]),
      ];
      expectSame(formats.flatMap((format) => values.map((value) => op('%', format, value))));
    });

    it('reads the rest of the % language', () => {
      const formats = [
        '%',
        '%5',
        '%(a',
        '%(a)',
        '%(a)s',
        '%(a(b))s',
        '%(a)s %(b)s',
        '%(a)s %s',
        '%s %(a)s',
        '%*d',
        '%-*d|',
        '%.*f',
        '%*.*f|',
        '%.f',
        '%.s',
        '%5%',
        '%%',
        '%s%%',
        '%ld',
        '%hd',
        '%Lf',
        '%hhd',
        '%é',
        '%99999999999999999999d',
        '%.99999999999999999999d',
        '% d',
        '% +d',
        '%0-5d|',
        'plain',
        '',
        '%s',
        '%s %s',
      ];
      const values = [
        1,
        t(),
        t(1),
        t(5, 1),
        t(-5, 1),
        t('a', 1),
        t(8, 3, 2.5),
        d(),
        d(['a', 1]),
        d(['a', 1], ['b', 'x'], ['a(b)', 3]),
        [1],
        'x',
        null,
      ];
      expectSame(formats.flatMap((format) => values.map((value) => op('%', format, value))));
    });

    it('reads format specifiers, right and wrong', () => {
      const specs =
        'd b o x X c n e E f F g G % s xx + - # = 05 <05 >5 ^5 =5 *^9 }<5 , _ ,, ,_ _, __ ,x _x _b ,s _c ,n ,% ' +
        '015, -015, 012, 014, 013, #x #010x #b +d +.2f z.1f zd z . .2 .0f .10 .3g #.3g #g .0e #.0e .0% 010.3f ' +
        '020,.2f _.2e 99999999999999999999 .99999999999999999999f .3d +c #c 5c é d5 5d5 <<5 10 é>5 >>5 0 00 0< <0 0>5 =+8 x=+8 X=#12x';
      const list = [...specs.split(' '), ' ', ' d', ' .1f', '> 5', ' d '];
      const values = [...NUMBERS, ...FLOATS, 'abc', '', 'é😀', null, [1], t(1)];
      expectSame(values.flatMap((value) => list.map((spec) => op('format', value, spec))));
    });

    it('formats random numbers with random specifiers', () => {
      const number = fc.oneof(
        fc.double().map(toFloat),
        fc
          .double({ min: -1e6, max: 1e6, noNaN: true })
          .map((value) => toFloat(Math.round(value * 1000) / 1000)),
        fc.integer(),
        fc
          .bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
          .filter((value) => value > 2n ** 53n || value < -(2n ** 53n)),
      );
      const spec = fc
        .tuple(
          fc.constantFrom('', '<', '>', '^', '=', '*<', '0='),
          fc.constantFrom('', '+', '-', ' '),
          fc.constantFrom('', '#'),
          fc.constantFrom('', '0'),
          fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 40 }).map(String)),
          fc.constantFrom('', ',', '_'),
          fc.oneof(
            fc.constant(''),
            fc.integer({ min: 0, max: 25 }).map((n) => `.${n}`),
          ),
          fc.constantFrom('', 'd', 'x', 'b', 'e', 'f', 'g', 'G', '%', 'n'),
        )
        .map((parts) => parts.join(''));
      expectSame(
        sample(fc.tuple(number, spec), 3000).map(([value, text]) => op('format', value, text)),
      );
    });

    it('applies random % conversions to random numbers', () => {
      const number = fc.oneof(
        fc.double().map(toFloat),
        fc.integer(),
        fc.double({ min: -1000, max: 1000, noNaN: true }).map(toFloat),
      );
      const format = fc
        .tuple(
          fc.constantFrom('', '-', '+', ' ', '#', '0', '-#', '+0'),
          fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 30 }).map(String)),
          fc.oneof(
            fc.constant(''),
            fc.integer({ min: 0, max: 20 }).map((n) => `.${n}`),
          ),
          fc.constantFrom('d', 'x', 'o', 'e', 'f', 'g', 'G', 's', 'r'),
        )
        .map((parts) => `%${parts.join('')}`);
      expectSame(
        sample(fc.tuple(number, format), 2000).map(([value, text]) => op('%', text, value)),
      );
    });

    it('fills replacement fields', () => {
      const cases: [string, unknown[], Record<string, unknown>?][] = [
        ['{', []],
        ['}', []],
        ['{0', [1]],
        ['{}', []],
        ['{a}', []],
        ['{a}', [], { a: 1 }],
        ['{}{}', [1, 2]],
        ['{1}{0}', [1, 2]],
        ['{}{0}', [1]],
        ['{0}{}', [1]],
        ['{!x}', [1]],
        ['{!}', [1]],
        ['{!r', [1]],
        ['{!rx}', [1]],
        ['{!r}', ['a']],
        ['{!s:>5}|', ['a']],
        ['{!a}', ['é']],
        ['{.a}', [1]],
        ['{.}', [1]],
        ['{[}', [1]],
        ['{[]}', [[1]]],
        ['{[0]x}', [[1]]],
        ['{[0]}', [[1]]],
        ['{[a]}', [d(['a', 1])]],
        ['{[a][b]}', [d(['a', d(['b', 2])])]],
        ['{[-1]}', [[1]]],
        ['{0[5]}', [[1]]],
        ['{0[a]}', [d()]],
        ['{:{}}', [1, 5]],
        ['{:{:{}}}', [1, 5, 6]],
        ['{:{', [1]],
        ['{:{}', [1, 2]],
        ['{{}}', []],
        ['{{{}}}', [1]],
        ['{a.b}', [], { a: 1 }],
        ['{a[b}', [], { a: 1 }],
        ['{0!r:>10}', ['a']],
        ['{-1}', [1]],
        ['{ 0}', [1]],
        ['{:}', [1]],
        ['{}}', [1]],
        ['{1}', [1]],
        ['{00}', [1]],
        ['{99999999999999999999}', [1]],
        ['{a!s:}', [], { a: 1 }],
        ['{:{a}}', [1]],
        ['{:{a}}', [1], { a: '>4' }],
        ['{:{0}}', [1]],
        ['{0:{}}', [1]],
        ['{0:{1}.{2}f}', [2.5, 8, 1]],
        ['{[}]}', [d(['}', 1])]],
        ['{0.real}', [5]],
        ['{0.imag}{0.real}', [1.5]],
        ['{:d}', ['a']],
        ['{:>{w}}', [1], { w: 'a' }],
        ['{a{b}', [], { a: 1 }],
        ['a{}b{}c', ['x', null]],
        ['{:,}', [1234567]],
        ['{x[0]}-{x[1]}', [], { x: ['p', 'q'] }],
        ['{0}', [t(1, 2)]],
        ['{:5}', [[1]]],
        ['{:😀^5}', ['é']],
        ['{!é}', [1]],
        ['{0.__class__}', ['a']],
        ['{0.upper}', ['a']],
      ];
      expectSame([
        ...cases.map(([format, args, kwargs]): Case => method(format, 'format', args, kwargs)),
        ...['{a}', '{}', '{0}', '{a[0]}', 'x', '{', '{a!r:>4}'].flatMap((format) =>
          [d(['a', 'v']), d(), [1], null].map((mapping) => method(format, 'format_map', [mapping])),
        ),
      ]);
    });
  },
);
