import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, oracle, requirement } from '../support/requirements.js';
import { run } from '../support/run.js';
import { startBuildkitd, type Buildkitd } from './buildkitd.js';
import { docker } from './collection.js';
import { configurationOf, filesOf } from './image-content.js';
import { startRegistry, type Registry } from './registry.js';
import { built, eventually, failed, processesWith, useStage, type Ended } from './stage.js';

const kolla = oracle.kolla('23.0.0');
const runs =
  requirement('docker', available.docker()) &&
  requirement('kolla', kolla !== undefined) &&
  requirement('buildkit', oracle.buildkit() !== undefined) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd'));

interface Manifest {
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform: { readonly architecture: string };
  }[];
  readonly config?: { readonly digest: string };
}

interface Configuration {
  readonly architecture: string;
  readonly config: Record<string, unknown> & { Labels: Record<string, string> };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

const OURS = 'kollage-spec/ours';
const THEIRS = 'kollage-spec/theirs';

describe.runIf(runs)('a builder of buildx', () => {
  const stage = useStage('bx');
  let registry: Registry;
  let closed: Registry;
  let buildkitd: Buildkitd;
  let tree: string[] = [];

  beforeAll(async () => {
    registry = await startRegistry(stage.work);
    closed = await startRegistry(stage.work, 'spec:word');
    buildkitd = await startBuildkitd(stage.work);
    tree = stage.collection(
      'tree',
      {
        'bx-first': ['', 'COPY own.txt /first.txt\nENV FIRST=1'],
        'bx-second': ['bx-first', 'COPY own.txt /second.txt\nARG SEEN=no\nENV SEEN=$SEEN'],
      },
      'scratch',
    );
  }, 120_000);

  afterAll(async () => {
    await buildkitd.stop();
    registry.stop();
    closed.stop();
  });

  const onBuilder = (...more: string[]): string[] => [
    ...['--buildkit-builder', buildkitd.builder, ...tree],
    ...['--build-args', 'SEEN:yes', ...more, '^bx-'],
  ];
  const to = ({ host }: Registry): string[] => ['--push', '--registry', host];
  // The one of the reference.
  const SERIES = ['--kolla-series', '2026.2', '--namespace', OURS];
  const ours = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    stage.run([...SERIES, ...args], { ...buildkitd.env, ...env });

  /** The reference, of the series that drives buildx, on the same collection. */
  const theirs = async (args: readonly string[]): Promise<Ended> => {
    const common = ['--base', 'debian', '--nopull', '--namespace', THEIRS, '--tag', 'bx'];
    const env = { DOCKER_HOST: process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock' };
    const all = [...common, '--network_mode', 'none', '--retries', '0', ...args];
    return { signal: null, ...(await run(kolla!, all, { env: { ...env, ...buildkitd.env } })) };
  };

  /** What became of the images of the collection. */
  const summary = ({ stdout }: Ended): unknown => {
    const { built, failed, skipped } = JSON.parse(stdout) as Record<string, unknown>;
    return { built, failed, skipped };
  };

  async function fromRegistry<T>(path: string): Promise<T> {
    const types = ['oci.image.index.v1', 'oci.image.manifest.v1'].map(
      (type) => `application/vnd.${type}+json`,
    );
    types.push('application/vnd.docker.distribution.manifest.v2+json');
    const headers = { accept: types.join(', ') };
    const answer = await fetch(`http://${registry.host}/v2/${path}`, { headers });
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return (await answer.json()) as T;
  }

  /** Configurations of an image in the registry by architecture, without the dates. */
  async function configurations(name: string): Promise<Record<string, unknown>> {
    const list = await fromRegistry<Manifest>(`${name}/manifests/bx`);
    const found: Record<string, unknown> = {};
    for (const { digest, platform } of list.manifests ?? []) {
      if (platform.architecture === 'unknown') continue;
      const manifest = await fromRegistry<Manifest>(`${name}/manifests/${digest}`);
      const { config, rootfs } = await fromRegistry<Configuration>(
        `${name}/blobs/${manifest.config!.digest}`,
      );
      delete config.Labels['org.opencontainers.image.created'];
      found[platform.architecture] = { config, rootfs };
    }
    return found;
  }

  it('builds for several platforms, and pushes them as the reference does', async () => {
    const platforms = ['--platform', 'linux/amd64,linux/arm64', ...to(registry)];
    const reference = await theirs(onBuilder(...platforms));
    expect(reference).toMatchObject({ status: 0 });
    const results = join(stage.work, 'results.json');
    const run = await ours([...onBuilder(...platforms, '--results-file', results)]);
    expect(run).toMatchObject({ status: 0 });
    expect(summary(run)).toEqual(summary(reference));
    for (const name of ['bx-first', 'bx-second']) {
      const found = await configurations(`${OURS}/${name}`);
      expect(Object.keys(found).sort()).toEqual(['amd64', 'arm64']);
      expect(found).toEqual(await configurations(`${THEIRS}/${name}`));
    }
    // The child stands on the very list that was pushed for its parent.
    const { images } = JSON.parse(readFileSync(results, 'utf8')) as {
      images: { name: string; digest: string }[];
    };
    const { digest } = images.find(({ name }) => name === 'bx-first')!;
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(run.stderr).toMatch(new RegExp(`\\[context [^\\]]*bx-first:bx\\] .*@${digest}`));
    await stage.leavesNothing();
  }, 120_000);

  it('does not build for several platforms without pushing, in the reference’s words', async () => {
    const args = onBuilder('--platform', 'linux/amd64,linux/arm64');
    const reference = await theirs(args);
    const run = await ours(args);
    expect([run.status, summary(run)]).toEqual([reference.status, summary(reference)]);
    const said = reference.stderr.split('\n').filter((line) => line.includes('requires --push'));
    expect(said).toHaveLength(1);
    expect(run.stderr.split('\n')).toContain(said[0]);
  }, 60_000);

  it('loads an image of one platform into the daemon, and pushes it where asked to', async () => {
    const one = ['--platform', 'linux/amd64', ...to(registry)];
    expect(await theirs(onBuilder(...one))).toMatchObject({ status: 0 });
    const run = await ours([...onBuilder(...one, '--extra-tag', 'too')]);
    expect(run).toMatchObject({ status: 0 });
    const path = `${registry.host}/${OURS}/bx-second`;
    const reference = `${registry.host}/${THEIRS}/bx-second:bx`;
    expect(configurationOf(`${path}:bx`)).toEqual(configurationOf(reference));
    expect(await filesOf(`${path}:bx`)).toEqual(await filesOf(reference));
    const config = configurationOf(`${path}:too`) as { Env: string[] };
    expect(config.Env).toContain('SEEN=yes');
    for (const tag of ['bx', 'too']) await fromRegistry(`${OURS}/bx-second/manifests/${tag}`);
  }, 120_000);

  it('tells what to do where it cannot see a parent, or is none', async () => {
    const unseen = await ours(onBuilder());
    expect(unseen.status).toBe(1);
    expect(failed(unseen)).toEqual({ 'bx-second': 'error' });
    expect(built(unseen)).toEqual(['bx-first']);
    expect(unseen.stderr).toMatch(/^ERROR:.*bx-second:.*with --push it takes them from/m);
    const none = ['--buildkit-builder', 'nobody', ...onBuilder().slice(2)];
    const unknown = await ours(none);
    const reference = await theirs(none);
    expect([unknown.status, summary(unknown)]).toEqual([reference.status, summary(reference)]);
    expect(unknown.stderr).toMatch(/^ERROR:.*no builder "nobody" found.*docker buildx ls/m);
  }, 60_000);

  it('is missing where there is no buildx, in the reference’s words', async () => {
    const none = { DOCKER_CONFIG: mkdtempSync(join(stage.work, 'no-plugins-')) };
    const env = { HOME: none.DOCKER_CONFIG, ...none };
    const run = await ours(onBuilder(), env);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^ERROR:.*"docker buildx" is not available\. Install the/m);
    expect(run.stderr).not.toContain('Attempt number');
    const noDocker = await ours(onBuilder(), { PATH: stage.temporary });
    expect(noDocker.status).toBe(1);
    expect(noDocker.stderr).toMatch(/^ERROR:.*"docker" command is not found\.$/m);
  }, 60_000);

  it('writes caches for other machines, and reads them', async () => {
    const folder = mkdtempSync(join(stage.work, 'cache-'));
    const target = ['--cache-to', `type=local,mode=max,dest=${folder}/{name}`, ...to(registry)];
    expect(await ours(onBuilder(...target))).toMatchObject({ status: 0 });
    expect(readdirSync(folder).sort()).toEqual(['bx-first', 'bx-second']);
    expect(existsSync(join(folder, 'bx-first/index.json'))).toBe(true);
    const step = 'COPY own.txt /first.txt';
    const cached = (run: Ended): boolean => {
      expect(run).toMatchObject({ status: 0 });
      const number = new RegExp(`(#\\d+) .*${step}`).exec(run.stderr)![1]!;
      return run.stderr.includes(`:${number} CACHED`);
    };
    buildkitd.prune();
    const source = ['--cache-from', `type=local,src=${folder}/{name}`, ...to(registry)];
    expect(cached(await ours(onBuilder(...source)))).toBe(true);
    buildkitd.prune();
    expect(cached(await ours(onBuilder(...to(registry))))).toBe(false);
  }, 120_000);

  it('hears secrets, and nobody else does', async () => {
    const secret = `planted-${process.pid}`;
    docker('tag', stage.base, `${registry.host}/bx-shell:1`);
    docker('push', `${registry.host}/bx-shell:1`);
    docker('rmi', `${registry.host}/bx-shell:1`);
    const folder = stage.collection(
      'secret',
      {
        'bx-secret': [
          '',
          'ARG WORD\nRUN --mount=type=secret,id=one --mount=type=secret,id=two ' +
            `test "$WORD $(cat /run/secrets/one) $(cat /run/secrets/two)" = "${secret}a ${secret}b ${secret}c" && sleep 2`,
        ],
      },
      `${registry.host}/bx-shell:1`,
    );
    // What the template says of the secret is no secret.
    const template = join(stage.work, 'secret/bx-secret/Dockerfile.j2');
    const text = readFileSync(template, 'utf8');
    writeFileSync(
      template,
      text.replace(/test .* && /, 'cat /run/secrets/one /run/secrets/two && '),
    );
    const file = join(stage.work, 'secret.txt');
    writeFileSync(file, `${secret}c`);
    const going = stage.start(
      [
        ...SERIES,
        ...['--buildkit-builder', buildkitd.builder, ...folder, '--build-args', `WORD:${secret}a`],
        ...['--secret-build-args', 'WORD', '--build-secret', 'id=one,env=PLANTED'],
        ...['--build-secret', `id=two,src=${file}`, '^bx-secret$'],
      ],
      { ...buildkitd.env, PLANTED: `${secret}b` },
    );
    await eventually('buildx runs', () => processesWith('--build-arg WORD').size > 0);
    const seen = [...processesWith('--build-arg WORD').values()].join('\n');
    const run = await going.ended;
    expect(run).toMatchObject({ status: 0 });
    // The step prints both.
    expect(run.stderr).toContain('/run/secrets/one');
    expect(`${run.stdout}${run.stderr}`.split(secret).slice(1)).toEqual([]);
    expect(seen).not.toContain(secret);
  }, 60_000);

  describe('that is stopped or refused', () => {
    const shell = (name: string, body: string): string[] => [
      ...['--buildkit-builder', buildkitd.builder],
      ...stage.collection(name, { [name]: ['', body] }, `${registry.host}/bx-shell:1`),
      ...['--retries', '2', `^${name}$`],
    ];

    it('stops its steps and leaves nothing', async () => {
      const args = shell('bx-endless', `RUN echo begun && ${stage.forever}`);
      const going = stage.start([...SERIES, ...args], buildkitd.env);
      await going.until('begun');
      // Not the line of the step, but what it prints.
      await going.until(' begun\n');
      going.child.kill('SIGINT');
      const run = await going.ended;
      expect(run.status).toBe(130);
      await stage.leavesNothing();
    }, 60_000);

    it('gives up after the build timeout, and not again and again', async () => {
      const args = shell('bx-slow', `RUN ${stage.forever}`);
      const run = await ours([...args, '--build-timeout', '3']);
      expect(run.status).toBe(1);
      expect(run.stderr).toMatch(/^ERROR:.*took longer than 3 s and was stopped/m);
      expect(run.stderr).not.toContain('Attempt number: 2');
      await stage.leavesNothing();
    }, 60_000);

    it('does not try again where the registry lets nobody in', async () => {
      const args = shell('bx-denied', 'ENV DENIED=1');
      const run = await ours([...args, ...to(closed)]);
      expect(run.status).toBe(1);
      expect(failed(run)).toEqual({ 'bx-denied': 'push_error' });
      expect(run.stderr).not.toContain('Attempt number: 2');
    }, 60_000);

    it('says which step failed, as the reference does', async () => {
      const args = shell('bx-broken', 'RUN echo before; exit 3');
      const run = await ours(args);
      const reference = await theirs(args);
      expect(run.status).toBe(reference.status);
      expect(failed(run)).toEqual({ 'bx-broken': 'error' });
      expect(run.stderr).toMatch(/^ERROR:.*exit code: 3$/m);
      expect(run.stderr).not.toContain('Attempt number: 2');
    }, 60_000);
  });
});
