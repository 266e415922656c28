import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FILTERS } from '../../../lib/jinja/filters/index.js';
import { oracle, requirement } from '../../support/requirements.js';
import type { CaseSpec } from '../differential/case.js';
import { PythonOracle } from '../differential/python-oracle.js';
import { applied, comparable, ours, VALUES } from './matrix.js';

/** Ways to call each filter; every one is applied to every value. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  abs: ['abs', 'abs(1)', 'abs(x=1)'],
  attr: [`attr('upper')`, `attr('a')`, `attr('_x')`, 'attr(1)', 'attr', `attr('items')`],
  batch: ['batch(2)', `batch(3, 'x')`, 'batch(linecount=0)', 'batch', `batch('a')`],
  capitalize: ['capitalize', 'capitalize(1)'],
  center: ['center', 'center(20)', 'center(width=7)', `center('x')`],
  count: ['count', 'count(1)'],
  d: ['d', `d('x')`, `d('x', true)`],
  default: [`default('x')`, `default(default_value=[], boolean=1)`, `default(1, 2, 3)`],
  dictsort: [
    'dictsort',
    `dictsort(true)`,
    `dictsort(by='value')`,
    `dictsort(false, 'x')`,
    'dictsort(reverse=true)',
  ],
  e: ['e', 'e(1)'],
  escape: ['escape', 'escape(s=1)', 'escape|escape'],
  filesizeformat: ['filesizeformat', 'filesizeformat(true)', 'filesizeformat(binary=false)'],
  first: ['first', 'first(1)'],
  float: ['float', `float('x')`, 'float(default=none)'],
  forceescape: ['forceescape', 'forceescape|forceescape'],
  format: ['format', 'format(1, 2)', `format('<', none)`, 'format(a=1)', 'format(1, a=2)'],
  groupby: [
    `groupby('a')`,
    `groupby('b')`,
    `groupby('b', case_sensitive=true)`,
    `groupby('q', default='z')`,
    'groupby(0)',
    'groupby',
    `groupby('a.b')`,
  ],
  indent: [
    'indent',
    'indent(2, true)',
    `indent('> ', blank=true)`,
    'indent(width=1, first=true, blank=true)',
    'indent(1.5)',
  ],
  int: ['int', 'int(7)', 'int(base=16)', 'int(1, 0)', `int('x', 99)`, `int(base='x')`],
  items: ['items'],
  join: [
    'join',
    `join(', ')`,
    `join('<')`,
    `join('<'|safe)`,
    `join(attribute='a')`,
    `join('-', 0)`,
    'join(1)',
  ],
  last: ['last', 'last(1)'],
  length: ['length'],
  list: ['list', 'list(1)'],
  lower: ['lower'],
  map: [
    `map('upper')`,
    `map(attribute='a')`,
    `map(attribute='a.b.0', default='q')`,
    'map',
    `map('nope')`,
    `map('default', 'x')`,
    `map(attribute=0)`,
    `map('join', ',', attribute=0)`,
    `map(attribute='a', x=1)`,
  ],
  max: ['max', 'max(true)', `max(attribute='a')`, 'max(case_sensitive=true)'],
  min: ['min', 'min(true)', `min(attribute='b')`],
  pprint: ['pprint', 'pprint(1)'],
  reject: ['reject', `reject('odd')`, `reject('string')`, `reject('eq', 1)`, `reject('nope')`],
  rejectattr: [`rejectattr('a')`, `rejectattr('a', 'eq', 1)`, 'rejectattr'],
  replace: [
    `replace('a', 'b')`,
    `replace('', '-', 3)`,
    `replace('<', '&', 1)`,
    `replace('o', '<o>'|safe)`,
    `replace(1, 2, count=1)`,
    `replace('a')`,
    `replace('a', 'b', 'c')`,
  ],
  reverse: ['reverse', 'reverse(1)'],
  round: [
    'round',
    'round(1)',
    'round(-1)',
    `round(1, 'ceil')`,
    `round(method='floor')`,
    `round(0, 'x')`,
    `round('a')`,
    'round(none)',
    'round(400)',
  ],
  safe: ['safe', 'safe(1)'],
  select: ['select', `select('odd')`, `select('in', [1, 'a'])`, `select('lessthan', 2)`],
  selectattr: [
    `selectattr('a')`,
    `selectattr('b', 'equalto', 'x')`,
    'selectattr',
    `selectattr(0, 'defined')`,
  ],
  slice: ['slice(3)', `slice(2, 'x')`, 'slice(0)', 'slice', `slice('a')`, 'slice(-1)'],
  sort: [
    'sort',
    'sort(true)',
    'sort(case_sensitive=true)',
    `sort(attribute='a')`,
    `sort(attribute='b,a')`,
    `sort(attribute='a,b', reverse=true)`,
    'sort(attribute=1)',
  ],
  string: ['string', 'string(1)', 'string(object=1)'],
  striptags: ['striptags'],
  sum: [
    'sum',
    `sum('a')`,
    `sum(start=10)`,
    `sum(start=[])`,
    `sum(start='')`,
    `sum(attribute='a.b.0', start=0.5)`,
  ],
  title: ['title'],
  tojson: ['tojson', 'tojson(2)', `tojson(indent='--')`, 'tojson(0)', 'tojson(1.5)'],
  trim: ['trim', `trim('a')`, `trim(chars=' xz')`, 'trim(1)'],
  truncate: [
    'truncate',
    'truncate(9)',
    `truncate(9, true)`,
    `truncate(length=12, end='…', leeway=0)`,
    'truncate(2)',
    'truncate(10, leeway=-1)',
    `truncate(5, false, '')`,
  ],
  unique: [
    'unique',
    'unique(true)',
    `unique(attribute='b')`,
    `unique(attribute='a', case_sensitive=true)`,
  ],
  upper: ['upper'],
  urlencode: ['urlencode', 'urlencode(1)'],
  urlize: [
    'urlize',
    'urlize(10)',
    `urlize(target='_blank', rel='me')`,
    `urlize(nofollow=true)`,
    `urlize(extra_schemes=['see'])`,
    `urlize(extra_schemes=['ftp:', 'x://'])`,
    'urlize(trim_url_limit=5, nofollow=true)',
  ],
  wordcount: ['wordcount'],
  wordwrap: [
    'wordwrap',
    'wordwrap(10)',
    `wordwrap(8, false)`,
    `wordwrap(width=5, wrapstring='|')`,
    'wordwrap(7, break_on_hyphens=false)',
    'wordwrap(0)',
    `wordwrap(9, wrapstring='<br>'|safe)`,
  ],
  xmlattr: ['xmlattr', 'xmlattr(false)', 'xmlattr(autospace=true)'],
};

/** Drawn by chance: only sequences with one possible answer can be compared. */
const BY_CHANCE = ['random'];

