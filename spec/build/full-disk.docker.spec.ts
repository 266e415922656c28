import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { built, failed, useStage, type Ended } from './stage.js';

const mount = (folder: string, options: string): void => {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'kollage-spec', folder]);
};

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
  try {
    const args = ['-t', 'tmpfs', '-o', 'size=64k', 'kollage-spec', folder];
    if (spawnSync('mount', args).status !== 0) return false;
    execFileSync('umount', [folder]);
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const runs = requirement('docker', available.docker()) && requirement('tmpfs', canMount());

describe.runIf(runs)('a full disk', () => {
  const stage = useStage('full');
  const mounted: string[] = [];
  let server: Server;
  let address = '';
  let tree: string[] = [];
  let small = '';

  beforeAll(async () => {
    execFileSync('sh', ['-c', 'mkdir large && head -c 3000000 /dev/urandom > large/file'], {
      cwd: stage.work,
    });
    server = createServer((_, response) => {
      response.end(readFileSync(join(stage.work, 'large/file')));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    tree = stage.collection('tree', {
      'full-fine': ['', 'RUN echo fine > /fine'],
      'full-source': ['', 'COPY full-source-archive /source'],
    });
  });

  afterAll(() => {
    server.close();
    for (const folder of mounted) execFileSync('umount', [folder]);
  });

  /** A file system of that size, new for each test. */
  const disk = (options: string): string => {
    const folder = mkdtempSync(join(stage.work, 'disk-'));
    mount(folder, options);
    mounted.push(folder);
    return folder;
  };

  beforeEach(() => {
    small = disk('size=1m');
  });

  const enlarge = (folder: string): void => {
    execFileSync('mount', ['-o', 'remount,size=64m', folder]);
  };

  const local = (): string[] =>
    stage.config({ 'full-source': { type: 'local', location: join(stage.work, 'large') } });

  const expectClear = ({ stderr }: Ended): void => {
    expect(stderr).toMatch(/no space is left on that disk; make room there, or name another place/);
    expect(stderr).not.toMatch(/^ {4}at /m);
  };

  it.each([['--template-only'], []])(
    'under the work dir stops a run before it builds, and leaves no half of a tree (%s)',
    async (...more) => {
      const large = stage.collection('large-tree', { 'full-large': ['', 'ENV LARGE=1'] });
      execFileSync('cp', [join(stage.work, 'large/file'), join(large[1]!, 'full-large/file')]);
      const out = join(small, 'out');
      const args = [...large, '--work-dir', out, ...more, '^full-large$'];
      const found = await stage.run(args);
      expect(found.status).toBe(1);
      expectClear(found);
      expect(found.stderr).toContain(`${out}/docker`);
      expect(readdirSync(small)).toEqual([]);
      enlarge(small);
      expect((await stage.run(args)).status).toBe(0);
      await stage.leavesNothing();
    },
  );

  it('under the work dir fails the images whose sources have no room', async () => {
    const work = ['--work-dir', join(small, 'out'), '--threads', '1'];
    const args = [...tree, ...local(), ...work, '^full-'];
    const found = await stage.run(args);
    expect(found.status).toBe(1);
    expectClear(found);
    expect(failed(found)).toEqual({ 'full-source': 'error' });
    expect(built(found)).toEqual(['full-fine']);
    const left = readdirSync(join(small, 'out/docker/full-source'));
    expect(left.filter((name) => /archive|part/.test(name))).toEqual([]);
    enlarge(small);
    expect((await stage.run(args)).status).toBe(0);
    await stage.leavesNothing();
  });

  it('under the temporary folder fails the images whose downloads have no room', async () => {
    const config = stage.config({ 'full-source': { type: 'url', location: `${address}/file` } });
    const work = ['--work-dir', join(stage.work, 'elsewhere')];
    const args = [...tree, ...config, ...work, '^full-'];
    const found = await stage.run(args, { TMPDIR: small });
    expect(found.status).toBe(1);
    expectClear(found);
    expect(found.stderr).toContain(small);
    expect(failed(found)).toEqual({ 'full-source': 'error' });
    expect(readdirSync(small)).toEqual([]);
    enlarge(small);
    expect((await stage.run(args, { TMPDIR: small })).status).toBe(0);
    expect(readdirSync(small)).toEqual([]);
  });

  it('under the logs fails no image, and ends its log with a whole line', async () => {
    const logs = disk('size=16k');
    const lines = 'i=0; while [ $i -lt 1000 ]; do echo "line $i of many lines"; i=$((i+1)); done';
    const args = stage.collection('chatty', { 'full-chatty': ['', `RUN ${lines}`] });
    const found = await stage.run([...args, '--logs-dir', logs, '^full-chatty$']);
    expect(found.status).toBe(0);
    expectClear(found);
    expect(found.stderr.match(/Failed to write a log.*full-chatty\.log/g)).toHaveLength(1);
    expect(found.stderr).toContain('full-chatty:line 999 of many lines');
    const log = readFileSync(join(logs, 'full-chatty.log'), 'utf8');
    expect(log.length).toBeGreaterThan(12_000);
    expect(log).toMatch(/line \d+ of many lines\n$/);
  });

  it('under the logs does not keep the summary of failed images away', async () => {
    // Room for one log and for no link.
    const logs = disk('size=64k,nr_inodes=2');
    const args = stage.collection('failing', { 'full-failing': ['', 'RUN exit 3'] });
    const found = await stage.run([...args, '--logs-dir', logs, '^full-failing$']);
    expect(found.status).toBe(1);
    expectClear(found);
    expect(failed(found)).toEqual({ 'full-failing': 'error' });
    expect(found.stderr).toContain('full-failing Failed with status: error');
  });

  it.each(['--results-file', '--junit-file', '--summary-json-file'])(
    'under %s leaves no half of it, and is told with the summary',
    async (option) => {
      const place = disk('size=4k,nr_inodes=3');
      execFileSync('sh', ['-c', `head -c 4096 /dev/zero > ${join(place, 'taken')}`]);
      const file = join(place, 'report');
      const found = await stage.run([...tree, option, file, '^full-fine$']);
      expect(found.status).toBe(1);
      expectClear(found);
      expect(found.stderr).toContain('Successfully built images');
      expect(existsSync(file)).toBe(false);
      expect(readdirSync(place)).toEqual(['taken']);
    },
  );
});
