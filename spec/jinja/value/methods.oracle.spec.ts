import { describe, it } from 'vitest';
import { Dict } from '../../../lib/jinja/value/dict.js';
import { DictView } from '../../../lib/jinja/value/dict-view.js';
import { Float } from '../../../lib/jinja/value/number.js';
import { Range } from '../../../lib/jinja/value/range.js';
import { FrozenSet } from '../../../lib/jinja/value/set.js';
import { Slice } from '../../../lib/jinja/value/slice.js';
import { tupleFrom } from '../../../lib/jinja/value/tuple.js';
import { oracle, requirement } from '../../support/requirements.js';
import { expectSame, method, mutate, op, type Case } from './python.js';

const t = (...items: unknown[]): unknown => tupleFrom(items);
const d = (...entries: [unknown, unknown][]): Dict => new Dict(entries);

/** Every method is called on every receiver with every list of arguments. */
function grid(receivers: unknown[], calls: Record<string, unknown[][]>, how = method): Case[] {
  return Object.entries(calls).flatMap(([name, argumentLists]) =>
    receivers.flatMap((self) => argumentLists.map((args) => how(self, name, args))),
  );
}

const TEXTS = [
  '',
  'abc',
  'Hello, World',
  '  two  words ',
  'a,b,,c',
  'ǆungla ŉ ﬁn ßtraße',
  'ΑΣΣ Σ ΟΔΟΣ',
  'İstanbul ıI',
  'ა კარგი',
  'ᾳ ᾼ ᾈ',
  'x\ty\tz',
  'one\ntwo\r\nthree\rfour\u2028five\x1csix\x85\n',
  '123',
  '١٢٣',
  '²½',
  '一二三',
  'aé😀b😀',
  '+42',
  '-7',
  "it's",
  'They Were Here',
  '_id1',
  '\u00a0\x1f x \u3000',
  'aXbXc',
  'ABC def',
  'ꭰᏸ',
];

const NOTHING = [[], [1], ['a', 'b']];
const ONE_TEXT = [[''], ['a'], [','], ['b'], ['abc'], [' '], ['😀'], [null], [1], [], ['a', 'b']];
const RANGED = [
  ...ONE_TEXT,
  ['a', 1],
  ['a', -3],
  ['b', 0, 2],
  ['', 2],
  ['', 99],
  ['a', null, -1],
  ['😀', 2, 99],
  ['a', 'x'],
  ['a', 1, 2, 3],
  ['a', 10n ** 30n],
];
const PADDED = [
  [8],
  [9, '*'],
  [-1],
  [0],
  ['a'],
  [5, ''],
  [5, 'ab'],
  [5, 1],
  [],
  [true],
  [6, '😀'],
  [1.5],
];
const SPLITS = [
  [],
  [null],
  [','],
  [' '],
  ['b'],
  [''],
  [null, 1],
  [',', 1],
  [',', 0],
  ['X', 2],
  [null, 0],
  [1],
  [',', null],
  [',', 1, 2],
  ['😀'],
];

