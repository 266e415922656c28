import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDockerTree, type DockerTree } from '../../lib/adapters/docker-dir.js';
import { WorkDir } from '../../lib/adapters/work-dir.js';

describe('WorkDir, abandoned by a process that ends at once', () => {
  let work = '';
  let tree: DockerTree;

  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    const folder = join(work, 'templates/image');
    mkdirSync(folder, { recursive: true });
    for (let at = 0; at < 300; at++) writeFileSync(join(folder, `f${at}`), `${at}`);
    tree = readDockerTree([join(work, 'templates')]);
  });
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  it.each([
    ['made for it', 'new/out', 'new'],
    ['there before', '.', 'docker.part-'],
  ])('leaves no half of a tree in a folder that was %s', async (_, place, gone) => {
    const workDir = WorkDir.at(join(work, place));
    workDir.copyTree(tree);
    await setImmediate();
    workDir.abandon();
    // Operations that had begun come to their end, and must find no place.
    await workDir.discard();
    expect(readdirSync(work).filter((name) => name.startsWith(gone))).toEqual([]);
    expect(existsSync(join(work, 'templates/image/f0'))).toBe(true);
  });

  it('keeps a whole tree that somebody asked for, and no temporary one', async () => {
    const [named, temporary] = [WorkDir.at(join(work, 'out')), WorkDir.temporary('now')];
    for (const workDir of [named, temporary]) {
      workDir.copyTree(tree);
      await workDir.publish();
      workDir.abandon();
    }
    expect(readdirSync(join(named.path, 'image'))).toHaveLength(300);
    expect(existsSync(dirname(temporary.path))).toBe(false);
  });
});
