import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { compilePythonRegex } from '../../lib/kolla/python-regex.js';
import { oracle, requirement } from '../support/requirements.js';

const PATTERNS = [
  'nova',
  '^nova$',
  '^nova-',
  '(?i)NOVA',
  '(?i:NOVA)-api',
  '^(?!.*nova)',
  '(?<=nova-)api',
  'a|b$',
  'nova-(api|conductor)',
  '(?P<x>a)(?P=x)',
  '(a)\\1',
  '[[]',
  '[]a]',
  '[^]a]',
  '[a-c]+',
  'a{2}',
  'a{,2}b',
  'a{2,1}',
  '{',
  'a{',
  'a{x}',
  'a**',
  'a*?',
  'a*+b',
  '(?>a+)b',
  '*a',
  '(a',
  'a)',
  '[a',
  '\\',
  '\\d+',
  '\\w\\b',
  '\\Bova',
  '\\Anova\\Z',
  'nova\\Z',
  '$',
  '(?#c)a',
  '(?x) n o v a # c',
  '(?s).',
  '(?m)^a$',
  '\\q',
  '\\x6e',
  '\\u006e',
  '\\x6',
  '\\0',
  '[\\d-x]',
  '[b-a]',
  '(?P<1a>x)',
  '(?P<a>x)(?P<a>y)',
  '(?P=n)',
  '(?<n>a)',
  '(?',
  '(?P<',
  '(?P<a',
  '(?i-s:a)',
  '(?-i:A)',
  '(?z)',
  'a(?i)b',
  '(?a)\\w',
  '()*',
  '(?:)+',
  '^*',
  '$+',
  '\\b*',
  '(?=a)*b',
  '.*nova.*',
  '(a|b)+?c',
  '\\.',
  '\\-',
  '[\\w-]',
  '[a\\]]',
  '(?i)[a-c]X',
  'é',
  '(?i)É',
  '[^\\S]',
  '[\\W_]',
  '\\2(a)(b)',
  '\\1',
  '(a\\1)',
  '\\8',
  'x{1',
  'x{1,',
  'x{1,}',
  'nova-api|',
  '|',
  '',
  'a+?',
  'a??',
  'a???',
  'a{1}{2}',
  'a*{2}',
  '(?:a',
  '(?=a',
  '(?!',
  '\\Z*',
  '[',
  '[]',
  '[^]',
  '[z-',
  'a\\',
  '(?P',
  '(?P>a)',
  '(?L)a',
  '(?u)a',
  '\\U0000006e',
  '\\777',
  '\\012',
  '[\\012]',
  '[\\8]',
  '[\\q]',
];

const NAMES = [
  'nova',
  'nova-api',
  'nova-conductor',
  'base',
  'aa',
  'abc',
  'keystone_x',
  'a',
  'ab',
  'aab',
  'x1',
  'a-b',
  'é',
  'É',
  'ABC',
  'bX',
  'nova\n',
  '[',
  ']',
  '{',
  'a{x}',
  '',
  'c',
  'BX',
  'aaa',
  '\n',
  'a{',
  'abab',
  'x',
  'n',
  '-',
];

const PROGRAM = `
import json, re, sys, warnings
warnings.simplefilter('ignore')
patterns, names = json.load(sys.stdin)
answers = []
for pattern in patterns:
    try:
        found = re.compile(pattern)
    except re.error as error:
        answers.append(None)
    else:
        answers.append([bool(found.search(name)) for name in names])
json.dump(answers, sys.stdout)
`;

const python = oracle.python();

describe.runIf(requirement('jinja2', python !== undefined))('a Python regular expression', () => {
  const { stdout, stderr } = spawnSync(python ?? 'python3', ['-c', PROGRAM], {
    input: JSON.stringify([PATTERNS, NAMES]),
    encoding: 'utf8',
  });
  const answers = (stdout === '' ? [] : JSON.parse(stdout)) as (boolean[] | null)[];

  it('is answered by Python', () => {
    expect(stderr).toBe('');
    expect(answers).toHaveLength(PATTERNS.length);
  });

  it.each(PATTERNS.map((pattern, index) => [pattern, index] as const))(
    'finds in every name what Python finds: %j',
    (pattern, index) => {
      const answer = answers[index] ?? null;
      if (answer === null) {
        expect(() => compilePythonRegex(pattern)).toThrow(/at position \d+$/);
      } else {
        const regex = compilePythonRegex(pattern);
        expect(NAMES.map((name) => regex.test(name))).toEqual(answer);
      }
    },
  );
});
