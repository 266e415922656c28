import { describe, expect, it } from 'vitest';
import { mergeOverrides } from '../../lib/kolla/overrides.js';

const merge = (...texts: string[]): ReturnType<typeof mergeOverrides> =>
  mergeOverrides(texts.map((text, index) => ({ path: `dir/${index + 1}.j2`, text })));

const EXTENDS = '{% extends parent_template %}\n';

describe('mergeOverrides', () => {
  it('takes the first file whole and names the result after it', () => {
    expect(merge(`${EXTENDS}a\n`)).toMatchObject({ name: '1.j2', text: `${EXTENDS}a\n` });
  });

  it('drops complete lines with extends from further files, guilty or not', () => {
    const { text, warnings } = merge(EXTENDS, `${EXTENDS}b\n{% set x = "extends" %}\nc\n`);
    expect(text).toBe(`${EXTENDS}b\nc\n`);
    expect(warnings).toEqual([
      'dir/2.j2:3: the whole line is dropped, as it looks like an extends tag',
    ]);
  });

  it('keeps an extends tag on a last line without line end', () => {
    expect(merge(EXTENDS, '{% extends parent_template %}').text).toBe(
      `${EXTENDS}{% extends parent_template %}`,
    );
  });

  it('puts nothing between files', () => {
    expect(merge(`${EXTENDS}a`, 'b\nc').text).toBe(`${EXTENDS}ab\nc`);
  });

  it('reads line ends as Python does', () => {
    expect(merge('{% extends x %}\r\na\rb\n').text).toBe('{% extends x %}\na\nb\n');
  });

  it('knows which file and line each line comes from', () => {
    const { origins } = merge(`${EXTENDS}a`, `b\n${EXTENDS}c\n`, 'd\n');
    expect(origins.map(({ templateName, line }) => `${templateName}:${line}`)).toEqual([
      'dir/1.j2:1',
      'dir/1.j2:2',
      'dir/2.j2:3',
      'dir/3.j2:1',
    ]);
  });

  it('warns when the result replaces every Dockerfile', () => {
    expect(merge('FROM scratch\n').warnings).toEqual([
      'dir/1.j2: no {% extends parent_template %}, so this text replaces every Dockerfile',
    ]);
  });
});
