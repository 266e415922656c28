import { describe, expect, it } from 'vitest';
import {
  readPythonAssignments,
  readPythonLocal,
} from '../../../lib/kolla/series-import/python-reader.js';
import {
  findUnreadable,
  type PythonCall,
  type PythonDict,
  type PythonSet,
} from '../../../lib/kolla/series-import/python-values.js';
import { readBaseRules } from '../../../lib/kolla/series-import/decision-rules.js';

const read = (source: string, name = 'X'): unknown =>
  readPythonAssignments(source).get(name)?.value;

describe('readPythonAssignments', () => {
  it.each([
    ['a string of two parts', 'X = (\'a\'\n     "b")', 'ab'],
    ['escapes', String.raw`X = 'a\'b\x41\u00e9\n'`, "a'bA\u00e9\n"],
    ['a raw string', String.raw`X = r'\d'`, '\\d'],
    ['a string over lines', 'X = """a\nb"""', 'a\nb'],
    ['a backslash at the end of a line', "X = \\\n  'a' \\\n  'b'", 'ab'],
    ['numbers', 'X = [1, 1_000, 0x10, -2, 1.5]', [1, 1000, 16, -2, 1.5]],
    ['constants', 'X = [None, True, False]', [null, true, false]],
    ['a name assigned before', "Y = 'a'\nX = [Y, Y + 'b']", ['a', 'ab']],
    ['percent formatting', "X = '%s-%s' % ('a', 'b')", 'a-b'],
    ['the last of two assignments', "X = 'a'\nX = 'b'", 'b'],
    ['a comment inside a list', "X = [\n  'a',  # one\n  # two\n  'b',\n]", ['a', 'b']],
  ])('reads %s', (_, source, expected) => {
    expect(read(source)).toEqual(expected);
  });

  it('keeps the order of dicts and sets', () => {
    const dict = read("X = {'b': 1, 'a': {'z', 'y'}}") as PythonDict;
    expect([...dict.entries.keys()]).toEqual(['b', 'a']);
    expect((dict.entries.get('a') as PythonSet).items).toEqual(['z', 'y']);
  });

  it('records calls with their arguments', () => {
    const [call] = read("X = [cfg.StrOpt('base', short='b')]") as PythonCall[];
    expect(call).toMatchObject({ callee: 'cfg.StrOpt', args: ['base'] });
    expect(call?.kwargs.get('short')).toBe('b');
  });

  it.each([
    ['a name of another module', "X = 'a' + os.sep", 1],
    ['a comprehension', 'X = [\n a for a in b]', 2],
    ['an f-string', "X = f'{a}'", 1],
    ['a conditional value', "X = 'a' if y else 'b'", 1],
    ['a value assigned again in an if', "X = 'a'\nif y:\n    X = 'b'\n", 3],
  ])('says where %s cannot be read', (_, source, line) => {
    const value = readPythonAssignments(source).get('X')?.value ?? null;
    expect(findUnreadable(value)?.line).toBe(line);
  });

  it('spoils only the argument that cannot be read', () => {
    const source = "X = [O('a', help=', '.join([o for o in p]), default=3)]";
    const [call] = read(source) as PythonCall[];
    expect(call?.kwargs.get('default')).toBe(3);
  });

  it('rejects text that is not Python, with its line', () => {
    expect(() => readPythonAssignments("X = 1\nY = 'a\n")).toThrow(
      expect.objectContaining({ name: 'PythonSyntaxError', line: 2 }),
    );
  });
});

describe('readPythonLocal', () => {
  it('reads a dict inside a function, values unknown', () => {
    const source = "def f(self):\n    values = {'a': self.a, 'b': g(1)}\n";
    expect([...(readPythonLocal(source, 'values') as PythonDict).entries.keys()]).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('readBaseRules', () => {
  it('flattens nested branches into rules, first match first', () => {
    const source = `
        rpm_base = ['centos', 'other']
        if self.base in rpm_base and self.base_tag.startswith('7'):
            self.v = "2"
        elif self.base == 'debian':
            if self.base_tag.startswith(('12', 'bookworm')):
                self.v = "11"
            else:
                self.v = "9"
        elif self.odd():
            self.v = "never"
        else:
            self.v = "0"
`;
    expect(readBaseRules(source, 'self.v')).toEqual([
      { bases: ['centos', 'other'], tags: ['7'], value: '2' },
      { bases: ['debian'], tags: ['12', 'bookworm'], value: '11' },
      { bases: ['debian'], value: '9' },
      { value: '0' },
    ]);
  });
});
