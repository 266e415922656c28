import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKollaOrigin } from '../../lib/adapters/kolla-origin.js';
import { createLog } from '../../lib/adapters/log.js';
import { reportSummary } from '../../lib/cli/report-summary.js';
import { requireTypedSources } from '../../lib/kolla/sources.js';
import { summarize } from '../../lib/kolla/summary.js';
import { BuildSetup, statuses } from '../adapters/build-setup.js';
import { makeImage, makeOptions } from '../kolla/make-options.js';
import { runKollaBuild } from '../support/run.js';
import { useScratch } from './scratch.js';

describe('a sharp edge of the reference', () => {
  const scratch = useScratch();

  it('order of images: by path, whatever the file system says', async () => {
    scratch.write({
      'images/zz/Dockerfile.j2': 'FROM x\n',
      'images/aa/Dockerfile.j2': 'FROM x\n',
      'images/aa-b/Dockerfile.j2': 'FROM x\n',
      'images/aa/mm/Dockerfile.j2': 'FROM x\n',
    });
    const { stdout } = await scratch.run(['--list-images', '^(aa|aa-b|mm|zz)$']);
    expect(stdout).toBe('1 : aa\n2 : mm\n3 : aa-b\n4 : zz\n');
  });

  it('plugin without a type: named before anything is built', async () => {
    const image = { ...makeImage('horizon'), untypedSources: ['horizon-plugin-x'] };
    expect(() => requireTypedSources([{ ...image, status: 'unmatched' }])).not.toThrow();
    expect(() => requireTypedSources([{ ...image, status: 'matched' }])).toThrow(
      "No type in [horizon-plugin-x]: say where it comes from with 'type = local', git or url",
    );
    scratch.write({ 'kolla-build.conf': '[horizon-plugin-x]\nlocation = /x\n' });
    expect((await scratch.run(['--list-images', 'horizon'])).status).toBe(0);
  });

  it('relative work dir: plugins are unpacked all the same', async () => {
    const setup = new BuildSetup().tree({ horizon: '' });
    const source = join(setup.folder, 'mine');
    mkdirSync(source);
    writeFileSync(join(source, 'file'), 'x');
    execFileSync('tar', ['-cf', join(setup.folder, 'mine.tar'), '-C', setup.folder, 'mine']);
    setup.withSource(
      'horizon',
      { type: 'local', source: join(setup.folder, 'mine.tar') },
      'plugins',
    );
    // What a relative --work-dir comes to: the images lie at absolute paths.
    expect(statuses(await setup.build())).toEqual({ horizon: 'built' });
    expect(existsSync(join(setup.image('horizon').path, 'plugins/mine/file'))).toBe(true);
    const done = await runKollaBuild(
      [
        '--template-only',
        '--work-dir',
        'rel',
        '--images-dir',
        join(scratch.path, 'images'),
        'cron',
      ],
      { cwd: scratch.path, env: { HOME: scratch.path } },
    );
    expect(done.status, done.stderr).toBe(0);
    expect(readdirSync(join(scratch.path, 'rel/docker'))).toContain('cron');
  });

  it('logs of earlier runs: the link of a failure stays after a success', () => {
    const logsDir = join(scratch.path, 'logs');
    mkdirSync(logsDir);
    symlinkSync('cron.log', join(logsDir, '000_FAILED_cron.log'));
    const summary = summarize([{ name: 'cron', status: 'built' }] as never, []);
    const io = {
      env: {},
      columns: 80,
      machine: 'x86_64',
      stdout: () => undefined,
      stderr: () => undefined,
    };
    const options = makeOptions(['--logs-dir', logsDir]);
    expect(
      reportSummary(
        summary,
        options,
        createLog(() => undefined),
        io,
      ),
    ).toBe(true);
    expect(readdirSync(logsDir)).toEqual(['000_FAILED_cron.log']);
  });

  it('needs of a list: no git, no engine, no Python', async () => {
    const { status, stdout, stderr } = await runKollaBuild(
      ['--list-images', '--images-dir', join(scratch.path, 'images'), 'cron'],
      { env: { PATH: '/nonexistent', HOME: scratch.path } },
    );
    expect(status, stderr).toBe(0);
    expect(stdout).toBe('1 : base\n2 : cron\n');
  });

  it('repository around the package: says nothing about the package', () => {
    const dir = join(scratch.path, 'venv/lib/python3/site-packages/kolla');
    mkdirSync(dir, { recursive: true });
    execFileSync('git', ['init', '-q', scratch.path]);
    execFileSync('git', [
      ...['-C', scratch.path, '-c', 'user.name=x', '-c', 'user.email=x@example.org'],
      ...['commit', '-q', '--allow-empty', '-m', 'x'],
    ]);
    expect(readKollaOrigin({ dir, version: '22.0.0' }, '22.0.0')).toEqual({ version: '22.0.0' });
  });

  it('defaults that the guide tells: help has those of the series', async () => {
    const flat = async (series: string): Promise<string> => {
      const { stdout } = await scratch.run(['--help'], { OS_DEFAULT__KOLLA_SERIES: series });
      return stdout.replace(/\s+/g, ' ');
    };
    expect(await flat('train')).toContain(
      'every image stands on. One of: centos, rhel, ubuntu, debian. Default: centos.',
    );
    expect(await flat('2026.1')).toMatch(
      /every image stands on\. One of: [^.]*\. Default: rocky\./,
    );
    expect(await flat('2026.1')).toContain('OpenStack release to build. Default: 2026.1.');
  });
});
