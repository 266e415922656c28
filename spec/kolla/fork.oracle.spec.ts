import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSurroundingPackage } from '../../lib/adapters/kolla-package.js';
import { kollaImagesDir } from '../support/kolla-package.js';
import { oracle, requirement } from '../support/requirements.js';
import { run, runKollaBuild, type Run } from '../support/run.js';
import { readTree, treeDifferences } from '../support/tree.js';

const RELEASE = '22.0.0';
const program = oracle.kolla(RELEASE);

/** A checkout of kolla: package and templates side by side. */
class Fork {
  readonly root = mkdtempSync(join(tmpdir(), 'kollage-fork-'));
  readonly imagesDir = join(this.root, 'docker');

  constructor() {
    const imagesDir = kollaImagesDir(RELEASE);
    cpSync(imagesDir, this.imagesDir, { recursive: true });
    cpSync(findSurroundingPackage(imagesDir)!.dir, join(this.root, 'kolla'), { recursive: true });
  }

  /** Replaces text that must be there, so that a test cannot pass on an edit that missed. */
  edit(path: string, from: string | RegExp, to: string): void {
    const text = readFileSync(join(this.root, path), 'utf8');
    const edited = text.replace(from, to);
    expect(edited, `${path} has no ${from.toString()}`).not.toBe(text);
    writeFileSync(join(this.root, path), edited);
  }

  add(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Runs the fork's own kolla-build. */
  reference(args: readonly string[]): Promise<Run> {
    const main = 'import sys; from kolla.cmd.build import main; sys.exit(main())';
    const python = join(dirname(program!), 'python');
    return run(python, ['-c', main, ...args], { env: { PYTHONPATH: this.root } });
  }

  ours(args: readonly string[]): Promise<Run> {
    return runKollaBuild(['--images-dir', this.imagesDir, ...args]);
  }
}

describe.runIf(requirement('kolla', program !== undefined))('a fork of kolla', () => {
  let fork: Fork;

  beforeAll(() => {
    fork = new Fork();
    fork.edit('kolla/common/users.py', /('nova-user': \{\s*'uid': )\d+/, '$150123');
    fork.edit(
      'kolla/common/users.py',
      'USERS = {',
      "USERS = {\n    'fork-user': {'uid': 50001, 'gid': 50002, 'group': 'forks'},",
    );
    fork.edit('kolla/common/sources.py', / {4}'etcd': \{[\s\S]*?\n(?= {4}'[a-z])/, '');
    fork.edit(
      'kolla/common/config.py',
      "cfg.ListOpt('main',",
      "cfg.ListOpt('forked', default=['^fork-', 'etcd'], help='Ours'),\n    cfg.ListOpt('main',",
    );
    fork.edit(
      'kolla/common/config.py',
      /'debian': \{'name': 'debian', 'tag': '\w+'\}/,
      "'debian': {'name': 'mirror.example/debian', 'tag': 'forky'}",
    );
    fork.edit(
      'kolla/image/unbuildable.py',
      /'debian': \{\n/,
      "'debian': {\n        'memcached',\n",
    );
    fork.add(
      'docker/fork-image/Dockerfile.j2',
      'FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\n# {{ users.fork }} {{ users.nova.uid }}\n',
    );
  }, 120_000);
  afterAll(() => {
    rmSync(fork.root, { recursive: true, force: true });
  });

  it.each([
    ['everything', []],
    ['its own profile', ['--profile', 'forked']],
    ['an image that it took out', ['memcached', 'nova-api']],
  ])(
    'renders %s as its own kolla-build does',
    async (_, selection) => {
      const work = mkdtempSync(join(tmpdir(), 'kollage-fork-work-'));
      try {
        const args = (name: string): string[] => [
          ...['--template-only', '--base', 'debian', '--base-arch', 'x86_64'],
          ...['--work-dir', join(work, name), ...selection],
        ];
        const [theirs, ours] = await Promise.all([
          fork.reference(args('theirs')),
          fork.ours(args('ours')),
        ]);
        expect(theirs.status, theirs.stderr).toBe(0);
        expect(ours.status, ours.stderr).toBe(0);
        expect(ours.stderr.replaceAll('/ours/', '/theirs/')).toBe(theirs.stderr);
        const expected = readTree(join(work, 'theirs'));
        expect(treeDifferences(expected, readTree(join(work, 'ours'))).slice(0, 10)).toEqual([]);
        const base = expected.get('docker/base/Dockerfile')?.content?.toString() ?? '';
        expect(base).toContain('FROM mirror.example/debian:forky');
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
    300_000,
  );

  it('refuses a profile that nobody declared', async () => {
    const args = ['--list-images', '--base', 'debian', '--profile', 'unheard-of'];
    const [theirs, ours] = await Promise.all([fork.reference(args), fork.ours(args)]);
    expect([theirs.status, ours.status]).toEqual([1, 1]);
    expect(ours.stderr).toContain('Profile: unheard-of does not exist');
  }, 300_000);
});
