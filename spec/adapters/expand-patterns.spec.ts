import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandPatterns } from '../../lib/adapters/expand-patterns.js';
import { makeOptions } from '../kolla/make-options.js';

describe('expandPatterns', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'kollage-patterns-'));
    for (const name of ['20.j2', '10.j2', 'note.txt', 'is[1].j2', 'is1.j2']) {
      writeFileSync(join(root, name), '');
    }
    for (const name of ['trees/b', 'trees/a', 'trees/a/c'])
      mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, 'trees/file'), '');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const overrides = async (...patterns: string[]): Promise<readonly string[]> => {
    const argv = patterns.flatMap((pattern) => ['--template-override', `${root}/${pattern}`]);
    const { templateOverride } = await expandPatterns(makeOptions(argv));
    return templateOverride.map((path) => path.slice(root.length + 1));
  };

  it('puts files that match in the place of a pattern, by name', async () => {
    expect(await overrides('is1.j2', '[0-9]*.j2', 'note.txt')).toEqual([
      ...['is1.j2', '10.j2', '20.j2', 'note.txt'],
    ]);
  });

  it('takes a path that exists for what it is', async () => {
    expect(await overrides('is[1].j2')).toEqual(['is[1].j2']);
  });

  it('puts folders in the place of a pattern of docker dirs', async () => {
    const options = await expandPatterns(makeOptions(['-D', `${root}/trees/*`, '--tag', 'x']));
    expect(options.dockerDir).toEqual([`${root}/trees/a`, `${root}/trees/b`]);
    expect({ ...options }.tag).toBe('x');
  });

  it('names a pattern that matches nothing', async () => {
    await expect(overrides('*.yaml')).rejects.toThrow(`${root}/*.yaml: no such file or folder`);
  });
});