describe.runIf(requirement('jinja2', oracle.python() !== undefined))(
  'methods as in CPython',
  () => {
    it('changes and tests the case and class of str', () => {
      const names =
        'capitalize casefold lower upper title swapcase isalnum isalpha isascii isdecimal isdigit isidentifier ' +
        'islower isnumeric isprintable isspace istitle isupper';
      expectSame(grid(TEXTS, Object.fromEntries(names.split(' ').map((name) => [name, NOTHING]))));
    });

    it('searches str', () => {
      const affixes = [
        ...RANGED,
        [t('a', 'x')],
        [t()],
        [t('a', 1)],
        [t(1)],
        [['a']],
        [t('Wor', 'A'), 7],
      ];
      expectSame(
        grid(TEXTS, {
          find: RANGED,
          rfind: RANGED,
          index: RANGED,
          rindex: RANGED,
          count: RANGED,
          startswith: affixes,
          endswith: affixes,
        }),
      );
    });

    it('splits, joins and strips str', () => {
      const strips = [[], [null], ['a'], ['abc '], [''], ['😀'], [1], ['a', 'b']];
      expectSame(
        grid(TEXTS, {
          split: SPLITS,
          rsplit: SPLITS,
          splitlines: [[], [true], [false], [1], ['x'], [1.5], [true, true]],
          partition: ONE_TEXT,
          rpartition: ONE_TEXT,
          strip: strips,
          lstrip: strips,
          rstrip: strips,
          join: [
            [['a', 'b']],
            ['xyz'],
            [[]],
            [['a']],
            [['a', 1]],
            [[null]],
            [1],
            [],
            [d(['k', 1])],
            [t('a', 'é')],
          ],
          removeprefix: ONE_TEXT,
          removesuffix: ONE_TEXT,
        }),
      );
    });

    it('pads and replaces in str', () => {
      expectSame(
        grid(TEXTS, {
          center: PADDED,
          ljust: PADDED,
          rjust: PADDED,
          zfill: [[5], [0], [-3], ['a'], [], [20]],
          expandtabs: [[], [4], [0], [-1], ['x'], [2, 3]],
          replace: [
            ['a', 'b'],
            ['', '-'],
            ['', '-', 2],
            ['a', '$&', 1],
            ['b', '', -1],
            ['X', 'yy', 0],
            ['😀', '$1'],
            ['a'],
            [1, 'a'],
            ['a', 1],
            ['a', 'b', 'c'],
            ['a', 'b', null],
          ],
          translate: [
            [d([97, 'x'], [98, null], [99, 100])],
            [d()],
            [[]],
            [1],
            [d([97, 1.5])],
            [d([97, -1])],
            ['abc'],
            [],
          ],
          maketrans: [
            ['ab', 'cd'],
            ['ab', 'c'],
            ['ab', 'cd', 'e'],
            [d(['a', 1], [5, 'x'])],
            [d(['ab', 1])],
            [d([1.5, 1])],
            [1],
            [1, 'a'],
            ['a', 1],
            ['a', 'b', 1],
          ],
        }),
      );
    });

    it('binds keywords of str methods', () => {
      expectSame([
        method('a b c', 'split', [], { maxsplit: 1 }),
        method('a,b,c', 'split', [], { sep: ',', maxsplit: 1 }),
        method('a,b,c', 'rsplit', [','], { maxsplit: 1 }),
        method('a', 'split', [], { foo: 1 }),
        method('a', 'split', ['a'], { sep: 'b' }),
        method('a', 'split', ['a', 1], { maxsplit: 1 }),
        method('a\nb', 'splitlines', [], { keepends: true }),
        method('a\nb', 'splitlines', [], { keepend: true }),
        method('a\tb', 'expandtabs', [], { tabsize: 3 }),
        method('é', 'encode', [], { errors: 'replace', encoding: 'ascii' }),
        method('é', 'encode', [], { encoding: 1 }),
        method('a', 'upper', [], { x: 1 }),
        method('a', 'replace', ['a', 'b'], { count: 1 }),
        method('a', 'find', ['a'], { start: 1 }),
        method('a', 'join', [], { iterable: [] }),
        method('a', 'center', [], { width: 1 }),
        method([1], 'append', [], { x: 1 }),
        method([1], 'sort', [], { foo: 1 }),
        method([1], 'sort', [], { key: null, reverse: true, foo: 1 }),
        method([1], 'sort', [1]),
        method(d(), 'get', ['a'], { default: 1 }),
        method(5, 'to_bytes', [2], { byteorder: 'little' }),
        method(5, 'to_bytes', [2], { signed: true }),
        method(5, 'to_bytes', [1, 'big', true]),
        method(5, 'bit_length', [1]),
      ]);
    });

    it('encodes str and decodes bytes', () => {
      const texts = ['abc', 'é', 'a€é', '😀x', '\ud800', 'é€'];
      const errors = [
        'strict',
        'ignore',
        'replace',
        'backslashreplace',
        'xmlcharrefreplace',
        'foo',
      ];
      const codecs = [
        'utf-8',
        'ascii',
        'latin-1',
        'UTF8',
        'iso-8859-1',
        'utf-16',
        'utf-16-le',
        'utf-32',
        'nope',
      ];
      const wellFormed = texts.flatMap((text) =>
        codecs.flatMap((codec) => errors.map((error) => method(text, 'encode', [codec, error]))),
      );
      // Python replaces lone surrogates by code units of the target codec.
      const wide = wellFormed.filter(
        ({ values }) => !(values()[0] === '\ud800' && /^utf-(16|32)/.test(String(values()[1]))),
      );
      const bytes = [
        [97],
        [255],
        [97, 195],
        [195, 40, 98],
        [226, 130, 40],
        [240, 159, 152, 128],
        [237, 160, 128],
        [240, 159],
      ];
      expectSame([
        ...wide,
        ...bytes.flatMap((raw) =>
          ['utf-8', 'ascii', 'latin-1', 'nope'].flatMap((codec) =>
            ['strict', 'ignore', 'replace', 'backslashreplace', 'foo'].map((error) =>
              method(new Uint8Array(raw), 'decode', [codec, error]),
            ),
          ),
        ),
        method(new Uint8Array([65, 98]), 'hex'),
        method(new Uint8Array([65, 98]), 'upper'),
        method(new Uint8Array([65, 98]), 'split', [new Uint8Array([98])]),
        method(new Uint8Array([65, 98]), 'startswith', [new Uint8Array([65])]),
        op('item', new Uint8Array([65, 98]), new Slice(0, 1)),
      ]);
    });

    it('knows the methods of bytes', () => {
      const b = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
      const receivers = [
        '',
        'Ab c\xff',
        '  x\t',
        'a,b,,c',
        '\x1cA b\xa0',
        'one\ntwo\r\nx\x0by\r',
        '+12',
        'They Were',
        'é',
      ].map(b);
      const parts = [[b('b')], [b('')], ['b'], [98], [300], [null], [b(','), 1], [b('b'), 'x'], []];
      const pads = [[8], [9, b('*')], [5, '*'], [5, b('ab')], ['a'], []];
      const strips = [[], [b(' A')], ['a'], [null]];
      const splits = [[], [b(',')], [b(','), 1], ['a'], [null, 1], [b('')]];
      const changes = [
        [b('b'), b('xx')],
        [b(''), b('-')],
        [b(','), b(''), 1],
        ['a', b('b')],
        [b('a'), 1],
      ];
      expectSame(
        grid(receivers, {
          ...Object.fromEntries(
            'capitalize lower upper swapcase title isalnum isalpha isascii isdigit islower isspace istitle isupper'
              .split(' ')
              .map((name) => [name, NOTHING]),
          ),
          ...Object.fromEntries(
            'find rfind index rindex count startswith endswith removeprefix removesuffix partition rpartition'
              .split(' ')
              .map((name) => [name, parts]),
          ),
          center: pads,
          ljust: pads,
          rjust: pads,
          strip: strips,
          lstrip: strips,
          rstrip: strips,
          split: splits,
          rsplit: splits,
          splitlines: [[], [true], ['x']],
          replace: changes,
          join: [[[b('x'), b('y')]], [['x']], [1], [[]]],
          hex: [[], [':'], [b('-')], [':', 2], [':', -2], ['::'], [1]],
          fromhex: [['4142 43'], ['4g'], ['4'], [1]],
          zfill: [[8], ['a'], []],
          expandtabs: [[], [4]],
          maketrans: [
            [b('ab'), b('cd')],
            [b('a'), b('cd')],
            ['a', b('b')],
          ],
          translate: [[null, b('A')], [b('a')], ['a'], [new Uint8Array(256), b('b')], []],
        }),
      );
    });

    it('changes lists in place', () => {
      const lists = [
        [],
        [1],
        [3, 1, 2],
        ['b', 'a', 'C'],
        [1, 'a'],
        [[2], [1]],
        [1, true, new Float(1), 2],
      ];
      const values = [[0], [1], ['a'], [[1]], [], [1, 2], [null], [true]];
      expectSame(
        grid(
          lists,
          {
            append: values,
            extend: [...values, ['ab'], [d(['k', 1])], [t(1, 2)], [new Range(0, 3)]],
            insert: [[0, 'x'], [1, 'x'], [-1, 'x'], [99, 'x'], [-99, 'x'], ['a', 1], [1], [1.5, 1]],
            pop: [[], [0], [-1], [1], [9], [-9], ['a'], [1, 2], [null]],
            remove: values,
            reverse: NOTHING,
            sort: NOTHING,
            clear: NOTHING,
            copy: NOTHING,
            count: values,
            index: [...values, [1, 1], [1, -1], [2, 0, 1], ['a', 1, 99], [1, 'x'], [1, 2, 3, 4]],
          },
          mutate,
        ),
      );
      expectSame([
        mutate([3, 1, 2], 'sort', [], { reverse: true }),
        mutate([3, 1, 2], 'sort', [], { key: null }),
        mutate([3, 1, 2], 'sort', [], { key: 1 }),
        mutate([1, 'a', 2], 'sort', [], { reverse: true }),
        mutate([t(1, 'b'), t(1, 'a')], 'sort'),
        mutate([1, null], 'sort'),
      ]);
    });

    it('reads and changes dicts', () => {
      const dicts = [
        d(),
        d(['a', 1]),
        d(['a', 1], ['b', null]),
        d([1, 'x'], [t(1, 2), 'y']),
        d([true, 1], [null, 2]),
      ];
      const keys = [
        ['a'],
        [1],
        [new Float(1)],
        [true],
        [t(1, 2)],
        [[]],
        [null],
        [],
        ['a', 5],
        ['z', 5],
        [1, 2, 3],
      ];
      expectSame(
        grid(
          dicts,
          {
            get: keys,
            pop: keys,
            setdefault: keys,
            popitem: NOTHING,
            clear: NOTHING,
            copy: NOTHING,
            keys: NOTHING,
            values: NOTHING,
            items: NOTHING,
            update: [
              [],
              [d(['c', 3])],
              [[t('k', 'v')]],
              [['ab']],
              [['abc']],
              [[1]],
              [1],
              [d(), d()],
              [[[1, 2]]],
              [[[[], 1]]],
            ],
            fromkeys: [['ab'], [['a', 'b'], 1], [1], [], [new Range(0, 2), 'x'], [[[]]]],
          },
          mutate,
        ),
      );
      expectSame([
        mutate(d(['a', 1]), 'update', [], { a: 2, b: 3 }),
        mutate(d(['a', 1]), 'update', [d(['a', 5])], { a: 2 }),
        ...['keys', 'values', 'items'].flatMap((kind) => {
          const view = new DictView(d(['a', 1], ['b', 2]), kind as 'keys');
          return [
            op('list', view),
            op('len', view),
            op('in', view, 'a'),
            op('in', view, t('a', 1)),
            op('in', view, 1),
          ];
        }),
        method(new DictView(d(['a', 1]), 'keys'), 'isdisjoint', [['a']]),
        method(new DictView(d(['a', 1]), 'items'), 'isdisjoint', [['a']]),
      ]);
    });

    it('finds in tuples and ranges', () => {
      const args = [[1], ['a'], [2, 1], [2, -1], [9], [], [1, 0, 0], [new Float(1)], [true]];
      expectSame([
        ...grid([t(), t(1, 2, 1), t('a', 2)], { count: args, index: args }),
        ...grid([new Range(0, 3), new Range(10, 0, -3)], {
          count: [[1], [7], ['a'], [new Float(1)], [99]],
          index: [[1], [7], ['a'], [99]],
        }),
        op('item', new Range(10n ** 20n, 10n ** 21n), 5),
        op('item', new Range(0, 10n ** 20n), 10n ** 19n),
        op('item', new Range(0, 10n ** 20n), -1),
        op('item', new Range(0, 10n ** 20n, 10n ** 19n), new Slice(2, null, -1)),
        op('len', new Range(0, 10n ** 20n)),
        op('list', new Range(10n ** 20n, 10n ** 20n + 5n, 2)),
        op('in', new Range(0, 10n ** 20n, 5), 10n ** 19n),
        op('in', new Range(0, 10), new Float(3)),
        op('in', new Range(0, 10), 3.5),
        method(new Range(0, 10n ** 20n, 5), 'index', [10n ** 19n]),
        ...['start', 'stop', 'step'].map((name): Case => ({
          operation: 'attribute',
          names: [name],
          values: () => [new Range(1, 9, 2)],
        })),
      ]);
    });

    it('combines and changes sets', () => {
      const sets = [new Set(), new Set([1]), new Set([1, 'a']), new FrozenSet([1, 2])];
      const others = [[], [[1]], ['ab'], [new Set([1])], [1], [[1], [2]], [[[]]]];
      const read =
        'difference intersection symmetric_difference union isdisjoint issubset issuperset';
      expectSame(grid(sets, Object.fromEntries(read.split(' ').map((name) => [name, others]))));
      const change = 'update difference_update intersection_update symmetric_difference_update';
      expectSame(
        grid(
          sets.slice(0, 3),
          {
            ...Object.fromEntries(change.split(' ').map((name) => [name, others])),
            add: [[1], [new Float(1)], ['b'], [[]], []],
            discard: [[1], ['z'], [true]],
            remove: [[1], ['z']],
            clear: NOTHING,
            copy: NOTHING,
          },
          mutate,
        ),
      );
      expectSame([
        mutate(new Set([5]), 'pop'),
        mutate(new Set(), 'pop'),
        mutate(new Set(), 'pop', [1]),
      ]);
    });

    it('knows the methods and attributes of numbers', () => {
      const ints = [0, 1, -5, 255, 256, 10n ** 20n, true];
      const floats = [0.5, new Float(0), new Float(-2), 1e-5, new Float(1e22), Infinity, NaN, -0.1];
      const attributes = [...ints, ...floats].flatMap((value) =>
        ['real', 'imag'].map((name): Case => ({
          operation: 'attribute',
          names: [name],
          values: () => [value],
        })),
      );
      expectSame([
        ...attributes,
        ...grid(ints, {
          bit_length: NOTHING,
          bit_count: NOTHING,
          conjugate: NOTHING,
          as_integer_ratio: NOTHING,
          to_bytes: [[], [1], [2, 'little'], [9, 'big'], [1, 'x'], [-1], ['a']],
        }),
        ...grid(floats, {
          is_integer: NOTHING,
          hex: NOTHING,
          conjugate: NOTHING,
          as_integer_ratio: NOTHING,
          fromhex: [['0x1.8p+1'], ['1.8'], ['x'], [1]],
        }),
      ]);
    });

    it('rounds to even', () => {
      const values = [
        0.5,
        1.5,
        2.5,
        -2.5,
        2.675,
        1.005,
        1e22,
        25,
        35,
        -25,
        150,
        5,
        0.15,
        0.25,
        1e300,
        12345.6789,
        NaN,
        Infinity,
      ].map((value) =>
        Number.isInteger(value) && Math.abs(value) > 1000 ? new Float(value) : value,
      );
      const digits = [[], [0], [1], [2], [3], [-1], [-2], [-400], [400], ['a'], [null]];
      expectSame(values.flatMap((value) => digits.map((args) => op('round', value, ...args))));
    });

    it('makes values from types', () => {
      const build = (name: string, ...args: unknown[]): Case => ({
        operation: 'new',
        names: [name],
        values: () => args,
      });
      expectSame([
        ...['12', ' -7_000 ', '1__0', '', 'abc', '٣', '0x1f', '1.5', '+5', '1e3'].map((text) =>
          build('int', text),
        ),
        ...[
          '1.5',
          ' nan ',
          '-inf',
          '1_0.5',
          '.5',
          '5.',
          '1e400',
          '1e',
          '',
          '0x1p3',
          'infinity',
          '1__0',
        ].map((text) => build('float', text)),
        build('int', 'ff', 16),
        build('int', '0xff', 16),
        build('int', '0xff', 0),
        build('int', '010', 0),
        build('int', '0_0', 0),
        build('int', 'z', 36),
        build('int', '1', 1),
        build('int', 5, 10),
        build('int', 1.9),
        build('int', -1.9),
        build('int'),
        build('int', null),
        build('str', 1.5),
        build('str'),
        build('bool', 'x'),
        build('list', 'ab'),
        build('list', 1),
        build('list', 1, 2),
        build('tuple', [1]),
        build('dict', [t(1, 2)]),
        build('dict', 1),
        build('frozenset', [1]),
        build('range', 3),
        build('range', 1, 10, 3),
        build('range', 1, 2, 0),
        build('range'),
        build('range', 1.5),
        build('float'),
        build('float', []),
      ]);
    });

    it('slices with every combination of bounds', () => {
      const bounds = [null, 0, 1, -1, 3, -3, 99, -99];
      const steps = [null, 1, 2, -1, -2, 0, 'a'];
      const subjects = ['abcdef', 'aé😀b', [1, 2, 3, 4], t(1, 2, 3), new Range(0, 10, 3)];
      expectSame(
        subjects.flatMap((subject) =>
          bounds.flatMap((start) =>
            bounds.flatMap((stop) =>
              steps.map((step) => op('item', subject, new Slice(start, stop, step))),
            ),
          ),
        ),
      );
    });
  },
);
