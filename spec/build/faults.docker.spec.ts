import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { docker } from './collection.js';
import { DaemonProxy } from './daemon-proxy.js';
import { built, failed, useStage } from './stage.js';

/** Runs a command in a terminal of its own, closes that on SIGTERM, and has the command's status. */
const IN_A_TERMINAL = `
import os, pty, signal, sys
program, terminal = pty.fork()
if program == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
def close(*_):
    os.close(terminal)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(program, 0)[1]))
signal.signal(signal.SIGTERM, close)
while True:
    os.write(2, os.read(terminal, 4096))`;

describe.runIf(requirement('docker', available.docker()))('kolla-build in trouble', () => {
  const stage = useStage('fault');
  let tree: string[] = [];

  beforeAll(() => {
    tree = stage.collection('tree', {
      'fault-first': ['', 'RUN echo first > /first'],
      'fault-slow': ['fault-first', `RUN echo begins && ${stage.forever}`],
      'fault-below': ['fault-slow', 'ENV NEVER=1'],
      'fault-quick': ['fault-first', 'RUN echo quick > /quick'],
    });
  });

  it('says that there is no daemon, and where it looked', async () => {
    const DOCKER_HOST = `unix://${stage.work}/none.sock`;
    const found = await stage.run([...tree, '^fault-quick$'], { DOCKER_HOST });
    expect(found.status).toBe(1);
    expect(found.stderr).toContain('Unable to connect to container engine daemon, exiting');
    expect(found.stderr).toContain(`${stage.work}/none.sock: there is no such socket`);
    expect(found.stderr).not.toMatch(/^ {4}at /m);
    await stage.leavesNothing();
  });

  it.each(['--buildkit', '--nobuildkit'])(
    'survives a daemon that is gone while it builds (%s)',
    async (builder) => {
      const proxy = new DaemonProxy(join(stage.work, 'proxy.sock'));
      await proxy.start();
      const env = { DOCKER_HOST: proxy.url };
      const { ended, until } = stage.start([builder, ...tree, '^fault-'], env);
      await until('fault-slow:begins');
      await until('fault-quick:Built at');
      proxy.cut();
      const found = await ended;
      expect(found.status).toBe(1);
      expect(failed(found)).toEqual({ 'fault-below': 'matched', 'fault-slow': 'error' });
      expect(found.stderr).toMatch(/fault-slow:.*(broke off|Cannot reach)/);
      await stage.leavesNothing();
      expect((await stage.run([builder, ...tree, '^fault-quick$'])).status).toBe(0);
    },
    120_000,
  );

  it('survives a daemon that is gone while it pushes', async () => {
    const proxy = new DaemonProxy(join(stage.work, 'proxy.sock'));
    await proxy.start();
    proxy.onRequest = (text) => {
      if (/POST [^ ]*\/push/.test(text)) proxy.cut();
    };
    const push = [...tree, '--push', '--registry', '127.0.0.1:1', '^fault-first$'];
    const found = await stage.run(push, { DOCKER_HOST: proxy.url });
    expect(found.status).toBe(1);
    expect(failed(found)).toEqual({ 'fault-first': 'connection_error' });
    await stage.leavesNothing();
  });

  it.each([
    ['SIGINT', 130, '--buildkit'],
    ['SIGTERM', 143, '--nobuildkit'],
  ] as const)(
    'reports on %s what was built, whole (%s)',
    async (signal, status, builder) => {
      const logs = join(stage.work, `logs-${signal}`);
      const json = join(stage.work, `${signal}.json`);
      const { child, ended, until } = stage.start([
        ...[builder, ...tree, '--logs-dir', logs, '--summary-json-file', json, '^fault-'],
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
      await stage.leavesNothing();
    },
    120_000,
  );

  it('goes on under nohup when the terminal is closed that it was started in', async () => {
    const going = stage.start([...tree, '^fault-quick$'], {}, ['nohup']);
    await going.until('Building started');
    going.child.kill('SIGHUP');
    expect((await going.ended).status).toBe(0);
    await stage.leavesNothing();
  }, 120_000);

  it('ends in order when its terminal is closed', async () => {
    const json = join(stage.work, 'closed.json');
    const args = [...tree, '--progress', 'plain', '--summary-json-file', json, '^fault-slow$'];
    const run = stage.start(args, {}, ['python3', '-c', IN_A_TERMINAL]);
    await run.until('fault-slow:begins');
    run.child.kill('SIGTERM');
    expect((await run.ended).status).toBe(129);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      built: [{ name: 'fault-first' }],
      failed: [{ name: 'fault-slow', status: 'building' }],
    });
    await stage.leavesNothing();
  }, 120_000);

  it('ends at once on a second SIGINT', async () => {
    const { child, ended, until } = stage.start([...tree, '^fault-']);
    await until('fault-slow:begins');
    child.kill('SIGINT');
    await until('Push Ctrl + c again');
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    await stage.leavesNothing();
  }, 120_000);

  it('builds no child on a parent that is removed meanwhile', async () => {
    const args = [
      ...stage.collection('orphans', {
        'fault-parent': ['', 'RUN echo parent > /parent'],
        'fault-between': ['fault-parent', 'RUN echo between && sleep 2'],
        'fault-longer': ['fault-between', 'ENV LONGER=1'],
        'fault-orphan': ['fault-parent', 'ENV ORPHAN=1'],
      }),
      // The longer path goes first, so the orphan waits for it.
      ...['--threads', '1', '--nocache', '^fault-(parent|between|longer|orphan)'],
    ];
    const { ended, until } = stage.start(args);
    await until('fault-between:between');
    docker('rmi', '--force', 'kollage-spec/fault-parent:fault');
    const found = await ended;
    expect(found.status).toBe(1);
    expect(built(found)).toEqual(['fault-between', 'fault-longer', 'fault-parent']);
    expect(failed(found)).toEqual({ 'fault-orphan': 'error' });
    expect(found.stderr).toMatch(
      /fault-orphan:Parent image \S+fault-parent:fault has been removed; build it again/,
    );
    await stage.leavesNothing();
    expect((await stage.run(args)).status).toBe(0);
  }, 120_000);

  describe('a file that may not be read', () => {
    // Root may read everything, so that right is taken away.
    const plain = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
    plain.push('--inh-caps=-dac_override,-dac_read_search');

    it('stops the run where it is a template tree that holds it', async () => {
      const args = stage.collection('closed', { 'fault-closed': ['', 'ENV CLOSED=1'] });
      const file = join(stage.work, 'closed/fault-closed/closed.txt');
      writeFileSync(file, 'closed');
      chmodSync(file, 0o000);
      const found = await stage.start([...args, '^fault-closed$'], {}, plain).ended;
      expect(found.status).toBe(1);
      expect(found.stderr).toContain(`${file}: permission denied`);
      await stage.leavesNothing();
      chmodSync(file, 0o644);
      expect((await stage.run([...args, '^fault-closed$'])).status).toBe(0);
    });

    it('fails the image whose context or source holds it, and is named', async () => {
      const out = join(stage.work, 'out');
      const folder = join(stage.work, 'local');
      mkdirSync(folder);
      const files = [join(folder, 'closed'), join(out, 'docker/fault-context/own.txt')];
      writeFileSync(files[0]!, 'closed');
      chmodSync(files[0]!, 0o000);
      const args = [
        ...stage.collection('context', {
          'fault-wait': ['', 'RUN echo waits && sleep 2'],
          'fault-context': ['fault-wait', 'COPY own.txt /'],
          'fault-source': ['', 'ADD fault-source-archive /'],
        }),
        ...stage.config({ 'fault-source': { type: 'local', location: folder } }),
        ...['--work-dir', out, '--nocache', '^fault-(wait|context|source)$'],
      ];
      const { ended, until } = stage.start(args, {}, plain);
      await until('fault-wait:waits');
      chmodSync(files[1]!, 0o000);
      const found = await ended;
      expect(found.status).toBe(1);
      expect(built(found)).toEqual(['fault-wait']);
      expect(failed(found)).toEqual({ 'fault-context': 'error', 'fault-source': 'error' });
      for (const file of files) {
        expect(found.stderr).toMatch(new RegExp(`^ERROR:.*Can not read file ${file}: EACCES`, 'm'));
      }
      await stage.leavesNothing();
      for (const file of files) chmodSync(file, 0o644);
      expect((await stage.run(args)).status).toBe(0);
    }, 120_000);
  });
});
