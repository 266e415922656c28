import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../lib/index.js';
import { available, requirement } from '../support/requirements.js';
import { docker } from './collection.js';
import { built, eventually, failed, useStage, type Ended } from './stage.js';
import { hostileArchives } from './hostile-archives.js';

const runs =
  requirement('docker', available.docker()) && requirement('git', available.command('git'));

/** What an image's log says of the fault that its name stands for. */
const SAID: Readonly<Record<string, RegExp>> = {
  gone: /status_code 404\n.*http:\/\/127\.0\.0\.1:\d+\/gone\.tar/,
  slow: /Request timed out while getting archive from http:.*\/slow\.tar/,
  short: /Failed to get archive from http:.*\/short\.tar: /,
  refused: /Failed to get archive from http:\/\/127\.0\.0\.1:1\/x\.tar: .*ECONNREFUSED/,
  digest: /\/digest\.tar SHA256 checksum does not match\(configured: 00, computed: [0-9a-f]{64}\)/,
  circle: /more than 30 redirects/,
  branch: /git: .*\n.*no-such-branch\nThere is no branch, tag or commit no-such-branch in /,
  nowhere: /Failed to get source from git: .*does not exist/s,
  folder: /Failed to get local source .*\/no-such-folder: there is no such file or folder/,
  cut: /Archive .*cut-plugin-x-archive can not be read: it is cut short/,
  text: /Archive .*text-plugin-x-archive is not a tarfile/,
  above: /Unsafe filenames in archive .*above-plugin-x-archive: \.\.\/\.\.\/evil leaves the folder/,
  link: /the link out to \/etc leaves the folder/,
  device: /Unsafe filenames in archive .*: disk is a block-device/,
  bomb: /unpacks to far more than it holds: refused at zeros/,
};
const PLUGINS = ['cut', 'text', 'above', 'link', 'device', 'bomb'];