const run = requirement('jinja2', oracle.python() !== undefined);

describe.runIf(run)('built-in filters answer as Python', () => {
  let python: PythonOracle;
  beforeAll(() => {
    python = new PythonOracle(oracle.python() ?? '');
  });
  afterAll(() => python.close());

  test('every filter is in the table', () => {
    expect([...Object.keys(CALLS), ...BY_CHANCE].sort()).toEqual(Object.keys(FILTERS).sort());
  });

  test.for(Object.entries(CALLS))('%s', async ([, calls]) => {
    const cases: CaseSpec[] = calls.flatMap((call) =>
      VALUES.flatMap((value) =>
        [{}, { autoescape: true }].map((options) => ({ template: applied(value, call), options })),
      ),
    );
    const answers = await python.answers(cases);
    const different = cases.flatMap((spec, i) => {
      const theirs = comparable(answers[i]!);
      const own = comparable(ours(spec));
      const on = spec.options?.['autoescape'] === true ? ' (autoescape)' : '';
      return own === theirs ? [] : [`${spec.template}${on}\n  theirs ${theirs}\n  ours   ${own}`];
    });
    expect(different.join('\n')).toBe('');
  });

  test('random picks from what has one item, and refuses what Python refuses', async () => {
    const values = [
      `'a'`,
      '[7]',
      '(1,)',
      '[]',
      `''`,
      '1',
      'none',
      '{}',
      `{'a': 1}`,
      'nope',
      'range(1)',
    ];
    const cases = values.map((value) => ({ template: `{{ ${value}|random }}` }));
    const answers = await python.answers(cases);
    expect(cases.map((spec) => comparable(ours(spec)))).toEqual(answers.map(comparable));
  });
});
