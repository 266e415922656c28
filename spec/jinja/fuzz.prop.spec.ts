import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Environment, type EnvironmentOptions } from '../../lib/jinja/environment.js';
import { TemplateError } from '../../lib/jinja/errors.js';
import { FILTERS } from '../../lib/jinja/filters/index.js';
import { DictLoader } from '../../lib/jinja/loader.js';
import { SandboxedEnvironment } from '../../lib/jinja/sandbox.js';
import { TESTS } from '../../lib/jinja/tests.js';
import { PyError } from '../../lib/jinja/value/py-error.js';

// KOLLAGE_FUZZ_SEED repeats a run; the seed is part of every failure's message.
const seed = Number(process.env['KOLLAGE_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env['KOLLAGE_FUZZ_RUNS'] ?? 2000);

const names = Object.keys(FILTERS).filter((name) => name !== 'random');
const tests = Object.keys(TESTS).filter((name) => /^\w+$/.test(name));

/** Pieces of the language, as a careless typist strings them together. */
const PIECES = [
  ...['{{ ', ' }}', '{% ', ' %}', '{#', '#}', '{%- ', ' -%}', '{{- ', ' -}}', '{%+ ', '# ', '## '],
  ...[
    'for x in ',
    'endfor',
    'if ',
    'elif ',
    'else',
    'endif',
    'set ',
    'endset',
    'block b',
    'endblock',
  ],
  ...['macro m(a, b=1)', 'endmacro', 'call m()', 'call(u) m(1)', 'endcall', 'filter ', 'endfilter'],
  ...[`extends 'base'`, `include 'part'`, `import 'part' as p`, `from 'part' import q`, 'with y=1'],
  ...['endwith', 'autoescape true', 'endautoescape', 'raw', 'endraw', 'do ', 'break', 'continue'],
  ...['debug', 'recursive', 'required', 'scoped', 'ignore missing', 'without context', 'super()'],
  ...[
    'self.b()',
    'loop.index',
    'loop(x)',
    'loop.cycle(1, 2)',
    'loop.changed(x)',
    'caller()',
    'm()',
  ],
  ...[
    'm(1, 2, 3)',
    'm(**d)',
    'm(*l)',
    'varargs',
    'kwargs',
    'namespace(a=1)',
    'ns.a',
    'cycler(1, 2)',
  ],
  ...[
    'x',
    'y',
    'l',
    'd',
    's',
    'n',
    'f',
    'o',
    'nope',
    'none',
    'true',
    'false',
    'not ',
    ' and ',
    ' or ',
  ],
  ...[
    ' in ',
    ' not in ',
    ' is ',
    ' is not ',
    ' if ',
    ' else ',
    '+',
    '-',
    '*',
    '/',
    '//',
    '%',
    '**',
    '~',
  ],
  ...['==', '!=', '<', '<=', '>', '>=', '|', '.', ',', ':', '(', ')', '[', ']', '{', '}', '=', ' '],
  ...[
    '0',
    '1',
    '-3',
    '9',
    '1.5',
    '1e3',
    '0x1f',
    '1_0',
    `'a'`,
    `"b"`,
    `'%s'`,
    `'{0.a}'`,
    `'\\x41'`,
    '\n',
  ],
  ...['[1, 2]', '[]', '{}', `{'a': 1}`, '(1,)', '()', 'x.a', `x['a']`, 'l[0]', 'l[::2]', 'l[1:]'],
  ...[
    '.format(x)',
    '.upper()',
    '.items()',
    '.append(1)',
    '.join(l)',
    'range(3)',
    'dict(a=1)',
    'text',
  ],
  ...['<b>', '&', 'é', '😀', '\u0000', '\r\n', '\ud800', '__class__', '__proto__', 'constructor'],
  ...names.map((name) => `|${name}`),
  ...names.slice(0, 20).map((name) => `|${name}(1)`),
  ...tests.map((name) => ` is ${name}`),
];

/** Templates that work, to start from. */
const WORKING = [
  `{% for x in l recursive %}{{ loop.index }}:{{ x }}{% if x is iterable %}{{ loop(x) }}{% endif %}{% else %}none{% endfor %}`,
  `{% macro m(a, b=2, *c) %}{% endmacro %}`,
  `{% macro m(a, b=2) %}{{ a }}{{ varargs }}{{ kwargs }}{{ caller(1) if caller }}{% endmacro %}{% call(u) m(1, z=2) %}{{ u }}{% endcall %}`,
  `{% extends 'base' %}{% block b %}{{ super() }}{{ self.b.name }}{% endblock %}`,
  `{% set ns = namespace(t=0) %}{% for i in range(5) %}{% set ns.t = ns.t + i %}{% endfor %}{{ ns.t }}`,
  `{{ [1, 2, 3]|map('string')|join('-')|upper|replace('1', 'x')|title|default('q', true) }}`,
  `{% filter upper|indent(2) %}{% include ['nope', 'part'] ignore missing %}{% endfilter %}`,
  `{% set a %}{{ 'x' if 1 else 'y' }}{% endset %}{{ a }} {{ '%05.2f|%s'|format(1.5, s) }} {{ '{0:>5}'.format(s) }}`,
  `{% from 'part' import q with context %}{{ q() }}{% import 'part' as p %}{{ p.q(1) }}`,
  `{{ d.items()|list|sort|first }}{{ l[-1:0:-1] }}{{ 7 // 2 ** 3 % 4 }}{{ not 1 in l and 2 < 3 <= 4 }}`,
];

const TEMPLATES = {
  base: '<{% block b %}base{% endblock %}>',
  part: '{% macro q(v=1) %}[{{ v }}]{% endmacro %}part {{ x }}',
  loop: `{% include 'loop' %}`,
};

const context = (): Record<string, unknown> => ({
  x: 1,
  l: [1, 'two', [3]],
  d: { a: 1, b: { c: null } },
  s: 'text <&>',
  n: null,
  f: (value: unknown) => value,
  o: new Map<unknown, unknown>([[1, 'one']]),
});

const OPTIONS: readonly EnvironmentOptions[] = [
  {},
  { autoescape: true, trimBlocks: true, lstripBlocks: true },
  { lineStatementPrefix: '# ', lineCommentPrefix: '## ' },
  { extensions: ['do', 'loopcontrols', 'debug'], keepTrailingNewline: true },
];

/** Renders; returns what is wrong with the way it failed. */
function complaint(source: string, sandboxed: boolean, options: EnvironmentOptions): string | null {
  const Class = sandboxed ? SandboxedEnvironment : Environment;
  const environment = new Class({ ...options, loader: new DictLoader(TEMPLATES) });
  try {
    environment.fromString(source).render(context());
    return null;
  } catch (error) {
    if (!(error instanceof TemplateError || error instanceof PyError)) {
      return `${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
    const { lineno } = error as { lineno?: unknown };
    return typeof lineno === 'number' && lineno >= 1 ? null : `no position: ${error.stack ?? ''}`;
  }
}

function check(sources: fc.Arbitrary<string>): void {
  fc.assert(
    fc.property(
      sources,
      fc.boolean(),
      fc.constantFrom(...OPTIONS),
      (source, sandboxed, options) => {
        expect(complaint(source, sandboxed, options)).toBeNull();
      },
    ),
    { seed, numRuns: RUNS },
  );
}

const soup = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 30 })
  .map((pieces) => pieces.join(''));

const expression = fc
  .array(fc.constantFrom(...PIECES.filter((piece) => !/[{}#%]{2}|[{%]- |\{%/.test(piece))), {
    maxLength: 14,
  })
  .map((pieces) => `{{ ${pieces.join('')} }}`);

/** A working template with a few pieces put in or characters taken out. */
const mutated = fc
  .tuple(
    fc.constantFrom(...WORKING),
    fc.array(fc.tuple(fc.nat(), fc.nat(5), fc.constantFrom(...PIECES, '')), { maxLength: 4 }),
  )
  .map(([source, edits]) =>
    edits.reduce((text, [place, length, piece]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + piece + text.slice(at + length);
    }, source),
  );

describe(`whatever is thrown at the engine (seed ${seed})`, () => {
  test('strings of pieces of the language fail as template errors, with a position', () => {
    check(soup);
  });
  test('expressions of pieces fail as template errors, with a position', () => {
    check(expression);
  });
  test('damaged templates fail as template errors, with a position', () => {
    check(mutated);
  });
  test('any text at all fails as template errors, with a position', () => {
    check(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme' })));
  });
});

describe('recursion ends as RecursionError with a position', () => {
  test.for(
    [
      '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
      `{% include 'loop' %}`,
      '{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}',
      '{% macro a() %}{% call b() %}{% endcall %}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}',
      '{% block b %}{{ self.b() }}{% endblock %}',
      `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`,
      `{{ ${'-'.repeat(20_000)}1 }}`,
      `{{ ${'not '.repeat(20_000)}1 }}`,
      `{{ ${'['.repeat(20_000)}${']'.repeat(20_000)} }}`,
      `{{ 1${'|abs'.repeat(20_000)} }}`,
      `{{ x${'.a'.repeat(20_000)} }}`,
      `{{ 1${'+1'.repeat(20_000)} }}`,
      `{{ 1${' if 1 else 2'.repeat(20_000)} }}`,
      '{% if 1 %}'.repeat(5000) + '{% endif %}'.repeat(5000),
      '{% for x in [1] %}'.repeat(3000) + '{% endfor %}'.repeat(3000),
      `{% set l = [] %}{% set _ = l.append(l) %}{{ l }}{{ l|pprint }}{{ l == l }}{{ l|tojson }}`,
      `{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}`,
      `{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l == [ns.l] }}`,
      `{% set ns = namespace(l={}) %}{% for i in range(9999) %}{% set ns.l = {'a': ns.l} %}{% endfor %}{{ ns.l|tojson }}`,
    ].map((source) => [source.length > 90 ? `${source.slice(0, 60)}…` : source, source] as const),
  )('%s', ([, source]) => {
    for (const sandboxed of [false, true]) expect(complaint(source, sandboxed, {})).toBeNull();
  });
});

describe('repetitions in a sandbox are bounded', () => {
  test.for([
    `{{ 'a' * 10**9 }}`,
    `{{ 10**9 * 'a' }}`,
    `{{ [0] * 10**9 }}`,
    `{{ (0,) * 10**9 }}`,
    `{{ ('a'|safe) * 10**9 }}`,
    `{{ 2**(2**30) }}`,
    `{{ 10**(10**10) }}`,
    `{% set ns = namespace(n=7) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}`,
    `{% set ns = namespace(n='ab') %}{% for i in range(99) %}{% set ns.n = ns.n + ns.n %}{% endfor %}`,
    `{% set ns = namespace(n=[1]) %}{% for i in range(99) %}{% set ns.n = ns.n + ns.n %}{% endfor %}`,
    `{% set l = [1] %}{% for i in range(99) %}{% set _ = l.extend(l) %}{% endfor %}`,
    `{{ 'a'.ljust(10**9) }}`,
    `{{ 'a'.rjust(10**9) }}`,
    `{{ 'a'.center(10**9) }}`,
    `{{ '1'.zfill(10**9) }}`,
    `{{ ('a'|safe).center(10**9) }}`,
    `{{ '\t'.expandtabs(10**9) }}`,
    `{{ ('a' * 1000).replace('', 'b' * 1000000) }}`,
    `{{ ('b' * 1000000).join(range(100000)|map('string')|list) }}`,
    `{{ 'a'|center(10**9) }}`,
    `{{ 'a'|indent(10**9) }}`,
    `{{ [1]|batch(10**9, 0)|list }}`,
    `{{ [1]|slice(10**9)|list }}`,
    `{{ [[1]]|tojson(10**9) }}`,
    `{{ '%1000000000d' % 1 }}`,
    `{{ '%*d' % (10**9, 1) }}`,
    `{{ '%.1000000000f' % 1.5 }}`,
    `{{ '%1000000000s'|format('x') }}`,
    `{{ '{:1000000000}'.format(1) }}`,
    `{{ '{:{}}'.format(1, 10**9) }}`,
    `{{ ('{:>1000000000}'|safe).format('x') }}`,
    `{{ '{x:1000000000}'.format_map({'x': 1}) }}`,
    `{{ range(10**6) }}`,
    `{{ range(0, 10**9, 2) }}`,
    `{{ lipsum(n=10**9) }}`,
    `{{ lipsum(n=1, min=10**8, max=10**9) }}`,
  ])('%s', (source) => {
    const environment = new SandboxedEnvironment();
    let name = '';
    try {
      environment.fromString(source).render();
    } catch (error) {
      name = (error as Error).name;
    }
    expect(name).toBe('OverflowError');
  });
});

describe('long text goes through every filter and method before the test times out', () => {
  const long = 30_000;
  const texts = [
    '-',
    'a',
    'a-',
    ')',
    '&gt;',
    'a@',
    'a.',
    '(',
    '<',
    '<!--',
    '&a',
    ' ',
    '\n',
    '%',
    '{',
    '1',
    '1_',
  ];
  const calls = [
    ...names.map((name) => `x|${name}`),
    ...['wordwrap(9)', 'truncate(9)', 'batch(7)|list', 'slice(7)|list', `replace('a', 'b')`].map(
      (call) => `x|${call}`,
    ),
    ...['split()', 'splitlines()', 'title()', 'strip()', 'format()', `partition('q')`].map(
      (call) => `x.${call}`,
    ),
    'x % 1',
  ];
  test.for(calls)('%s', (call) => {
    const environment = new SandboxedEnvironment();
    const template = environment.fromString(`{{ (${call})|string|length }}`);
    for (const text of texts) {
      try {
        template.render({ x: text.repeat(long / text.length) });
      } catch (error) {
        const known = error instanceof TemplateError || error instanceof PyError;
        expect(known, String((error as Error).stack)).toBe(true);
      }
    }
  });
});