/** What this process has open: paths, and numbers of connections that are never given twice. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      // The folder that was just read.
      return [];
    }
  });
}

/** `all` less each of `some` once. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const rest = [...all];
  for (const one of some) if (rest.includes(one)) rest.splice(rest.indexOf(one), 1);
  return rest;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe.runIf(runs)('sources in trouble', () => {
  const stage = useStage('source');
  let server: Server;
  let mended = false;
  let flaky = 0;
  let config: string[] = [];
  let first: Ended;
  let second: () => Promise<Ended>;
  const images = [...Object.keys(SAID), 'fine', 'flaky'].map((name) => `source-${name}`);

  beforeAll(async () => {
    const sh = (script: string): string =>
      execFileSync('sh', ['-ec', script], { cwd: stage.work, encoding: 'utf8' });
    sh(`
      mkdir good repository; echo good > good/file; tar -cf good.tar good
      cd repository; git init -q -b main; echo code > setup.py; git add .
      git -c user.name=a -c user.email=a@b commit -qm one
    `);
    const good = readFileSync(join(stage.work, 'good.tar'));
    const archives = hostileArchives(good);
    const hostile: Record<string, (response: ServerResponse) => void> = {
      gone: (response) => response.writeHead(404).end(),
      slow: (response) => void response.writeHead(200, { 'content-length': 99 }).write('x'),
      short: (response) => {
        response.writeHead(200, { 'content-length': 99 }).write('x', () => response.destroy());
      },
      circle: (response) => response.writeHead(302, { location: '/circle.tar' }).end(),
      flaky: (response) => {
        if (flaky++ === 0) response.writeHead(503).end();
        else response.end(good);
      },
    };
    server = createServer(({ url = '' }, response) => {
      const name = url.slice(1).replace('.tar', '');
      if (mended) response.end(good);
      else if (hostile[name]) hostile[name](response);
      else response.end(archives[name] ?? good);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const url = (name: string): Record<string, string> => ({
      type: 'url',
      location: `${address}/${name}.tar`,
    });
    const wrong: Record<string, Record<string, string>> = {
      ...Object.fromEntries(PLUGINS.map((name) => [`source-${name}`, { enabled: 'false' }])),
      'source-digest': { ...url('digest'), sha256: 'amd64:00,arm64:00' },
      'source-refused': { type: 'url', location: 'http://127.0.0.1:1/x.tar' },
      'source-branch': {
        ...{ type: 'git', location: join(stage.work, 'repository') },
        reference: 'no-such-branch',
      },
      'source-nowhere': { type: 'git', location: join(stage.work, 'no-such'), reference: 'main' },
      'source-folder': { type: 'local', location: join(stage.work, 'no-such-folder') },
      'source-flaky': { ...url('flaky'), retries: '1' },
    };
    const right = {
      ...Object.fromEntries(images.map((name) => [name, url(name.replace('source-', ''))])),
      ...Object.fromEntries(PLUGINS.map((name) => [`source-${name}-plugin-x`, url(name)])),
    };
    const tree = stage.collection(
      'tree',
      Object.fromEntries(
        images.map((name) => {
          const isPlugin = PLUGINS.includes(name.replace('source-', ''));
          return [name, ['', `ADD ${isPlugin ? 'plugins' : name}-archive /from`]] as const;
        }),
      ),
    );
    // The folder stays, so that what a failure left in it would spoil the next run.
    const rest = [...tree, '--work-dir', join(stage.work, 'out'), '--timeout', '1', '^source-'];
    config = stage.config({ ...right, ...wrong });
    first = await stage.run([...config, ...rest]);
    second = async () => {
      mended = true;
      return stage.run([...stage.config(right), ...rest]);
    };
  }, 120_000);

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('fail their images and no other', async () => {
    expect(first.status).toBe(1);
    expect(failed(first)).toEqual(
      Object.fromEntries(Object.keys(SAID).map((name) => [`source-${name}`, 'error'])),
    );
    expect(built(first)).toEqual(['source-fine', 'source-flaky']);
    expect(first.stderr).toContain('Attempt number: 2 to run task: BuildTask(source-flaky)');
    await stage.leavesNothing();
  });

  it.each(Object.entries(SAID))('say what is wrong: %s', (name, said) => {
    const prefix = `ERROR:kolla.common.utils.source-${name}:`;
    const lines = first.stderr.split('\n').filter((line) => line.startsWith(prefix));
    expect(lines.map((line) => line.slice(prefix.length)).join('\n')).toMatch(said);
    expect(lines.length).toBeLessThan(6);
  });

  it('write nothing outside the folder of their image', () => {
    const out = join(stage.work, 'out/docker');
    expect(existsSync(join(out, 'evil'))).toBe(false);
    expect(existsSync(join(out, 'source-above/evil'))).toBe(false);
    expect(readdirSync(stage.work)).not.toContain('evil');
  });

  it('leave no file open in a program that builds on', async () => {
    const { DOCKER_HOST } = process.env;
    const env = { PATH: process.env['PATH'], HOME: join(stage.work, 'home'), DOCKER_HOST };
    const attempt = async (): Promise<void> => {
      const { outcomes } = await build(
        {
          ...{ imagesDir: join(stage.work, 'stock'), kollaSeries: '2026.1', base: 'debian' },
          ...{ dockerDir: [join(stage.work, 'tree')], namespace: 'kollage-spec', tag: 'source' },
          ...{ retries: 0, timeout: 1, pull: false, networkMode: 'none' },
          regex: ['^source-(?!slow)'],
        },
        { configFiles: [config[1]!], env },
      );
      expect(outcomes.filter(({ status }) => status === 'error')).toHaveLength(
        Object.keys(SAID).length - 1,
      );
    };
    // The first run loads code and starts what stays: the thread pool, the resolver.
    await attempt();
    const collected: string[] = [];
    const onWarning = ({ message }: Error): void => void collected.push(message);
    process.on('warning', onWarning);
    const before = openFiles();
    await attempt();
    // Connections end by themselves, what was forgotten does not.
    let left: string[] = [];
    const closed = (): boolean => (left = without(openFiles(), before)).length === 0;
    await eventually('all is closed', closed).catch(() => expect(left).toEqual([]));
    // But Node closes handles that nobody holds any more, and warns of them.
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(collected).toEqual([]);
  });

  it('spoil nothing for the next run', async () => {
    const found = await second();
    expect(found.stderr).not.toMatch(/^ERROR/m);
    expect(found.status).toBe(0);
    expect(built(found)).toHaveLength(images.length);
    const list = ['sh', '-c', 'cd /from/plugins && echo *'];
    const bomb = 'kollage-spec/source-bomb:source';
    expect(docker('run', '--rm', '--network', 'none', bomb, ...list)).toBe('good\n');
    await stage.leavesNothing();
  });
});
