import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORACLES, available, oracle, requirement } from '../support/requirements.js';
import { run, runKollaBuild, type Run } from '../support/run.js';
import { importShell, removeImages, writeCollection } from './collection.js';
import { configurationOf, filesOf } from './image-content.js';

const kolla = oracle.kolla('23.0.0');
const runs =
  requirement('docker', available.docker()) &&
  requirement('git', available.command('git')) &&
  requirement('kolla', kolla !== undefined);

describe.runIf(runs)('kolla 2026.2', () => {
  const base = 'kollage-spec/pinned-shell:1';
  let work = '';
  const done: Record<string, Run> = {};

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    importShell(base);
    execFileSync('sh', [
      '-ec',
      `cd ${work}; mkdir -p local/closed plugin; echo 1 > local/closed/file; chmod 444 local/closed/file
       chmod 555 local/closed; echo 2 > local/late; touch -d 2030-01-01 local/late; ln -s late local/link
       echo 3 > plugin/tool; chmod 500 plugin/tool; chmod 555 plugin; tar -czf plugin.tar.gz plugin
       mkdir repository; cd repository; git init -q -b main; echo code > setup.py; git add .
       git -c user.name=a -c user.email=a@b commit -qm one`,
    ]);
    const location = (name: string): string => `location = ${join(work, name)}`;
    writeFileSync(
      join(work, 'kolla-build.conf'),
      [
        ...['[DEFAULT]', 'pip_index_url = http://127.0.0.1/simple', 'pip_trusted_host = 127.0.0.1'],
        ...['[pinned-local]', 'type = local', location('local')],
        ...['[pinned-local-plugin-one]', 'type = local', location('plugin.tar.gz')],
        ...['[pinned-local-additions-one]', 'type = local', location('plugin.tar.gz')],
        ...['[pinned-git]', 'type = git', location('repository'), 'reference = main', ''],
      ].join('\n'),
    );
    writeCollection(join(work, 'tree'), base, {
      'pinned-local': [
        '',
        'COPY *-archive /archives/\nRUN echo "$PIP_INDEX_URL $PIP_TRUSTED_HOST" > /pip',
      ],
      'pinned-git': ['', 'COPY pinned-git-archive /archives/\nADD pinned-git-archive /source'],
    });
    const args = (namespace: string): string[] => [
      ...['--config-file', join(work, 'kolla-build.conf'), '--base', 'debian', '--nopull'],
      ...['--docker-dir', join(work, 'tree'), '--network_mode', 'none', '--retries', '0'],
      ...['--namespace', `kollage-spec/${namespace}`, '--tag', 'spec', '^pinned-'],
    ];
    const { DOCKER_HOST } = process.env;
    const env = { HOME: join(work, 'home'), ...(DOCKER_HOST ? { DOCKER_HOST } : {}) };
    const root = join(ORACLES, 'kolla-23.0.0/lib');
    const python = readdirSync(root).find((name) => name.startsWith('python')) ?? '';
    const imagesDir = join(root, python, 'site-packages/kolla');
    done['reference'] = await run(kolla!, ['--nobuildkit', ...args('ref')], { env });
    done['ours'] = await runKollaBuild(['--images-dir', imagesDir, ...args('ours')], { env });
  }, 300_000);

  afterAll(() => {
    removeImages(/^kollage-spec\/(ref|ours)\/pinned-/);
    rmSync(work, { recursive: true, force: true });
  }, 120_000);

  it('and we build the same', () => {
    expect(done['reference']!.status).toBe(0);
    expect(done['ours']!.stdout).toBe(done['reference']!.stdout);
  });

  it('and we make the same archives, without times and writable, and hand pip the same settings', async () => {
    const [theirs, ours] = [
      'kollage-spec/ref/pinned-local:spec',
      'kollage-spec/ours/pinned-local:spec',
    ] as const;
    expect(configurationOf(ours)).toEqual(configurationOf(theirs));
    const files = await filesOf(theirs);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['pip', ...ARCHIVES.map((name) => `archives/${name}-archive`)]),
    );
    expect(await filesOf(ours)).toEqual(files);
  }, 120_000);

  it('and we make the same clones, but for what git notes about cloning', async () => {
    const lasting = (files: Record<string, string>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(files).filter(
          ([name]) => !/\.git\/(index|logs|objects\/pack)|^archives\//.test(name),
        ),
      );
    const theirs = await filesOf('kollage-spec/ref/pinned-git:spec');
    expect(lasting(await filesOf('kollage-spec/ours/pinned-git:spec'))).toEqual(lasting(theirs));
  }, 120_000);
});

const ARCHIVES = ['pinned-local', 'plugins', 'additions'];
