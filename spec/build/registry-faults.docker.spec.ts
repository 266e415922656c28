import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { FaultyRegistry } from './faulty-registry.js';
import { startRegistry, type Registry } from './registry.js';
import { built, failed, useStage, type Ended } from './stage.js';

const runs =
  requirement('docker', available.docker()) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd'));

describe.runIf(runs)('a registry in trouble', () => {
  const stage = useStage('pushed');
  const login = 'builder:planted-login';
  let open: Registry;
  let closed: Registry;
  let faulty: FaultyRegistry;
  let tree: string[] = [];

  beforeAll(async () => {
    open = await startRegistry(stage.work);
    closed = await startRegistry(stage.work, login);
    faulty = await new FaultyRegistry(open.host).start();
    tree = stage.collection('tree', { 'pushed-one': ['', 'RUN echo one > /one'] });
  });

  afterAll(() => {
    faulty.stop();
    open.stop();
    closed.stop();
  });

  const push = (host: string, more: readonly string[] = [], env = {}): Promise<Ended> =>
    stage.run([...tree, '--push', '--registry', host, ...more, '^pushed-'], env);

  const config = (host: string, auth: string): { DOCKER_CONFIG: string } => {
    const folder = join(stage.temporary, '..', `docker-${auth.length}`);
    mkdirSync(folder, { recursive: true });
    const auths = { [host]: { auth: Buffer.from(auth).toString('base64') } };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
    return { DOCKER_CONFIG: folder };
  };

  it.each([
    ['no login', undefined],
    ['a wrong login', 'builder:planted-wrong'],
  ])('that refuses %s fails the push at once, and names the way in', async (_, auth) => {
    const env = auth === undefined ? {} : config(closed.host, auth);
    const found = await push(closed.host, ['--retries', '2'], env);
    expect(found.status).toBe(1);
    expect(failed(found)).toEqual({ 'pushed-one': 'push_error' });
    expect(found.stderr).not.toContain('Attempt number: 2');
    expect(found.stderr).toContain(`docker login ${closed.host}`);
    expect(found.stderr).not.toMatch(/planted/);
    await stage.leavesNothing();
    const again = await push(closed.host, [], config(closed.host, login));
    expect(again.status).toBe(0);
  });

  it.each([
    [401, 'push_error', /unauthorized/],
    [403, 'push_error', /denied/],
    [429, 'push_error', /toomanyrequests|429/],
    [500, 'push_error', /500|fault/],
    ['cut', 'push_error', /EOF|reset/],
  ] as const)('that answers %s fails the push, not the build', async (fault, status, said) => {
    faulty.fail(fault);
    const found = await push(faulty.host);
    expect(found.status).toBe(1);
    expect(failed(found)).toEqual({ 'pushed-one': status });
    expect(found.stderr).toMatch(/^ERROR:kolla.common.utils.pushed-one:/m);
    expect(found.stderr).toMatch(said);
    await stage.leavesNothing();
    faulty.fail(undefined);
    expect((await push(faulty.host)).status).toBe(0);
  });

  it.each([429, 500, 'cut'] as const)('for a moment (%s) is asked again', async (fault) => {
    faulty.fail(fault, 1);
    const found = await push(faulty.host, ['--retries', '1']);
    expect(found.stderr).toContain('Attempt number: 2 to run task: PushTask(pushed-one)');
    expect(found.stderr.match(/Building started at/g)).toHaveLength(1);
    expect(built(found)).toEqual(['pushed-one']);
    expect(found.status).toBe(0);
  });

  it('that is not there says where it was looked for', async () => {
    const found = await push('127.0.0.1:1');
    expect(found.status).toBe(1);
    expect(failed(found)).toEqual({ 'pushed-one': 'push_error' });
    expect(found.stderr).toMatch(/127\.0\.0\.1:1.*refused/);
  });
});
