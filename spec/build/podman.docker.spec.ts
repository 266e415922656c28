import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, oracle, requirement } from '../support/requirements.js';
import { run, runKollaBuild } from '../support/run.js';
import { shellArchive, writeCollection } from './collection.js';
import { startPodman, type PodmanService } from './podman-service.js';
import { startRegistry, type Registry } from './registry.js';

const kolla = oracle.kolla('22.0.0');
const runs =
  requirement('podman', available.command('podman')) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd')) &&
  requirement('kolla', kolla !== undefined);

describe.runIf(runs)('kolla-build --engine podman', () => {
  const base = 'localhost/kollage-spec/shell:1';
  let work = '';
  let service: PodmanService;
  let registry: Registry;

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    service = await startPodman(join(work, 'podman'));
    registry = await startRegistry(work, 'builder:s3cret');
    const archive = join(work, 'shell.tar');
    shellArchive(archive);
    service.podman('import', archive, base);
    writeCollection(join(work, 'tree'), base, {
      'pod-base': ['', 'RUN echo base > /made\nENV A=1\nUSER nobody'],
      'pod-child': ['pod-base', 'USER root\nCOPY own.txt /copied\nCMD ["run"]'],
      'pod-bad': ['pod-base', 'RUN echo oops && exit 3'],
      'pod-below': ['pod-bad', 'ENV NEVER=1'],
    });
  }, 120_000);

  afterAll(() => {
    service.stop();
    registry.stop();
    rmSync(work, { recursive: true, force: true });
  }, 60_000);

  const args = (namespace: string, ...more: string[]): string[] => [
    ...['--engine', 'podman', '--podman_base_url', service.url, '--base', 'debian'],
    ...['--docker-dir', join(work, 'tree'), '--nopull', '--network_mode', 'none'],
    ...['--namespace', namespace, '--tag', 'spec', '--retries', '0', ...more],
  ];
  const stock = (): string[] => ['--images-dir', join(kolla!, '../../share/kolla')];

  const configuration = (name: string): unknown => {
    const [image] = JSON.parse(service.podman('image', 'inspect', name)) as [
      { Config: { Labels: Record<string, string> }; RootFS: { Layers: string[] } },
    ];
    const { Labels, ...config } = image.Config;
    const lasting = Object.entries(Labels).filter(
      ([key]) => !/^org\.opencontainers\.image\.(created|revision|source)$/.test(key),
    );
    return { config, labels: Object.fromEntries(lasting), layers: image.RootFS.Layers.length };
  };

  it('builds the same images, and reports failures the same', async () => {
    const theirs = await run(kolla!, args('ref', '^pod-'));
    const ours = await runKollaBuild([...stock(), ...args('ours', '^pod-')]);
    expect(ours.stdout).toBe(theirs.stdout);
    expect([ours.status, theirs.status]).toEqual([1, 1]);
    expect(JSON.parse(ours.stdout)).toMatchObject({
      built: [{ name: 'pod-base' }, { name: 'pod-child' }],
      failed: [
        { name: 'pod-bad', status: 'error' },
        { name: 'pod-below', status: 'matched' },
      ],
    });
    for (const name of ['pod-base', 'pod-child']) {
      expect(configuration(`localhost/ours/${name}:spec`)).toEqual(
        configuration(`localhost/ref/${name}:spec`),
      );
    }
    expect(ours.stderr).toMatch(/^INFO:kolla\.common\.utils\.pod-bad:oops$/m);
  }, 300_000);

  it('pushes with the stored credentials, and not without', async () => {
    const config = join(work, 'config');
    mkdirSync(config);
    const auth = Buffer.from('builder:s3cret').toString('base64');
    writeFileSync(
      join(config, 'config.json'),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );
    const push = [...args('pushed', '--registry', registry.host, '--push', '^pod-base$')];
    const refused = await runKollaBuild([...stock(), ...push]);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('"status": "push_error"');
    const done = await runKollaBuild([...stock(), ...push], { env: { DOCKER_CONFIG: config } });
    expect(done.stderr).toMatch(/^INFO:kolla\.common\.utils\.pod-base:Pushed successfully$/m);
    expect(done.status).toBe(0);
    const tags = execFileSync(
      'curl',
      ['-su', 'builder:s3cret', `http://${registry.host}/v2/pushed/pod-base/tags/list`],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(tags)).toMatchObject({ tags: ['spec'] });
  }, 300_000);

  it('says where it looked for the service', async () => {
    const nowhere = ['--podman_base_url', `unix://${work}/nowhere.sock`, '^pod-base$'];
    const found = await runKollaBuild([...stock(), ...args('ours'), ...nowhere]);
    expect(found.status).toBe(1);
    expect(found.stderr).toContain('Unable to connect to container engine daemon, exiting');
    expect(found.stderr).toMatch(/nowhere\.sock.*--podman_base_url/);
  });
});
