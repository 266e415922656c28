import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSurroundingPackage, importPackage } from '../../lib/adapters/kolla-package.js';
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
  reference(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
    const main = 'import sys; from kolla.cmd.build import main; sys.exit(main())';
    const python = join(dirname(program!), 'python');
    return run(python, ['-c', main, ...args], { env: { ...env, PYTHONPATH: this.root } });
  }

  ours(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
    return runKollaBuild(['--images-dir', this.imagesDir, ...args], { env });
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
    fork.edit(
      'kolla/common/config.py',
      '_CLI_OPTS = [',
      [
        '_CLI_OPTS = [',
        "    cfg.StrOpt('site-name', short='s', default='here-$base', help='Where: ' + ','.join(['x'])),",
        "    cfg.StrOpt('site-kind', dest='kind', default='big', choices=[('big', 'wide'), ('small', 'x')]),",
        "    cfg.BoolOpt('site-flag', default=True, help='A switch'),",
        "    cfg.IntOpt('site-number', default=7, min=3, max=9, help='A number'),",
        "    cfg.MultiStrOpt('site-many', help='Many'),",
        "    cfg.DictOpt('site-map', default={'a': 'b'}, help='A map'),",
      ].join('\n'),
    );
    fork.edit(
      'kolla/common/config.py',
      /^_BASE_OPTS = \[[^]*?\n\]\n/m,
      "$&\n_BASE_OPTS += [cfg.ListOpt('site_list', default=['x', 'y'], help='A list')]\n_CLI_OPTS.append(cfg.StrOpt('site-late'))\n_SITE_OPTS = [cfg.StrOpt('site-table', default='t')]\n",
    );
    fork.edit(
      'kolla/common/config.py',
      '    conf.register_cli_opts(_CLI_OPTS)\n',
      '    conf.register_cli_opts(_CLI_OPTS)\n    conf.register_cli_opts(_SITE_OPTS)\n',
    );
    fork.edit('kolla/common/config.py', "default='kolla',", "default='forked',");
    fork.edit(
      'kolla/common/config.py',
      "choices=['json', 'none']",
      "choices=['json', 'none', 'odd']",
    );
    fork.edit(
      'kolla/image/kolla_worker.py',
      "'image_name': image_name,",
      [
        "'image_name': image_name,",
        "'site': [self.conf.site_name, 1],",
        "'site_name': self.conf.site_name,",
        "'site_kind': self.site_kind,",
        "'site_flag': self.conf.site_flag,",
        "'site_number': self.conf.site_number,",
        "'site_many': self.conf.site_many,",
        "'site_map': self.conf.site_map,",
        "'site_list': self.conf.site_list,",
        "'site_late': self.conf.site_late,",
        "'site_table': self.conf.site_table,",
        "'site_constant': 'always',",
      ].join('\n                      '),
    );
    fork.edit(
      'kolla/image/kolla_worker.py',
      '        self.maintainer = conf.maintainer\n',
      '        self.maintainer = conf.maintainer\n        self.site_kind = conf.kind\n',
    );
    fork.add(
      'docker/site/Dockerfile.j2',
      [
        'FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}',
        'ENV A="{{ site_name }} {{ site_kind }} {{ site_flag }} {{ site_number }}"',
        'ENV B="{{ site_many }} {{ site_map }} {{ site_list }} {{ site_late }} {{ site_table }} {{ site_constant }}"',
        '',
      ].join('\n'),
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
    [
      'options of its own',
      [
        ...['--site-name', 'there', '--site-kind=small', '--nosite-flag', '--site-number', '9'],
        ...[
          '--site-many',
          'a',
          '--site-many',
          'b',
          '--site-map',
          'k:v',
          '--site-la',
          'x',
          '^site$',
        ],
      ],
    ],
    ['an option of its own in its short form', ['-stag', '-f', 'odd', '^site$']],
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

  it.each([
    ['a value of its own option', ['--site-number', '10']],
    ['a choice of its own option', ['--site-kind', 'huge']],
    ['an option that it lacks', ['--site-colour', 'red']],
    ['an abbreviation of several', ['--site', 'x']],
    ['a choice of an option that it changed', ['--format', 'even']],
  ])(
    'refuses %s in the same words',
    async (_, args) => {
      const [theirs, ours] = await Promise.all([fork.reference(args), fork.ours(args)]);
      const said = ours.stderr.replace(/^kolla-build: did you mean .*\n/m, '');
      expect([ours.status, said]).toEqual([theirs.status, theirs.stderr]);
      expect(ours.status).toBeGreaterThan(0);
    },
    300_000,
  );

  it('shows its own options in the help, with values and defaults', async () => {
    const { stdout, status } = await fork.ours(['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('--site-kind KIND');
    expect(stdout.replace(/\s+/g, ' ')).toContain('A number Default: 7.');
    expect(stdout).toContain('One of: big, small.');
    expect(stdout).not.toContain('site_list');
  }, 300_000);

  it('reads its own options from files and the environment', async () => {
    fork.add('site.conf', '[DEFAULT]\nsite_list = p,q\nsite_name = $namespace\n');
    const work = mkdtempSync(join(tmpdir(), 'kollage-fork-work-'));
    try {
      const args = (name: string): string[] => [
        ...['--config-file', join(fork.root, 'site.conf'), '--template-only', '^site$'],
        ...['--base', 'debian', '--base-arch', 'x86_64', '--work-dir', join(work, name)],
      ];
      const [theirs, ours] = await Promise.all([
        fork.reference(args('theirs'), { OS_DEFAULT__SITE_MAP: 'e:f' }),
        fork.ours(args('ours'), { OS_DEFAULT__SITE_MAP: 'e:f' }),
      ]);
      expect([theirs.status, ours.status], ours.stderr).toEqual([0, 0]);
      const path = 'docker/site/Dockerfile';
      const text = readFileSync(join(work, 'ours', path), 'utf8');
      expect(text).toBe(readFileSync(join(work, 'theirs', path), 'utf8'));
      expect(text).toContain("{'e': 'f'} ['p', 'q']");
      expect(text).toContain('ENV A="forked big');
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }, 300_000);

  it('is told which of its variables could not be read', async () => {
    const kolla = findSurroundingPackage(fork.imagesDir)!;
    const { unread } = await importPackage(kolla, 'x');
    expect(unread.map(({ file, name }) => `${file} ${name}`)).toEqual([
      'image/kolla_worker.py variable site',
    ]);
  });

  it('refuses a profile that nobody declared', async () => {
    const args = ['--list-images', '--base', 'debian', '--profile', 'unheard-of'];
    const [theirs, ours] = await Promise.all([fork.reference(args), fork.ours(args)]);
    expect([theirs.status, ours.status]).toEqual([1, 1]);
    expect(ours.stderr).toContain('Profile: unheard-of does not exist');
  }, 300_000);
});
