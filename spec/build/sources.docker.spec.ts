import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, oracle, requirement } from '../support/requirements.js';
import { run, runKollaBuild, type Run } from '../support/run.js';
import { importShell, removeImages, writeCollection } from './collection.js';
import { configurationOf, filesOf } from './image-content.js';

const kolla = oracle.kolla('22.0.0');
const runs =
  requirement('docker', available.docker()) &&
  requirement('git', available.command('git')) &&
  requirement('kolla', kolla !== undefined);

describe.runIf(runs)('sources of every kind', () => {
  const base = 'kollage-spec/src-shell:1';
  let work = '';
  let server: Server;
  let requests: string[] = [];
  const done: Record<string, Run> = {};

  const sh = (script: string, cwd = work): string =>
    execFileSync('sh', ['-ec', script], { cwd, encoding: 'utf8' });

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    importShell(base);
    sh(`
      mkdir -p local/sub site/bin addition repository patches/src-all
      echo one > local/file; echo two > local/sub/file; ln -s file local/link
      chmod 750 local/sub; printf '#!/bin/sh' > local/run; chmod 755 local/run
      echo plain > single-file
      echo plugin > site/bin/tool; chmod 700 site/bin/tool
      echo added > addition/notes
      cd repository; git init -q -b master; echo code > setup.py; git add .
      git -c user.name=a -c user.email=a@b commit -qm one; git branch stable/spec; cd ..
      printf 'fix.patch\\n' > patches/src-all/series; echo 'a patch' > patches/src-all/fix.patch
      find local site addition -exec touch -h -d '2026-01-02 03:04:05.25' {} +
      tar -czf plugin.tar.gz site; tar -cjf plugin.tar.bz2 addition || tar -cf plugin.tar.bz2 addition
    `);
    utimesSync(join(work, 'single-file'), 5, 5);
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end(readFileSync(join(work, (request.url ?? '').split('/').at(-1) ?? '')));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const digest = createHash('sha256')
      .update(readFileSync(join(work, 'plugin.tar.gz')))
      .digest('hex');
    const section = (name: string, values: Record<string, string>): string =>
      [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`), ''].join(
        '\n',
      );
    const git = { type: 'git', location: join(work, 'repository'), reference: 'stable/spec' };
    const sha256 = `amd64:${digest},arm64:${digest}`;
    writeFileSync(
      join(work, 'kolla-build.conf'),
      [
        section('src-url', { type: 'url', location: `${url}/plugin.tar.gz`, sha256 }),
        section('src-git', git),
        section('src-folder', { type: 'local', location: join(work, 'local') }),
        section('src-slash', { type: 'local', location: `${work}/local/` }),
        section('src-file', { type: 'local', location: join(work, 'single-file') }),
        section('src-off', { type: 'url', location: 'http://127.0.0.1:1/', enabled: 'false' }),
        section('src-all', { type: 'url', location: `${url}/plugin.tar.gz` }),
        section('src-all-plugin-one', { type: 'url', location: `${url}/plugin.tar.gz` }),
        section('src-all-plugin-two', { type: 'local', location: join(work, 'local') }),
        section('src-all-plugin-off', { type: 'git', location: 'x', enabled: 'false' }),
        section('src-all-additions-more', { type: 'url', location: `${url}/plugin.tar.bz2` }),
        section('src-missing', { type: 'url', location: `${url}/` }),
        section('src-wrong', {
          type: 'url',
          location: `${url}/plugin.tar.gz`,
          sha256: 'amd64:0,arm64:0',
        }),
      ].join('\n'),
    );
    const add = (name: string): [string, string] => [
      'src-base',
      `ADD ${name}-archive /unpacked\nCOPY ${name}-archive /archives/`,
    ];
    const everything =
      'ADD src-all-archive /source\nADD plugins-archive /\nADD additions-archive /\nCOPY patches /patches';
    writeCollection(join(work, 'tree'), base, {
      'src-base': ['', 'ENV A=1'],
      'src-url': add('src-url'),
      'src-git': ['src-base', 'ADD src-git-archive /unpacked'],
      'src-folder': add('src-folder'),
      'src-slash': add('src-slash'),
      'src-file': ['src-base', 'COPY src-file-archive /file'],
      'src-off': ['src-base', 'ENV NOTHING=fetched'],
      'src-all': ['src-base', everything],
      'src-wrong': add('src-wrong'),
    });
    const args = (namespace: string): string[] => [
      ...['--config-file', join(work, 'kolla-build.conf'), '--base', 'debian', '--nopull'],
      ...['--docker-dir', join(work, 'tree'), '--network_mode', 'none', '--retries', '0'],
      ...['--patches-path', join(work, 'patches')],
      ...['--namespace', `kollage-spec/${namespace}`, '--tag', 'spec', '^src-'],
    ];
    const env = {
      HOME: join(work, 'home'),
      ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
    };
    done['reference'] = await run(kolla!, args('ref'), { env });
    const stock = ['--images-dir', join(kolla!, '../../share/kolla')];
    requests = [];
    mkdirSync(join(work, 'tmp'));
    const own = { env: { ...env, TMPDIR: join(work, 'tmp') } };
    done['ours'] = await runKollaBuild([...stock, ...args('ours')], own);
    const cache = ['--source-cache', join(work, 'cache'), '--nobuildkit'];
    done['cached'] = await runKollaBuild([...stock, ...cache, ...args('ours')], own);
    done['offline'] = await runKollaBuild([...stock, ...cache, '--offline', ...args('ours')], own);
  }, 900_000);

  afterAll(() => {
    server.close();
    removeImages(/^kollage-spec\/((ref|ours)\/)?src-/);
    rmSync(work, { recursive: true, force: true });
  }, 120_000);

  it('give the same summary', () => {
    expect(done['ours']!.stdout).toBe(done['reference']!.stdout);
    expect(JSON.parse(done['ours']!.stdout)).toMatchObject({
      failed: [{ name: 'src-wrong', status: 'error' }],
    });
    expect(done['ours']!.stderr).toMatch(
      /^ERROR:kolla\.common\.utils\.src-wrong:http.*SHA256 checksum does not match\(configured: 0, /m,
    );
  });

  it.each(['url', 'folder', 'slash', 'file', 'off', 'all'])(
    'give images of the same configuration and with the same files: %s',
    async (kind) => {
      const [theirs, ours] = ['ref', 'ours'].map(
        (namespace) => `kollage-spec/${namespace}/src-${kind}:spec`,
      ) as [string, string];
      expect(configurationOf(ours)).toEqual(configurationOf(theirs));
      const files = await filesOf(theirs);
      // Archives are among the files, so their digests are compared, too.
      if (['url', 'folder', 'slash'].includes(kind)) {
        expect(Object.keys(files)).toContain(`archives/src-${kind}-archive`);
      }
      if (kind === 'all') expect(Object.keys(files)).toContain('plugins/site/bin/tool');
      expect(await filesOf(ours)).toEqual(files);
    },
    300_000,
  );

  it('give the same clone, but for what git notes about cloning', async () => {
    const lasting = (files: Record<string, string>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(files).filter(([name]) => !/\.git\/(index|logs|objects\/pack)/.test(name)),
      );
    const theirs = await filesOf('kollage-spec/ref/src-git:spec');
    const ours = await filesOf('kollage-spec/ours/src-git:spec');
    expect(Object.keys(theirs)).toContain('unpacked/src-git-archive-stable-spec/setup.py');
    expect(lasting(ours)).toEqual(lasting(theirs));
  }, 120_000);

  it('are fetched once per run, and from the cache without a network', () => {
    expect(done['cached']!.stdout).toBe(done['reference']!.stdout);
    expect(done['offline']!.stdout).toBe(done['reference']!.stdout);
    // Once without the cache, once to fill it.
    expect(requests.filter((path) => path === '/plugin.tar.gz')).toHaveLength(2);
    expect(requests.filter((path) => path === '/plugin.tar.bz2')).toHaveLength(2);
  });

  it('leave nothing behind in temporary folders', () => {
    expect(readdirSync(join(work, 'tmp'))).toEqual([]);
  });
});
