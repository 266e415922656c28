import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, oracle, requirement } from '../support/requirements.js';
import { Dockerd } from './dockerd.js';
import { configurationOf, filesOf } from './image-content.js';
import { startRegistry, type Registry } from './registry.js';
import { useStage } from './stage.js';

const program = oracle.youngDockerd();
const runs =
  requirement('dockerd', available.command('dockerd')) &&
  requirement('young dockerd', program !== undefined) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd'));

describe.runIf(runs)('a daemon that keeps its images in containerd', () => {
  const usual = process.env['DOCKER_HOST'];
  let folder = '';
  let daemon: Dockerd;
  let registry: Registry;

  // Before those of the stage, which then works on this daemon.
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    const config = join(folder, 'daemon.json');
    writeFileSync(config, JSON.stringify({ features: { 'containerd-snapshotter': true } }));
    daemon = new Dockerd(join(folder, 'dockerd'), ['--config-file', config], program!);
    await daemon.start();
    registry = await startRegistry(folder);
    process.env['DOCKER_HOST'] = daemon.url;
  }, 120_000);
  const stage = useStage('store');
  afterAll(async () => {
    if (usual === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = usual;
    registry.stop();
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  it('is one', () => {
    expect(daemon.docker('info')).toContain('io.containerd.snapshotter');
  });

  it('gets the whole context of both builders, and finds it again', async () => {
    const tree = stage.collection('tree', {
      'store-first': ['', 'COPY . /all\nRUN cat /all/own.txt\nENV FIRST=1'],
      'store-second': ['store-first', 'COPY kept /kept\nCMD ["second"]'],
    });
    const large = randomBytes(20 << 20);
    const [first, second] = [
      join(stage.work, 'tree/store-first'),
      join(stage.work, 'tree/store-second'),
    ];
    writeFileSync(join(first, 'large'), large);
    writeFileSync(join(first, '.dockerignore'), 'left-out\n');
    writeFileSync(join(first, 'left-out'), '');
    mkdirSync(join(second, 'kept'));
    writeFileSync(join(second, 'kept/file'), 'kept');
    const args = [...tree, '--image-name-prefix'];
    const found: Record<string, [unknown, unknown]> = {};
    for (const [prefix, more] of [
      ['new-', []],
      ['old-', ['--nobuildkit']],
    ] as const) {
      const run = await stage.run([...args, prefix, ...more, '^store-']);
      expect(run.status, run.stderr).toBe(0);
      expect(run.stderr).toContain('This is store-first');
      const name = `kollage-spec/${prefix}store-second:store`;
      expect(run.stderr).toContain(`Successfully tagged ${name}`);
      found[prefix] = [configurationOf(name), await filesOf(name)];
    }
    expect(found['new-']).toEqual(found['old-']);
    const [, files] = found['new-']! as [unknown, Record<string, string>];
    expect(Object.keys(files)).not.toContain('all/left-out');
    const digest = createHash('sha256').update(large).digest('hex');
    expect(files['all/large']).toContain(digest.slice(0, 16));
    const again = await stage.run([...args, 'new-', '^store-']);
    expect(again.stderr.match(/---> Using cache/g)).toHaveLength(3);
    const incremental = [...args, 'new-', '--incremental', '^store-'];
    await stage.run(incremental);
    const left = await stage.run(incremental);
    expect(left.stderr.match(/Left alone: /g)).toHaveLength(2);
    await stage.leavesNothing();
  }, 240_000);

  it('hears secrets, names failures and tells the digest of what it pushes', async () => {
    const tree = stage.collection('pushed', {
      'store-secret': ['', 'RUN --mount=type=secret,id=one cat /run/secrets/one > /made'],
      'store-broken': ['', 'RUN exit 7'],
    });
    const results = join(stage.temporary, 'results.json');
    const more = ['--build-secret', 'id=one,env=PLANTED', '--push', '--registry', registry.host];
    const run = await stage.run([...tree, ...more, '--results-file', results, '^store-(s|b)'], {
      PLANTED: 'planted',
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^ERROR:.*store-broken:.*exit code: 7$/m);
    const { images } = JSON.parse(readFileSync(results, 'utf8')) as {
      images: { name: string; status: string; digest?: string }[];
    };
    const { status, digest } = images.find(({ name }) => name === 'store-secret')!;
    expect(status).toBe('built');
    const path = `http://${registry.host}/v2/kollage-spec/store-secret/manifests/${digest}`;
    const accept =
      'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
    expect((await fetch(path, { headers: { accept } })).status).toBe(200);
    rmSync(results);
    await stage.leavesNothing();
  }, 120_000);
});
