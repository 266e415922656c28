import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { available, ROOT, requirement } from '../support/requirements.js';
import { docker, importShell, writeCollection } from './collection.js';
import { DaemonProxy } from './daemon-proxy.js';
import { startRegistry, type Registry } from './registry.js';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const runs =
  requirement('docker', available.docker()) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd'));

describe.runIf(runs)('kolla-build in trouble', () => {
  const base = 'kollage-spec/fault-shell:1';
  let work = '';
  let stock = '';
  let temporary = '';
  let registry: Registry;

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    importShell(base);
    registry = await startRegistry(work);
    // The smallest collection that counts as one: its image is selected by no run below.
    stock = join(work, 'stock');
    writeCollection(join(stock, 'docker'), base, { base: ['', 'ENV STOCK=1'] });
    writeCollection(join(work, 'tree'), base, {
      'fault-first': ['', 'RUN echo first > /first'],
      'fault-slow': ['fault-first', 'RUN echo begins && sleep 600'],
      'fault-below': ['fault-slow', 'ENV NEVER=1'],
      'fault-quick': ['fault-first', 'RUN echo quick > /quick'],
    });
  }, 300_000);

  afterAll(() => {
    registry.stop();
    const made = docker('images', '--format', '{{.Repository}}:{{.Tag}}').split('\n');
    const ours = made.filter((name) => name.includes('fault-'));
    if (ours.length > 0) docker('rmi', '--force', ...ours);
    rmSync(work, { recursive: true, force: true });
  }, 300_000);

  beforeEach(() => {
    temporary = mkdtempSync(join(work, 'tmp-'));
  });

  const start = (
    more: readonly string[],
    env: Record<string, string> = {},
  ): { child: ChildProcess; ended: Promise<Ended>; until: (text: string) => Promise<void> } => {
    const args = [
      ...['--images-dir', stock, '--kolla-series', '2026.1', '--base', 'debian'],
      ...['--docker-dir', join(work, 'tree'), '--nopull', '--network_mode', 'none'],
      ...['--namespace', 'kollage-spec', '--tag', 'fault', '--retries', '0', ...more],
    ];
    const child = spawn(process.execPath, [join(ROOT, 'bin/kolla-build.js'), ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: join(work, 'home'),
        TMPDIR: temporary,
        ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (status) => resolve({ status, stdout, stderr }));
    });
    const until = async (text: string): Promise<void> => {
      for (let tries = 0; !stderr.includes(text); tries++) {
        if (tries > 1200 || child.exitCode !== null)
          throw new Error(`never said ${text}:\n${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    return { child, ended, until };
  };

  const failed = ({ stdout }: Ended): Record<string, string> =>
    Object.fromEntries(
      (JSON.parse(stdout) as { failed: { name: string; status: string }[] }).failed.map(
        ({ name, status }) => [name, status],
      ),
    );

  /** Nothing of ours is left, on disk or on the daemon. */
  const leavesNothing = async (): Promise<void> => {
    expect(readdirSync(temporary)).toEqual([]);
    for (let tries = 0; ; tries++) {
      const running = docker('ps', '--no-trunc', '--format', '{{.Command}}');
      if (!running.includes('sleep 600')) return;
      if (tries > 100) throw new Error(`still running:\n${running}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  it('says that there is no daemon, and where it looked', async () => {
    const found = await start(['^fault-quick$'], { DOCKER_HOST: `unix://${work}/none.sock` }).ended;
    expect(found.status).toBe(1);
    expect(found.stderr).toContain('Unable to connect to container engine daemon, exiting');
    expect(found.stderr).toContain(`${work}/none.sock: there is no such socket`);
    expect(found.stderr).not.toMatch(/^ {4}at /m);
    await leavesNothing();
  });

  it.each(['--buildkit', '--nobuildkit'])(
    'survives a daemon that dies while it builds (%s)',
    async (builder) => {
      const proxy = new DaemonProxy(join(temporary, '../proxy.sock'));
      await proxy.start();
      const { ended, until } = start([builder, '^fault-'], { DOCKER_HOST: proxy.url });
      await until('fault-slow:begins');
      await until('fault-quick:Built at');
      proxy.cut();
      const found = await ended;
      expect(found.status).toBe(1);
      expect(failed(found)).toEqual({ 'fault-below': 'matched', 'fault-slow': 'error' });
      expect(found.stderr).toMatch(/fault-slow:.*(broke off|Cannot reach)/);
      await leavesNothing();
    },
    120_000,
  );

  it('survives a daemon that dies while it pushes', async () => {
    const proxy = new DaemonProxy(join(temporary, '../proxy.sock'));
    await proxy.start();
    proxy.onRequest = (text) => {
      if (/POST [^ ]*\/push/.test(text)) proxy.cut();
    };
    const push = ['--push', '--registry', registry.host, '^fault-first$'];
    const found = await start(push, { DOCKER_HOST: proxy.url }).ended;
    expect(found.status).toBe(1);
    expect(failed(found)).toEqual({ 'fault-first': 'connection_error' });
    const again = await start(push).ended;
    expect(again.status).toBe(0);
    await leavesNothing();
  }, 120_000);

  it.each([
    ['SIGINT', 130, '--buildkit'],
    ['SIGTERM', 143, '--nobuildkit'],
  ] as const)(
    'ends in order on %s, with status %i (%s)',
    async (signal, status, builder) => {
      const logs = join(work, `logs-${signal}`);
      const json = join(work, `${signal}.json`);
      const { child, ended, until } = start([
        ...[builder, '--logs-dir', logs, '--summary-json-file', json, '^fault-'],
      ]);
      await until('fault-slow:begins');
      await until('fault-quick:Built at');
      child.kill(signal);
      const found = await ended;
      expect(found.status).toBe(status);
      expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
        built: [{ name: 'fault-first' }, { name: 'fault-quick' }],
        failed: [
          { name: 'fault-below', status: 'matched' },
          { name: 'fault-slow', status: 'building' },
        ],
      });
      expect(readFileSync(join(logs, 'fault-slow.log'), 'utf8')).toMatch(/begins\n$/);
      await leavesNothing();
    },
    120_000,
  );

  it('ends at once on a second SIGINT', async () => {
    const { child, ended, until } = start(['^fault-']);
    await until('fault-slow:begins');
    child.kill('SIGINT');
    await until('Push Ctrl + c again');
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    await leavesNothing();
  }, 120_000);

  it('builds on when the disk of the logs is full', async () => {
    const logs = join(temporary, '../full-logs');
    mkdirSync(logs, { recursive: true });
    if (!existsSync(join(logs, 'fault-first.log'))) {
      symlinkSync('/dev/full', join(logs, 'fault-first.log'));
    }
    const found = await start(['--logs-dir', logs, '^fault-first$']).ended;
    expect(found.status).toBe(0);
    expect(found.stderr.match(/Failed to write .*fault-first\.log/g)).toHaveLength(1);
    await leavesNothing();
  }, 300_000);

  it('keeps secrets out of everything that it writes', async () => {
    const tree = join(temporary, '../secret-tree');
    const body = 'ARG TOKEN\nRUN echo "token is $TOKEN"\nRUN exit 3';
    writeCollection(tree, base, { 'fault-secret': ['', body] });
    const [logs, results, junit] = ['secret-logs', 'results.json', 'junit.xml'].map((name) =>
      join(temporary, '..', name),
    );
    const options = [
      ...['--docker-dir', tree, '--build-args', 'TOKEN:planted-1', '--secret-build-args', 'TOKEN'],
      ...['--logs-dir', logs!, '--results-file', results!, '--junit-file', junit!, '--debug'],
    ];
    const env = { http_proxy: 'http://user:planted-2@127.0.0.1:9' };
    for (const builder of ['--buildkit', '--nobuildkit']) {
      const found = await start([builder, ...options, '^fault-secret$'], env).ended;
      expect(found.status).toBe(1);
      const files = [results!, junit!, join(logs!, 'fault-secret.log')];
      const all = [found.stdout, found.stderr, ...files.map((file) => readFileSync(file, 'utf8'))];
      expect(all.join('\n')).toContain('token is ***');
      expect(all.join('\n')).not.toMatch(/planted/);
    }
    await leavesNothing();
  }, 120_000);
});
