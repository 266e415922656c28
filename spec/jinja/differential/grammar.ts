import fc, { type Arbitrary } from 'fast-check';
import { type CaseSpec } from './case.js';

/** Templates and contexts at random. Expressions are typed, so that most templates get past their
 *  first line; about one in ten operands is of any type. Nothing in here is slow for either side:
 *  loops are short, exponents and repetitions are small literals, macros do not call macros. */

const join = (...parts: Arbitrary<string>[]): Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(''));
const one = (...texts: string[]): Arbitrary<string> => fc.constantFrom(...texts);
const text = (value: string): Arbitrary<string> => fc.constant(value);
const list = (item: Arbitrary<string>, maxLength: number): Arbitrary<string> =>
  fc.array(item, { maxLength }).map((items) => items.join(', '));

// -- words

const CHARS = [
  'a',
  'b',
  'B',
  'z',
  ' ',
  'é',
  '😀',
  '<',
  '&',
  '"',
  "'",
  '\n',
  '\\',
  '{',
  '%',
  '1',
  ',',
];
const words = fc.oneof(
  one(
    '',
    'a',
    'abc',
    'Hello World',
    'a,b,c',
    '42',
    '-1.5',
    '<b>x</b>',
    'one two  three',
    'ß',
    '{}',
  ),
  fc.string({ unit: one(...CHARS), maxLength: 8 }),
);
const quote = (value: string): string =>
  `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
const strLiteral = words.map(quote);
const small = fc.integer({ min: 0, max: 6 }).map(String);
const intLiteral = fc.oneof(
  small,
  fc.integer({ min: 0, max: 1000 }).map(String),
  one('0x1f', '1_000', '9007199254740993', '123456789012345678901234567890'),
);
const floatLiteral = one(
  '0.0',
  '0.5',
  '1.0',
  '2.5',
  '1e3',
  '0.1',
  '3.14159',
  '1e16',
  '1e-7',
  '99.995',
);

const NUMBERS = ['i', 'j', 'k', 'f'];
const STRINGS = ['s', 't', 'w'];
const LISTS = ['l', 'm'];
const DICTS = ['d', 'e'];
const FREE = ['x', 'y', 'z'];
const variable = one(...NUMBERS, ...STRINGS, ...LISTS, ...DICTS, ...FREE, 'n', 'q', 'gone');

// -- contexts

const jsonInt = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer());
const number = fc.oneof(
  jsonInt,
  fc.constantFrom<unknown>(
    0.5,
    -2.5,
    1.25,
    true,
    { $float: '3' },
    { $int: '18446744073709551617' },
  ),
);
const scalar = fc.oneof(number, words, fc.constant(null));
const items = fc.oneof(
  fc.array(jsonInt, { maxLength: 4 }),
  fc.array(words, { maxLength: 4 }),
  fc.array(scalar, { maxLength: 3 }),
  fc.array(fc.array(jsonInt, { minLength: 2, maxLength: 2 }), { maxLength: 3 }),
);
const mapping = fc
  .uniqueArray(fc.tuple(one('a', 'b', 'c', 'items', '1', '<'), fc.oneof(scalar, items)), {
    maxLength: 3,
    selector: ([key]) => key,
  })
  .map((pairs) => ({ $dict: pairs }));
const anything = fc.oneof(
  scalar,
  items,
  mapping,
  items.map((values) => ({ $tuple: values })),
  words.map((value) => ({ $markup: value })),
  fc.constantFrom<unknown>({ $set: [1] }, { $range: [0, 3] }, { $generator: [1, 2] }),
);
const context = fc.record(
  Object.fromEntries([
    ...NUMBERS.map((name) => [name, number] as const),
    ...STRINGS.map((name) => [name, words] as const),
    ...LISTS.map((name) => [name, items] as const),
    ...DICTS.map((name) => [name, mapping] as const),
    ['x', anything] as const,
    ['n', fc.constant(null)] as const,
    ['q', anything] as const,
  ]),
  { requiredKeys: [] },
) as Arbitrary<Record<string, unknown>>;

// -- expressions

const depthSize = { maxDepth: 3, depthSize: 'small' } as const;
const strFilter = fc.oneof(
  one('upper', 'lower', 'capitalize', 'title', 'trim', 'e', 'string', 'striptags', 'reverse'),
  one('urlencode', 'wordwrap(4)', 'indent(2)', 'center(9)', 'truncate(4)', "replace('a', 'bb')"),
  one("default('d')", "default('d', true)", 'safe', 'truncate(5, true, "", 0)', 'forceescape'),
);
const strMethod = fc.oneof(
  one('upper()', 'lower()', 'title()', 'capitalize()', 'swapcase()', 'strip()', 'lstrip("a")'),
  one(
    "replace('b', '')",
    "center(7, '*')",
    'zfill(5)',
    "ljust(4, '.')",
    "join('xy')",
    'casefold()',
  ),
  one("removeprefix('a')", 'expandtabs(2)', "format(1, 'z', a=2)", 'rstrip()', "join(['p', 'q'])"),
);
const numFilter = one(
  'abs',
  'round',
  'round(1)',
  'int',
  'float',
  "round(1, 'floor')",
  'default(7)',
);
const listFilter = fc.oneof(
  one('list', 'sort', 'sort(reverse=true)', 'unique | list', 'reverse | list', 'batch(2) | list'),
  one(
    "map('string') | list",
    "select('string') | list",
    "reject('none') | list",
    'slice(2) | list',
  ),
  one(
    "select('odd') | list",
    "map('upper') | list",
    "map(attribute='a') | list",
    'map("int") | list',
  ),
);
const test = fc.oneof(
  one('defined', 'undefined', 'none', 'number', 'integer', 'float', 'boolean', 'string', 'mapping'),
  one(
    'sequence',
    'iterable',
    'callable',
    'true',
    'false',
    'odd',
    'even',
    'lower',
    'upper',
    'escaped',
  ),
  one('divisibleby 3', 'in [1, "a"]', 'sameas none', 'eq 1', 'gt 2', "ne ''", 'divisibleby(2)'),
);
const comparison = one('==', '!=', '<', '<=', '>', '>=');

// Any filter and any method on any value: most of it fails, and has to fail alike. Arguments are
// small, and nothing in here makes a container grow, for a loop over it would never end.
const argument = one(
  '',
  '0',
  '1',
  '3',
  "'a'",
  "''",
  'none',
  'true',
  "','",
  '[1]',
  "{'a': 1}",
  '2.5',
  's',
  'l',
  'gone',
);
const anyFilter = fc.oneof(
  one(
    'abs',
    'capitalize',
    'count',
    'dictsort',
    'escape',
    'filesizeformat',
    'first',
    'float',
    'items',
  ),
  one(
    'last',
    'length',
    'list',
    'lower',
    'max',
    'min',
    'reverse',
    'safe',
    'striptags',
    'title',
    'trim',
  ),
  one(
    'upper',
    'urlencode',
    'urlize',
    'wordcount',
    'xmlattr',
    'tojson',
    'unique',
    'pprint',
    'string',
  ),
  join(
    one(
      'attr',
      'batch',
      'center',
      'default',
      'dictsort',
      'format',
      'groupby',
      'indent',
      'int',
      'join',
    ),
    text('('),
    argument,
    text(')'),
  ),
  join(
    one(
      'map',
      'reject',
      'rejectattr',
      'round',
      'select',
      'selectattr',
      'slice',
      'sort',
      'sum',
      'tojson',
    ),
    text('('),
    argument,
    text(') | list'),
  ),
  join(
    one('replace', 'truncate', 'urlize', 'wordwrap', 'groupby', 'batch', 'int', 'trim', 'default'),
    text('('),
    argument,
    one(', '),
    one('1', "'b'", 'true', 'none'),
    text(')'),
  ),
  one("map('upper') | list", "map(attribute='a') | list", "map('default', 'x') | list"),
  one("select('gt', 1) | list", "selectattr('a', 'defined') | list", 'groupby(0) | list'),
);
const anyMethod = join(
  one('upper', 'split', 'strip', 'get', 'items', 'keys', 'values', 'pop', 'count', 'index', 'find'),
  text('('),
  argument,
  text(')'),
);
const otherMethod = join(
  one(
    'startswith',
    'endswith',
    'join',
    'copy',
    'format',
    'partition',
    'rsplit',
    'zfill',
    'union',
    'remove',
  ),
  text('('),
  argument,
  one(')', ', 1)', ", 'b')"),
);

interface Expressions {
  num: string;
  str: string;
  list: string;
  dict: string;
  bool: string;
  any: string;
}

export const expressions = fc.letrec<Expressions>((tie) => {
  const any = tie('any') as Arbitrary<string>;
  const num = tie('num') as Arbitrary<string>;
  const str = tie('str') as Arbitrary<string>;
  const seq = tie('list') as Arbitrary<string>;
  const dict = tie('dict') as Arbitrary<string>;
  const bool = tie('bool') as Arbitrary<string>;
  const pair = join(fc.oneof(strLiteral, small), text(': '), any);
  const slice = fc.oneof(
    join(text('['), one('', '1', '-2', '0'), text(':'), one('', '2', '-1', '9'), text(']')),
    one('[::-1]', '[::2]', '[1::2]', '[-1:0:-1]', '[:]'),
  );
  return {
    num: fc.oneof(
      depthSize,
      { weight: 4, arbitrary: fc.oneof(one(...NUMBERS), intLiteral, floatLiteral) },
      { weight: 4, arbitrary: join(num, one(' + ', ' - ', ' * ', ' / ', ' // ', ' % '), num) },
      join(text('('), num, one(' + ', ' - ', ' * ', ' // ', ' % '), num, text(')')),
      join(text('('), num, text(' ** '), small, text(')')),
      join(text('-'), num),
      join(text('('), num, text(') | '), numFilter),
      join(text('('), fc.oneof(str, seq, dict), text(') | length')),
      join(
        text('('),
        str,
        one(') | int', ') | float', ') | wordcount', ").count('a')", ".find('b')"),
      ),
      join(text('('), seq, one(') | sum', ') | first', ') | max', ') | min', ')[0]', ')[-1]')),
      join(text('('), num, text(' if '), bool, text(' else '), num, text(')')),
      any,
    ),
    str: fc.oneof(
      depthSize,
      { weight: 4, arbitrary: fc.oneof(one(...STRINGS), strLiteral) },
      join(str, text(' ~ '), any),
      join(text('('), str, text(' + '), str, text(')')),
      join(text('('), str, text(' * '), one('0', '1', '2', '-1', 'true'), text(')')),
      join(text('('), str, text(') | '), strFilter),
      join(text('('), str, text(').'), strMethod),
      join(text('('), str, text(')'), slice),
      join(text('('), str, text(')['), one('0', '-1', '2', '99'), text(']')),
      join(text('('), any, one(') | string', ') | tojson', ') | pprint', ') | e')),
      join(text('('), seq, one(") | join(', ')", ') | join', ') | string', ') | last')),
      join(one("'%s'", "'%5s|'", "'%r'", "'%d'", "'%.2f'"), text(' % '), any),
      join(one("'{}'", "'{:>6}'", "'{!r}'", "'{0}{0}'"), text('.format('), any, text(')')),
      join(text('('), str, text(' if '), bool, one(' else ', ' else "" ~ '), str, text(')')),
      any,
    ),
    list: fc.oneof(
      depthSize,
      { weight: 3, arbitrary: fc.oneof(one(...LISTS), text('[]')) },
      { weight: 2, arbitrary: join(text('['), list(any, 3), text(']')) },
      join(text('('), any, text(', '), list(any, 2), text(')')),
      join(text('('), seq, text(' + '), seq, text(')')),
      join(text('('), seq, text(' * '), one('0', '1', '2'), text(')')),
      join(text('('), seq, text(')'), slice),
      join(text('('), seq, text(') | '), listFilter),
      join(
        text('('),
        str,
        one(").split(',')", ').split()', ') | list', ').splitlines()', ".partition('a')"),
      ),
      join(
        text('('),
        dict,
        one(').items() | list', ') | list', ').values() | list', ') | dictsort'),
      ),
      join(text('range('), one('3', '1, 4', '5, 0, -2', 'i % 4', '0'), text(') | list')),
      any,
    ),
    dict: fc.oneof(
      depthSize,
      { weight: 3, arbitrary: fc.oneof(one(...DICTS), text('{}')) },
      { weight: 2, arbitrary: fc.array(pair, { maxLength: 3 }).map((it) => `{${it.join(', ')}}`) },
      join(text('dict('), dict, one(')', ', a=1)', ', b=l)')),
      join(text('('), dict, text(').copy()')),
      any,
    ),
    bool: fc.oneof(
      depthSize,
      { weight: 2, arbitrary: one('true', 'false', 'x', 'l', 's', 'gone', 'i') },
      { weight: 2, arbitrary: join(num, text(' '), comparison, text(' '), num) },
      join(text('('), any, one(' == ', ' != '), any, text(')')),
      join(num, text(' < '), num, text(' <= '), num),
      join(str, text(' '), comparison, text(' '), str),
      join(text('not '), bool),
      join(text('('), bool, one(' and ', ' or '), bool, text(')')),
      join(text('('), any, one(') is ', ') is not '), test),
      join(any, one(' in ', ' not in '), fc.oneof(seq, dict, str)),
      join(
        text('('),
        str,
        one(").startswith('a')", ').isdigit()', ").endswith(('a', 'c'))", '.isalpha()'),
      ),
      any,
    ),
    any: fc.oneof(
      depthSize,
      { weight: 5, arbitrary: fc.oneof(variable, strLiteral, intLiteral) },
      one(
        'none',
        'true',
        'false',
        '[]',
        '{}',
        '()',
        '""',
        'loop.index',
        'loop.last',
        'loop',
        'd.a',
      ),
      num,
      str,
      seq,
      dict,
      bool,
      join(
        variable,
        one('.a', '.b.c', "['a']", '[0]', '[-1]', '.items()', '.0', "['items']", '[none]'),
      ),
      join(dict, one('.a', "['b']", ".get('a')", ".get('c', 5)", '.keys()', '[1]')),
      join(text('('), any, text(' if '), bool, text(')')),
      join(
        text('('),
        any,
        one(') | default(1)', ") | d('x', true)", ') | first', ') | last | string'),
      ),
      join(text('('), any, one(' or ', ' and '), any, text(')')),
      join(text('('), any, text(') | '), anyFilter),
      join(text('('), any, text(').'), fc.oneof(anyMethod, otherMethod)),
    ),
  };
});

// -- statements

const open = one('{%', '{%', '{%', '{%-', '{%+');
const close = one('%}', '%}', '%}', '-%}', '+%}');
const tag = (...parts: Arbitrary<string>[]): Arbitrary<string> =>
  join(open, text(' '), ...parts, text(' '), close);
const plain = one(
  '',
  ' ',
  '\n',
  'text',
  ' a\n',
  '\n  b ',
  '  \n',
  '<i>',
  '\n\n',
  '{ x }',
  '# ',
  'é😀',
);
const { any, num, str, list: seq, bool } = expressions;
const output = join(
  one('{{ ', '{{ ', '{{- '),
  fc.oneof(any, num, str, seq, bool),
  one(' }}', ' }}', ' -}}'),
);
const target = one(...FREE, 'i', 's', 'l');
const loopMember = one(
  'index',
  'index0',
  'first',
  'last',
  'length',
  'revindex',
  'revindex0',
  'depth',
  'previtem',
  'nextitem',
  "cycle('p', 'r')",
  'changed(x)',
);

interface Statements {
  body: string;
  statement: string;
}

/** Statements, with `extra` ones that only some places may hold. */
function statements(extra: readonly Arbitrary<string>[]): Arbitrary<string> {
  return fc.letrec<Statements>((tie) => {
    const body = tie('body') as Arbitrary<string>;
    const recursive = join(
      tag(text('for x in [[1, [2]], l]'), one('', ' if x'), text(' recursive')),
      body,
      one('{{ loop(x) if x is iterable and x is not string }}', '{{ loop.depth }}{{ x }}'),
      tag(text('endfor')),
    );
    const forTag = fc.oneof(
      join(text('for '), target, text(' in '), seq),
      join(text('for '), target, text(' in '), seq, text(' if '), bool),
      join(text('for x, y in '), one('d.items()', 'd | dictsort', '[(1, 2), (3, 4)]', 'l', 'm')),
    );
    return {
      body: fc
        .array(tie('statement') as Arbitrary<string>, { maxLength: 3 })
        .map((it) => it.join('')),
      statement: fc.oneof(
        { maxDepth: 2, depthSize: 'small' },
        { weight: 3, arbitrary: plain },
        { weight: 5, arbitrary: output },
        {
          weight: 2,
          arbitrary: tag(text('set '), target, text(' = '), fc.oneof(any, num, str, seq)),
        },
        tag(text('set x, y = '), fc.oneof(join(any, text(', '), any), seq)),
        join(
          tag(text('set '), target, one('', ' | upper', ' | trim', ' | length')),
          body,
          tag(text('endset')),
        ),
        join(tag(text('if '), bool), body, tag(text('endif'))),
        join(
          tag(text('if '), bool),
          body,
          tag(text('elif '), bool),
          body,
          tag(text('else')),
          body,
          tag(text('endif')),
        ),
        join(tag(forTag), body, output, tag(text('endfor'))),
        join(tag(forTag), body, tag(text('else')), body, tag(text('endfor'))),
        join(tag(forTag), join(text('{{ loop.'), loopMember, text(' }}')), tag(text('endfor'))),
        join(tag(text('with '), target, text(' = '), any), body, tag(text('endwith'))),
        join(tag(text('filter '), strFilter), body, tag(text('endfilter'))),
        join(
          tag(text('autoescape '), one('true', 'false', 'x is defined')),
          body,
          tag(text('endautoescape')),
        ),
        join(tag(text('do '), one('acc.append(i)', 'd.update(a=i)', 'm.reverse()', 'l.pop()'))),
        join(one('{#', '{#-'), text(' c\n'), one('#}', '-#}', '+#}')),
        join(
          tag(text('raw')),
          one(' {{ x }}', '\n{% if', ''),
          tag(text('endraw')).map((it) => it.replace('{%+', '{%')),
        ).map((it) => it.replace(/\{%\+ raw (.*?)\+%\}/, '{% raw $1%}')),
        recursive,
        // Jinja reports a wrong namespace on whatever line came before, so there is none.
        join(text('{% if ns is defined %}'), tag(text('set ns.v = '), any), text('{% endif %}')),
        one('{{ ns.v }}', '{{ acc }}'),
        ...extra,
      ),
    };
  }).body;
}

const inner = statements([]);
const parameters = one('', 'x', 'x, y', 'x, y=1', 'x=s, y=x', 'i=l', 'x=[], s=gone');
const macro = join(
  tag(text('macro mac('), parameters, text(')')),
  inner,
  one(
    '',
    '{{ varargs }}',
    '{{ kwargs }}',
    '{{ caller() }}',
    '{% if caller %}{{ caller(1) }}{% endif %}',
  ),
  tag(text('endmacro')),
);
const callArguments = fc.oneof(one('', 'x=1', '*l', '**d', 'y=2, x=s'), list(any, 3));
const call = fc.oneof(
  join(text('{{ mac('), callArguments, one(') }}', ') | upper }}', ') ~ "" }}')),
  join(
    tag(one('call ', 'call(x) ', 'call(x, y=2) '), text('mac('), callArguments, text(')')),
    inner,
    tag(text('endcall')),
  ),
);
const include = tag(
  text('include '),
  one("'inc'", "['none', 'inc']", "'none' ignore missing"),
  one('', ' with context'),
);
const imports = fc.oneof(
  join(
    tag(text("import 'lib' as lib"), one('', ' with context')),
    one('{{ lib.v }}', '{{ lib.mac(1) }}', '{{ lib.gone }}'),
  ),
  join(tag(text("from 'lib' import mac, v as x"), one('', ' with context')), text('{{ x }}')),
);
const outer = statements([call, include, imports, macro]);
const withMacro = join(
  fc.oneof(text(''), macro, text('{% set ns = namespace(v=0) %}{% set acc = [] %}')),
  outer,
  // Jinja prints a generator object for this one inside a macro: COMPATIBILITY.md#statements.
  one('', '', "{% include 'inc' without context %}"),
);

const block = (name: string, body: Arbitrary<string>): Arbitrary<string> =>
  join(tag(text(`block ${name}`), one('', '', ' scoped')), body, tag(text('endblock')));
const superBody = join(
  outer,
  one('', '{{ super() }}', '{{ super() | upper }}', '{{ self.one() if false }}'),
  outer,
);
const base = join(
  withMacro,
  block('one', outer),
  join(one('', '{% for x in [1, 2] %}'), fc.constant('')).chain((head) =>
    join(
      text(head),
      block('two', join(outer, block('three', outer))),
      text(head && '{% endfor %}'),
    ),
  ),
  outer,
);
const child = (parent: string): Arbitrary<string> =>
  join(
    text(`{% extends '${parent}' %}`),
    withMacro,
    fc
      .subarray(['one', 'two', 'three'])
      .chain((names) =>
        names.length === 0 ? text('') : join(...names.map((name) => block(name, superBody))),
      ),
  );

const options = fc.record(
  {
    trim_blocks: fc.boolean(),
    lstrip_blocks: fc.boolean(),
    keep_trailing_newline: fc.boolean(),
    autoescape: fc.boolean(),
    undefined: one(
      'ChainableUndefined',
      'DebugUndefined',
      'StrictUndefined',
      'Undefined',
      'Undefined',
    ),
  },
  { requiredKeys: [] },
);

const environment = fc.constantFrom('plain', 'plain', 'sandboxed', 'immutable');

const single = fc.record({
  template: withMacro,
  inc: inner,
  lib: join(macro, inner, text('{% set v = x %}')),
});
const chain = fc.oneof(
  fc.record({ template: child('base'), base, inc: inner, lib: macro }),
  fc.record({ template: child('mid'), mid: child('base'), base, inc: inner, lib: macro }),
);
const expression = fc.oneof(any, num, str, seq, bool).map((it) => ({ template: `{{ ${it} }}` }));

/** A whole case: templates, context and options. */
export const randomCase: Arbitrary<CaseSpec> = fc
  .tuple(fc.oneof(expression, single, chain), context, options, environment)
  .map(([{ template, ...templates }, values, chosen, kind]) => ({
    template,
    templates,
    context: values,
    environment: kind,
    options: {
      ...chosen,
      // Jinja lets a strict undefined among constants fail as it compiles: COMPATIBILITY.md#errors.
      // A sandbox of ours folds no operators, which it bounds.
      ...(chosen.undefined === 'StrictUndefined' || kind !== 'plain' ? { optimized: false } : {}),
      extensions: ['do'],
    },
  }));
