import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../lib/index.js';
import { available, requirement } from '../support/requirements.js';
import { DaemonProxy } from './daemon-proxy.js';
import { startRegistry, type Registry } from './registry.js';
import { built, eventually, failed, processesWith, useStage, type Going } from './stage.js';

const runs =
  requirement('docker', available.docker()) &&
  requirement('git', available.command('git')) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd'));

describe.runIf(runs)('SIGINT', () => {
  const stage = useStage('stopped');
  const proxies: DaemonProxy[] = [];
  let registry: Registry;
  let server: Server;
  let address = '';
  /** The server sends nothing more, or answers 503. */
  let trouble: 'none' | 'stall' | 'busy' = 'none';
  let tree: string[] = [];

  beforeAll(async () => {
    registry = await startRegistry(stage.work);
    execFileSync('sh', ['-c', 'mkdir s && echo one > s/file && tar -cf source.tar s'], {
      cwd: stage.work,
    });
    server = createServer((_, response) => {
      if (trouble === 'busy') response.writeHead(503).end();
      else if (trouble === 'stall') response.writeHead(200).write('a beginning');
      else response.end(readFileSync(join(stage.work, 'source.tar')));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    tree = stage.collection('tree', {
      'stopped-first': ['', 'RUN echo first > /first'],
      'stopped-second': ['stopped-first', 'RUN echo second > /second'],
    });
  }, 120_000);

  afterAll(() => {
    server.closeAllConnections();
    server.close();
    registry.stop();
    for (const proxy of proxies) proxy.cut();
  });

  const throughProxy = async (): Promise<[DaemonProxy, { DOCKER_HOST: string }]> => {
    const proxy = new DaemonProxy(join(stage.work, `${proxies.length}.sock`));
    proxies.push(proxy);
    await proxy.start();
    return [proxy, { DOCKER_HOST: proxy.url }];
  };

  const interruptOnce = async ({ child, until }: Going): Promise<void> => {
    child.kill('SIGINT');
    await until('Push Ctrl + c again');
  };

  /** Interrupts a run, which must end in order. */
  const interrupt = async ({ child, ended }: Going): Promise<Awaited<Going['ended']>> => {
    child.kill('SIGINT');
    const found = await ended;
    expect(found.signal).toBe(null);
    expect(found.status).toBe(130);
    expect(found.stderr).toContain('Waiting for daemon threads exit');
    expect(found.stderr).not.toMatch(/Traceback|^ {4}at /m);
    await stage.leavesNothing();
    return found;
  };

  const succeeds = async (args: readonly string[]): Promise<void> => {
    const again = await stage.run(args);
    expect(again.stderr).not.toMatch(/^ERROR/m);
    expect(again.status).toBe(0);
    await stage.leavesNothing();
  };

  /** Templates that take long, so that a signal finds them being rendered. */
  const slowTree = (): string[] => {
    const loop = '{% for i in range(400000) %}{% if i == 1 %}# {{ i }}\n{% endif %}{% endfor %}';
    const names = Array.from({ length: 12 }, (_, at) => `stopped-slow${at}`);
    return stage.collection('slow', Object.fromEntries(names.map((name) => [name, ['', loop]])));
  };

  const rendersInto = (): string[] =>
    readdirSync(stage.temporary).filter((name) => name.startsWith('kolla-'));

  it('before the daemon answers', async () => {
    const [proxy, env] = await throughProxy();
    const silent = proxy.hold(/GET .*\/version/);
    const { child, ended } = stage.start([...tree, '^stopped-'], env);
    await silent;
    child.kill('SIGINT');
    expect((await ended).signal).toBe('SIGINT');
    await stage.leavesNothing();
    await succeeds([...tree, '^stopped-']);
  });

  it.each([1, 2])('while templates are rendered, %i times', async (times) => {
    const args = [...slowTree(), '^stopped-slow'];
    const going = stage.start(args);
    await eventually('it renders', () => rendersInto().length > 0);
    if (times === 2) await interruptOnce(going);
    await interrupt(going);
  });

  it('while templates are rendered into a folder', async () => {
    const out = join(stage.temporary, 'made', 'out');
    const args = [...slowTree(), '--work-dir', out, '--template-only', '^stopped-slow'];
    const going = stage.start(args);
    await going.until('Found the container image folder');
    // Rendering, which comes next, takes much longer, and shows nothing.
    await new Promise((resolve) => setTimeout(resolve, 80));
    await interrupt(going);
  });

  it('while files are copied', async () => {
    const args = stage.collection('many', { 'stopped-many': ['', 'ENV MANY=1'] });
    const folder = join(stage.work, 'many/stopped-many/files');
    if (!existsSync(folder)) mkdirSync(folder);
    for (let at = 0; at < 1500; at++) writeFileSync(join(folder, `f${at}`), '');
    const going = stage.start([...args, '^stopped-many$']);
    await eventually('it copies', () =>
      rendersInto().some((name) =>
        existsSync(join(stage.temporary, name, 'docker/stopped-many/files/f0')),
      ),
    );
    await interrupt(going);
    await succeeds([...args, '^stopped-many$']);
  });

  it('while sources are fetched', async () => {
    const args = [
      ...stage.collection('sources', {
        'stopped-url': ['', 'ADD stopped-url-archive /source'],
        'stopped-git': ['', 'ENV GIT=1'],
      }),
      ...stage.config({
        'stopped-url': { type: 'url', location: `${address}/source.tar` },
        'stopped-git': { type: 'git', location: `${address}/x.git`, reference: 'main' },
      }),
    ];
    trouble = 'stall';
    const going = stage.start([...args, '--debug', '^stopped-(url|git)']);
    await going.until('Cloning from');
    await eventually('both wait', () =>
      [...processesWith(address).values()].some((line) => /remote/.test(line)),
    );
    const found = await interrupt(going);
    expect(failed(found)).toEqual({ 'stopped-git': 'building', 'stopped-url': 'building' });
    await eventually('git ends', () => processesWith(address).size === 0);
    trouble = 'none';
    await succeeds([...args, '^stopped-url$']);
  });

  it('in the pause before another attempt', async () => {
    const args = [
      ...stage.collection('busy', { 'stopped-busy': ['', 'ADD stopped-busy-archive /source'] }),
      ...stage.config({ 'stopped-busy': { type: 'url', location: `${address}/source.tar` } }),
      ...['--retries', '3', '^stopped-busy$'],
    ];
    trouble = 'busy';
    const going = stage.start(args);
    await going.until('status_code 503');
    const found = await interrupt(going);
    expect(found.stderr).not.toContain('Attempt number: 3');
    expect(failed(found)).toEqual({ 'stopped-busy': 'error' });
    trouble = 'none';
    await succeeds(args);
  });

  it('between two images', async () => {
    const [proxy, env] = await throughProxy();
    const args = [...tree, '--threads', '1', '^stopped-'];
    const asked = proxy.hold(/GET .*\/images\/.*stopped-first.*\/json/);
    const going = stage.start(args, env);
    await asked;
    const found = await interrupt(going);
    expect(built(found)).toEqual(['stopped-first']);
    expect(failed(found)).toEqual({ 'stopped-second': 'building' });
    await succeeds(args);
  });

  it.each(['--buildkit', '--nobuildkit'])('while a context is sent (%s)', async (builder) => {
    const args = stage.collection('large', { 'stopped-large': ['', 'ENV LARGE=1'] });
    truncateSync(join(stage.work, 'large/stopped-large/own.txt'), 32 * 1024 ** 2);
    const [proxy, env] = await throughProxy();
    const sending = proxy.hold(/POST .*\/build\?/);
    const going = stage.start([builder, ...args, '^stopped-large$'], env);
    await sending;
    await interrupt(going);
    await succeeds([builder, ...args, '^stopped-large$']);
  });

  it.each(['--buildkit', '--nobuildkit'])('while a step runs (%s)', async (builder) => {
    const mount = builder === '--buildkit' ? '--mount=type=cache,target=/kept,sharing=locked ' : '';
    const run = (command: string): string => `RUN ${mount}echo begins && ${command}`;
    const going = stage.start([
      ...[builder, ...stage.collection('step', { 'stopped-step': ['', run(stage.forever)] })],
      '^stopped-step$',
    ]);
    await going.until('stopped-step:begins');
    await eventually('it runs', () => processesWith(stage.forever).size > 0);
    const found = await interrupt(going);
    expect(failed(found)).toEqual({ 'stopped-step': 'building' });
    // A mount that the first run still held would make this one wait.
    const args = stage.collection('step', { 'stopped-step': ['', run('true')] });
    await succeeds([builder, ...args, '^stopped-step$']);
  });

  it('while layers are squashed', async () => {
    // As docker-squash does: what it has unpacked goes, but not at once.
    const bin = join(stage.work, 'bin');
    mkdirSync(bin);
    const program = `#!/bin/sh
      [ "$1" = --version ] && { echo 1.2.3; exit; }
      mkdir "$TMPDIR/layers"
      trap 'sleep 0.3; rm -r "$TMPDIR/layers"; exit 1' INT
      while :; do sleep 0.05; done`;
    writeFileSync(join(bin, 'docker-squash'), program, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const args = ['--nobuildkit', ...tree, '^stopped-first$'];
    const going = stage.start(['--squash', ...args], env);
    await eventually('it squashes', () => existsSync(join(stage.temporary, 'layers')));
    const found = await interrupt(going);
    expect(failed(found)).toEqual({ 'stopped-first': 'building' });
    await succeeds(args);
  });

  it('while an image is pushed', async () => {
    const [proxy, env] = await throughProxy();
    const pushing = proxy.hold(/POST .*\/push/);
    const args = [...tree, '--push', '--registry', registry.host, '^stopped-first$'];
    const going = stage.start(args, env);
    await pushing;
    const found = await interrupt(going);
    expect(built(found)).toEqual(['stopped-first']);
    expect(found.stderr).not.toContain('Pushed successfully');
    await succeeds(args);
  });

  it('right before the summary', async () => {
    // Opening a pipe waits for its reader: the last thing that is done before the summary.
    const results = join(stage.work, 'results');
    execFileSync('mkfifo', [results]);
    const going = stage.start([...tree, '--results-file', results, '^stopped-']);
    await going.until('stopped-second:Built at');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const reader = spawn('cat', [results], { stdio: 'ignore' });
    const found = await interrupt(going);
    reader.kill();
    expect(built(found)).toEqual(['stopped-first', 'stopped-second']);
  });

  it('is, to a program that builds, the signal that it gives', async () => {
    const [, folder = ''] = stage.collection('program', {
      'stopped-program': ['', `RUN echo begins && ${stage.forever}`],
    });
    const { DOCKER_HOST } = process.env;
    const stop = new AbortController();
    const options = {
      ...{ imagesDir: join(stage.work, 'stock'), kollaSeries: '2026.1', base: 'debian' },
      ...{ dockerDir: [folder], workDir: join(stage.work, 'program-out'), pull: false },
      ...{ namespace: 'kollage-spec', tag: 'stopped', regex: ['^stopped-program$'] },
      networkMode: 'none',
    } as const;
    const settings = {
      env: { PATH: process.env['PATH'], HOME: join(stage.work, 'home'), DOCKER_HOST },
      signal: stop.signal,
    };
    const { ok, summary } = await build(options, {
      ...settings,
      onLog: (line) => line.endsWith('stopped-program:begins') && stop.abort(),
    });
    expect(ok).toBe(false);
    expect(summary.failed).toMatchObject([{ name: 'stopped-program', status: 'building' }]);
    await stage.leavesNothing();
    await expect(build(options, settings)).rejects.toBe(stop.signal.reason);
  });
});
