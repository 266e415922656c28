import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docker, importShell, removeImages, writeCollection } from '../build/collection.js';
import { available, requirement, ROOT } from '../support/requirements.js';
import { runKollaBuild, type Run } from '../support/run.js';

describe.runIf(requirement('docker', available.docker()))('a sharp edge of the reference', () => {
  const base = 'kollage-spec/edge-shell:1';
  let work = '';

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    importShell(base);
    writeCollection(join(work, 'stock/docker'), base, { base: ['', 'ENV STOCK=1'] });
    writeCollection(join(work, 'tree'), base, {
      'edge-base': ['', 'RUN cat /proc/sys/kernel/random/uuid > /base'],
      'edge-child': ['edge-base', 'RUN cat /proc/sys/kernel/random/uuid > /child'],
      'edge-slow': ['', 'RUN echo early bird && sleep 600'],
    });
  }, 300_000);

  afterAll(() => {
    removeImages(/^kollage-spec\/edge-/);
    rmSync(work, { recursive: true, force: true });
  });

  // No docker, no buildx: nothing is on the PATH.
  const env = {
    PATH: '/nonexistent',
    ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
  };
  const args = (...more: string[]): string[] => [
    ...['--images-dir', join(work, 'stock'), '--kolla-series', 'master', '--base', 'debian'],
    ...['--docker-dir', join(work, 'tree'), '--nopull', '--network_mode', 'none'],
    ...['--namespace', 'kollage-spec', '--tag', 'spec', ...more],
  ];
  const inspect = (name: string, format: string): string =>
    docker('image', 'inspect', '--format', format, `kollage-spec/${name}:spec`);

  it('labels and the cache, missing buildx: a second run finds every layer', async () => {
    const build = (): Promise<Run> =>
      runKollaBuild(args('^edge-child'), { env: { ...env, HOME: work } });
    const created = '{{index .Config.Labels "org.opencontainers.image.created"}}';
    const left = async (): Promise<string[]> => {
      const { status, stderr } = await build();
      expect(status, stderr).toBe(0);
      return [inspect('edge-child', '{{json .RootFS.Layers}}'), inspect('edge-child', created)];
    };
    const [layers, first] = await left();
    // The label counts in seconds.
    await setTimeout(1100);
    const [again, second] = await left();
    expect(again).toBe(layers);
    expect(second).not.toBe(first);
  }, 300_000);

  it('live output: a line comes while its step still runs', async () => {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'bin/kolla-build.js'), ...args('^edge-slow')],
      { env: { ...env, HOME: work }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let text = '';
    const status = new Promise((resolve) => child.once('close', resolve));
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (/INFO:kolla\.common\.utils\.edge-slow:early bird\n/.test(text)) child.kill('SIGINT');
    });
    expect(await status, text).toBe(130);
  }, 300_000);
});
