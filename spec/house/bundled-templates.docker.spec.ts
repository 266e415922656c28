import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection, createServer as createTcpServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, requirement, ROOT } from '../support/requirements.js';
import { runKollaBuild } from '../support/run.js';

const TAG = `spec-${process.pid}`;
const image = (name: string): string => `bundled/${name}:${TAG}`;
const containers: string[] = [];

function docker(...args: string[]): string {
  const done = spawnSync('docker', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`docker ${args.join(' ')}: ${done.stderr}`);
  return done.stdout.trim();
}

function create(name: string, ...args: string[]): string {
  const id = docker('create', '--network', 'host', ...args, image(name));
  containers.push(id);
  return id;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Tries until it works or the time is over; a service needs a moment to start. */
async function eventually<T>(attempt: () => Promise<T>, seconds: number): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(250);
    }
  }
}

async function talk(port: number, text: string, until: string): Promise<string> {
  const socket = createConnection({ port, host: '127.0.0.1' }).setEncoding('utf8');
  await once(socket, 'connect');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
    if (answer.includes(until)) break;
  }
  return answer;
}

const runs = requirement('docker', available.docker() && available.image('debian:trixie'));

describe.runIf(runs)('the bundled images', () => {
  let site: Server | undefined;

  beforeAll(async () => {
    const args = ['--images-dir', join(ROOT, 'templates'), '--base', 'debian', '--nopull'];
    const built = await runKollaBuild([...args, '--namespace', 'bundled', '--tag', TAG], {
      env: { DOCKER_HOST: process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock' },
    });
    expect(built.status, built.stderr.slice(-4000)).toBe(0);
    const summary = JSON.parse(built.stdout) as { built: { name: string }[] };
    expect(summary.built.map((entry) => entry.name).sort()).toEqual([
      'base',
      'cron',
      'haproxy',
      'memcached',
    ]);
  }, 600_000);

  afterAll(() => {
    site?.close();
    if (containers.length > 0) spawnSync('docker', ['rm', '--force', ...containers]);
    for (const name of ['cron', 'haproxy', 'memcached', 'base']) {
      spawnSync('docker', ['rmi', '--force', image(name)]);
    }
  }, 60_000);

  it('memcached stores a key', async () => {
    const port = await freePort();
    docker('start', create('memcached', '--env', `MEMCACHED_PORT=${port}`));
    const stored = await eventually(() => talk(port, 'set colour 0 0 5\r\ngreen\r\n', '\r\n'), 20);
    expect(stored).toBe('STORED\r\n');
    expect(await talk(port, 'get colour\r\n', 'END\r\n')).toBe(
      'VALUE colour 0 5\r\ngreen\r\nEND\r\n',
    );
  });

  it('haproxy proxies a request', async () => {
    site = createServer((request, response) => {
      response.end(`${request.url} for ${String(request.headers['x-forwarded-for'])}`);
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    const behind = (site.address() as AddressInfo).port;
    const port = await freePort();
    docker(
      'start',
      create(
        'haproxy',
        '--env',
        `HAPROXY_PORT=${port}`,
        '--env',
        `HAPROXY_BACKEND=127.0.0.1:${behind}`,
      ),
    );
    const answer = await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/page?x=1`);
      if (!response.ok) throw new Error(`status ${response.status}`);
      return response.text();
    }, 20);
    expect(answer).toBe('/page?x=1 for 127.0.0.1');
  });

  it("cron runs a job and its output is in the container's log", async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'kollage-cron-'));
    try {
      const job = join(scratch, 'job');
      writeFileSync(job, '* * * * * nobody echo "the job ran as $(id -un)"\n', { mode: 0o644 });
      const id = create('cron');
      docker('cp', job, `${id}:/etc/cron.d/job`);
      docker('start', id);
      // cron starts jobs on the full minute.
      const log = await eventually(() => {
        const text = docker('logs', id);
        return text === '' ? Promise.reject(new Error('no output yet')) : Promise.resolve(text);
      }, 75);
      expect(log).toBe('the job ran as nobody');
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }, 90_000);
});
