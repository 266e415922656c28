import { describe, expect, it } from 'vitest';
import { parseIni } from '../../../lib/kolla/config/ini.js';

const texts = (source: string): Record<string, Record<string, string[]>> =>
  Object.fromEntries(
    [...parseIni(source, '/x.conf')].map(([section, keys]) => [
      section,
      Object.fromEntries([...keys].map(([key, values]) => [key, values.map(({ text }) => text)])),
    ]),
  );

describe('parseIni', () => {
  it('reads sections, both separators and repeated keys', () => {
    expect(texts('[a]\nx = 1\nx: 2\n[b]\ny=c:d\n[a]\nz =\n')).toEqual({
      a: { x: ['1', '2'], z: [''] },
      b: { y: ['c:d'] },
    });
  });

  it('joins indented lines, until a blank one', () => {
    expect(texts('[a]\nx = 1\n  2\n\t# 3\n\ny = 4\n')).toEqual({
      a: { x: ['1\n2\n# 3'], y: ['4'] },
    });
  });

  it('drops one pair of outer quotes', () => {
    expect(texts(`[a]\nx = "1"\ny = '"2"'\nz = "3'\nq = "\n`)).toEqual({
      a: { x: ['1'], y: ['"2"'], z: [`"3'`], q: [''] },
    });
  });

  it('knows comments in the first column only', () => {
    expect(texts('# c\n[a]\n;x = 1\ny = 2 # 3\n')).toEqual({ a: { y: ['2 # 3'] } });
  });

  it('remembers the line of each key', () => {
    const values = parseIni('\n[a]\n\nx = 1\n  2\nx = 3\n', '/x.conf').get('a')?.get('x');
    expect(values?.map(({ line }) => line)).toEqual([4, 6]);
  });

  it.each([
    ['x', "at /x.conf:1, No ':' or '=' found in assignment: 'x'"],
    ['[a]\n = 1', "at /x.conf:2, Unexpected continuation line: ' = 1'"],
    ['[a]\n= 1', "at /x.conf:2, Key cannot be empty: '= 1'"],
    ['[a', "at /x.conf:1, Invalid section (must end with ]): '[a'"],
    ['[]', "at /x.conf:1, Empty section name: '[]'"],
    ['x = 1\n', "at /x.conf:1, Section must be started before assignment: ''"],
    ['\ufeff[a]\n', "at /x.conf:1, No ':' or '=' found in assignment: '\\ufeff[a]'"],
  ])('refuses %j', (source, reason) => {
    expect(() => parseIni(source, '/x.conf')).toThrow(`Failed to parse /x.conf: ${reason}`);
  });
});
