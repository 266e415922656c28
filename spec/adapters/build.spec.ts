import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../lib/adapters/engine.js';
import { INPUTS_LABEL } from '../../lib/kolla/inputs.js';
import { explainImages } from '../../lib/adapters/explain-build.js';
import { BuildSetup, OPTIONS, settings, statuses } from './build-setup.js';

const tick = (milliseconds = 5): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('buildImages', () => {
  let setup: BuildSetup;

  beforeEach(() => {
    setup = new BuildSetup();
  });

  afterEach(() => {
    rmSync(setup.folder, { recursive: true, force: true });
  });

  const names = (full: readonly string[]): string[] =>
    full.map((name) => name.slice('ns/'.length, -':1'.length));

  describe('order', () => {
    it('builds parents first, and what was selected alone', async () => {
      setup.tree({ base: '', mid: 'base', leaf: 'mid', other: '' }, { other: 'unmatched' });
      expect(statuses(await setup.build())).toEqual({
        base: 'built',
        mid: 'built',
        leaf: 'built',
        other: 'unmatched',
      });
      expect(names(setup.engine.builds)).toEqual(['base', 'mid', 'leaf']);
    });

    it('starts the image with the longest path below it first', async () => {
      setup.tree({ short: '', long: '', a: 'long', b: 'a', c: 'b' });
      await setup.build({ threads: 1 });
      expect(names(setup.engine.builds)).toEqual(['long', 'a', 'b', 'short', 'c']);
    });

    it('uses the durations of earlier runs', async () => {
      const stateFile = join(setup.folder, 'durations.json');
      const seconds = { slow: 500, chain: 1, a: 1, b: 1 };
      const images = Object.fromEntries(
        Object.entries(seconds).map(([name, took]) => [`ns/${name}:1`, { seconds: took }]),
      );
      writeFileSync(stateFile, JSON.stringify({ version: 1, images }));
      setup.tree({ chain: '', a: 'chain', b: 'a', slow: '' });
      await setup.build({ threads: 1, stateFile });
      expect(names(setup.engine.builds)[0]).toBe('slow');
    });

    it('builds no more at a time than there are threads', async () => {
      const parents = Object.fromEntries([...'abcdefgh'].map((name) => [name, '']));
      setup.tree(parents);
      setup.engine.onBuild = () => tick();
      await setup.build({ threads: 3 });
      expect(setup.engine.mostRunning).toBe(3);
      expect(setup.engine.builds).toHaveLength(8);
    });

    it('does not wait between tasks', async () => {
      const parents: Record<string, string> = { i0: '' };
      for (let at = 1; at < 200; at++) parents[`i${at}`] = `i${at - 1}`;
      setup.tree(parents);
      const outcomes = await setup.build();
      expect(new Set(Object.values(statuses(outcomes)))).toEqual(new Set(['built']));
    });

    it('builds the child of a skipped image, and tells kolla what it does', async () => {
      setup.tree({ base: '', mid: 'base' }, { base: 'skipped' });
      expect(statuses(await setup.build())).toEqual({ base: 'skipped', mid: 'built' });
      expect(setup.lines.slice(0, 3)).toEqual([
        'INFO:kolla:Added image mid to queue',
        'INFO:kolla:Attempt number: 1 to run task: BuildTask(mid) ',
        'DEBUG:kolla.mid:Processing',
      ]);
    });

    it('names the images of a circle, and builds the rest', async () => {
      setup.tree({ a: 'b', b: 'a', fine: '' });
      expect(statuses(await setup.build())).toEqual({ a: 'matched', b: 'matched', fine: 'built' });
      expect(setup.lines).toContain(
        'ERROR:kolla:Images are built on each other and can not be built: a -> b -> a',
      );
    });
  });

  describe('failures', () => {
    const failing = (name: string, message: string, kind: 'build' | 'lost' = 'build'): void => {
      setup.engine.onBuild = ({ name: full }) => {
        if (full === `ns/${name}:1`) throw new EngineError(kind, message);
      };
    };

    it('leave what is built on the image as it was, and nothing else', async () => {
      setup.tree({ base: '', bad: 'base', below: 'bad', deeper: 'below', good: 'base' });
      failing('bad', 'exit code: 1');
      const outcomes = await setup.build();
      expect(statuses(outcomes)).toEqual({
        base: 'built',
        bad: 'error',
        below: 'matched',
        deeper: 'matched',
        good: 'built',
      });
      expect(outcomes['bad']?.reason).toBe('exit code: 1');
      expect(setup.lines).toEqual(
        expect.arrayContaining([
          "ERROR:kolla.bad:Error'd with the following message",
          'ERROR:kolla.bad:exit code: 1',
        ]),
      );
    });

    it('are tried again only where that may help', async () => {
      setup.tree({ bad: '' });
      failing('bad', 'main.c:1: error: expected expression');
      expect((await setup.build({ retries: 3 }))['bad']?.attempts).toBe(1);
      failing('bad', 'The connection broke off', 'lost');
      expect((await setup.build({ retries: 1 }))['bad']?.attempts).toBe(2);
      expect(setup.lines).toContain('INFO:kolla:Attempt number: 2 to run task: BuildTask(bad) ');
    });

    it('are tried again when the output tells of a mirror that is away', async () => {
      setup.tree({ once: '' });
      let attempts = 0;
      setup.engine.onBuild = (_, onLine) => {
        if (++attempts > 1) return;
        onLine("Temporary failure resolving 'deb.debian.org'");
        throw new EngineError('build', 'exit code: 100');
      };
      expect((await setup.build({ retries: 1 }))['once']).toMatchObject({
        status: 'built',
        attempts: 2,
      });
    });

    it("follow the image's own number of retries", async () => {
      setup.tree({ bad: '' });
      failing('bad', 'gone', 'lost');
      const imageSettings = () => settings({ retries: 0 });
      expect((await setup.build({ retries: 5, imageSettings }))['bad']?.attempts).toBe(1);
    });

    it('stop the run with --fail-fast, unless they are allowed', async () => {
      setup.tree({ bad: '', first: '', second: 'first' });
      setup.engine.onBuild = async ({ name }) => {
        if (name === 'ns/bad:1') throw new EngineError('build', 'no');
        await tick(30);
      };
      expect(statuses(await setup.build({ failFast: true }))).toEqual({
        bad: 'error',
        first: 'built',
        second: 'matched',
      });
      const tolerant = await setup.build({ failFast: true, allowedToFail: ['bad'] });
      expect(tolerant['second']?.status).toBe('built');
    });

    it('come from a parent that was removed or replaced meanwhile', async () => {
      setup.tree({ base: '', child: 'base' });
      setup.engine.onBuild = ({ name }) => {
        if (name === 'ns/base:1') queueMicrotask(() => undefined);
      };
      const { add } = setup.engine;
      setup.engine.add = (name, ...rest) => {
        const id = add.call(setup.engine, name, ...rest);
        if (name === 'ns/base:1') setup.engine.images.delete(name);
        return id;
      };
      const outcomes = await setup.build();
      expect(outcomes['child']).toMatchObject({
        status: 'error',
        reason: 'Parent image ns/base:1 has been removed; build it again',
      });
      expect(names(setup.engine.builds)).toEqual(['base']);
    });

    it('come from a build that takes too long', async () => {
      setup.tree({ slow: '', quick: '' });
      setup.engine.onBuild = () => tick(2500);
      const imageSettings = (name: string) => settings({ buildTimeout: name === 'slow' ? 1 : 0 });
      const outcomes = await setup.build({ imageSettings });
      expect(outcomes['slow']).toMatchObject({
        status: 'error',
        reason: 'The build took longer than 1 s and was stopped',
      });
      expect(outcomes['quick']?.status).toBe('built');
    });

    it.each([
      [
        'a missing local source',
        { type: 'local', source: '/nonexistent/x' } as const,
        /no such file/,
      ],
      ['no location', { type: 'url', source: null } as const, /\[bad\] has no location/],
      [
        'a checksum for another machine',
        { type: 'url', source: 'http://127.0.0.1:1/', sha256: new Map([['arm64', 'x']]) } as const,
        /sha256 has no checksum for amd64/,
      ],
      [
        'no reference',
        { type: 'git', source: 'https://127.0.0.1:1/x' } as const,
        /\[bad\] has no reference to check out/,
      ],
    ])('end as errors, not as crashes: %s', async (_, source, message) => {
      setup.tree({ bad: '' }).withSource('bad', source);
      const { bad } = await setup.build();
      expect(bad).toMatchObject({ status: 'error', attempts: 1 });
      expect(bad?.reason).toMatch(message);
      expect(setup.engine.builds).toEqual([]);
    });

    it('say which plugin is no archive', async () => {
      const file = join(setup.folder, 'text');
      writeFileSync(file, 'no archive');
      setup.tree({ bad: '' }).withSource('bad', { type: 'local', source: file }, 'plugins');
      expect((await setup.build())['bad']?.reason).toMatch(/bad-plugin-x-archive is not a tarfile/);
      expect(setup.lines).toContain(
        'ERROR:kolla.bad:Failed turning any plugins into a plugins archive',
      );
    });
  });

  describe('pushing', () => {
    it('follows the build, under every name', async () => {
      setup.tree({ base: '', child: 'base' });
      const outcomes = await setup.build({ push: true, extraTag: ['latest'] });
      expect(setup.engine.pushes).toEqual(
        expect.arrayContaining(['ns/base:1', 'ns/base:latest', 'ns/child:1', 'ns/child:latest']),
      );
      expect(outcomes['base']?.digest).toBe('sha256:digest-of-ns/base:1');
      expect(setup.lines).toEqual(
        expect.arrayContaining([
          'INFO:kolla:Added next task PushIntoQueueTask(PushTask(base)) to queue',
          'INFO:kolla:Attempt number: 1 to run task: PushTask(base) ',
          'INFO:kolla.base:Trying to push the image',
          'INFO:kolla.base:Pushed successfully',
        ]),
      );
    });

    it('fails without a second attempt where the registry says no, and spoils no child', async () => {
      setup.tree({ base: '', child: 'base' });
      setup.engine.onPush = (name) => {
        if (name === 'ns/base:1') throw new EngineError('push', 'denied: access is denied');
      };
      const outcomes = await setup.build({ push: true, retries: 3 });
      expect(statuses(outcomes)).toEqual({ base: 'push_error', child: 'built' });
      expect(outcomes['base']?.pushAttempts).toBe(1);
    });

    it('is tried again where the registry is busy, without a new build', async () => {
      setup.tree({ base: '' });
      let pushes = 0;
      setup.engine.onPush = () => {
        if (++pushes === 1)
          throw new EngineError('push', 'received status: 503 Service Unavailable');
      };
      const outcomes = await setup.build({ push: true, retries: 1 });
      expect(outcomes['base']).toMatchObject({ status: 'built', attempts: 1, pushAttempts: 2 });
      expect(outcomes['base']?.reason).toBeUndefined();
    });

    it('ends as connection_error where the engine is gone', async () => {
      setup.tree({ base: '' });
      setup.engine.onPush = () => {
        throw new EngineError('unreachable', 'Cannot reach it');
      };
      expect(statuses(await setup.build({ push: true }))).toEqual({ base: 'connection_error' });
    });
  });

  describe('stopping', () => {
    it('cancels what runs and starts nothing more, at any moment', async () => {
      for (let moment = 0; moment < 10; moment++) {
        const own = new BuildSetup();
        own.tree({ a: '', b: 'a', c: 'b', d: 'c', e: '' });
        own.engine.onBuild = () => tick(4);
        const controller = new AbortController();
        const building = own.build({ threads: 2, push: true }, { signal: controller.signal });
        setTimeout(() => controller.abort(), moment * 2);
        const outcomes = await building;
        expect(own.engine.running).toBe(0);
        for (const { name, status, imageId } of Object.values(outcomes)) {
          expect({ name, built: status === 'built' }).toEqual({
            name,
            built: imageId !== undefined,
          });
          expect(['built', 'building', 'matched']).toContain(status);
        }
        rmSync(own.folder, { recursive: true, force: true });
      }
    });

    it('leaves no folder of its own behind', async () => {
      // Other spec files have folders in the common one.
      const own = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
      vi.stubEnv('TMPDIR', own);
      try {
        setup.tree({ a: '' }).withSource('a', { type: 'url', source: 'http://127.0.0.1:1/x' });
        await setup.build();
        expect(readdirSync(own)).toEqual([]);
      } finally {
        vi.unstubAllEnvs();
        rmSync(own, { recursive: true });
      }
    });
  });

  it('tells the engine where it may have to fetch an image', async () => {
    setup.tree({ base: '', leaf: 'base', copier: 'base', modern: 'base', other: 'gone' });
    const text = (name: string, more: string): void => {
      const image = setup.image(name);
      Object.assign(image, { dockerfile: image.dockerfile! + more });
    };
    text('leaf', 'COPY --from=0 /a /b\n');
    text('copier', 'COPY --from=registry.example/tools:1 /a /b\n');
    text('modern', '# syntax=docker/dockerfile:1\n');
    await setup.build();
    const fetches = setup.engine.requests.map(({ name, fetches }) => [name, fetches] as const);
    expect(Object.fromEntries(fetches)).toEqual({
      'ns/base:1': true,
      'ns/leaf:1': false,
      'ns/copier:1': true,
      'ns/modern:1': true,
      'ns/other:1': true,
    });
  });

  describe('what only buildx can do', () => {
    const platform = 'linux/amd64,linux/arm64';

    it('is refused image by image where it cannot be done', async () => {
      setup.tree({ base: '', leaf: 'base', other: '' });
      const own = (name: string) => settings({ platform: name === 'other' ? 'linux/arm64' : null });
      const outcomes = await setup.build({ platform, imageSettings: own, retries: 3 });
      expect(statuses(outcomes)).toEqual({ base: 'error', leaf: 'matched', other: 'built' });
      expect(outcomes['base']).toMatchObject({
        attempts: 1,
        reason: expect.stringMatching(/requires --push/) as string,
      });
    });

    it.each([
      [{ buildkit: false }, '--nobuildkit'],
      [{ squash: true }, '--squash'],
      [{ keep: true }, '--keep'],
    ])('needs BuildKit: %o', async (more, option) => {
      const message = (what: string): string =>
        `${what} needs BuildKit, which does not build with ${option}`;
      setup.tree({ base: '' });
      for (const [options, what] of [
        [{ platform, push: true }, `A build for several platforms (${platform})`],
        [{ cacheTo: 'type=registry,ref=x' }, '--cache-to type=registry,ref=x'],
        [{ cacheFrom: ['plain', 'type=local,src=x'] }, '--cache-from type=local,src=x'],
      ] as const) {
        const outcomes = await setup.build({ ...more, ...options });
        expect(outcomes['base']!.reason).toBe(message(what));
      }
    });

    it('is not asked for a builder that has no say', async () => {
      setup.tree({ base: '' });
      for (const options of [
        { buildkitBuilder: 'default' },
        { buildkitBuilder: 'farm', buildkit: false },
        { buildkitBuilder: 'farm', keep: true },
      ]) {
        expect(statuses(await setup.build(options))).toEqual({ base: 'built' });
      }
    });

    it('is understood as buildx spells it: caches', async () => {
      setup.tree({ base: '' });
      const cacheFrom = ['type=registry,ref=reg/{name}:cache', 'plain/{name}:1'];
      await setup.build({ cacheFrom, cacheTo: 'type=inline' });
      const [request] = setup.engine.requests;
      expect(request).toMatchObject({
        cacheFrom: ['reg/base:cache', 'plain/base:1'],
        inlineCache: true,
      });
    });
  });

  describe('secrets', () => {
    it('reach the engine and no line of the log', async () => {
      setup.tree({ a: '' }).withSource('a', {
        type: 'url',
        source: 'http://me:in-address@127.0.0.1:1/x',
      });
      setup.tree({ b: '', ...{} });
      const seen: string[] = [];
      setup.engine.onBuild = ({ buildArgs, secrets }, onLine) => {
        for (const [name, value] of buildArgs) onLine(`${name} is ${value}`);
        onLine(secrets.get('token')?.toString() ?? 'nothing');
        throw new EngineError('build', `failed: ${buildArgs.get('PASSWORD') ?? ''}`);
      };
      const outcomes = await setup.build(
        {
          buildArgs: new Map([
            ['PASSWORD', 'in-argument'],
            ['OPEN', 'visible'],
          ]),
          secretBuildArgs: ['PASSWORD'],
          buildSecret: ['id=token,env=TOKEN'],
        },
        {
          env: { TOKEN: 'in-variable', https_proxy: 'http://me:in-proxy@proxy:1' },
          progress: {
            started: () => undefined,
            line: (_, text) => void seen.push(text),
            ended: () => undefined,
          },
        },
      );
      const everything = [...setup.lines, ...seen, JSON.stringify(outcomes)].join('\n');
      expect(everything).toContain('visible');
      for (const secret of ['in-argument', 'in-variable', 'in-proxy', 'in-address']) {
        expect(everything).not.toContain(secret);
      }
      expect(setup.engine.requests[0]?.buildArgs.get('PASSWORD')).toBe('in-argument');
    });
  });

  describe('per-image settings', () => {
    it('take the place of those of all images; build arguments add up', async () => {
      setup.tree({ a: '', b: '' });
      const own = {
        platform: 'linux/arm64',
        networkMode: 'none',
        buildArgs: new Map([['B', '2']]),
      };
      await setup.build({
        buildArgs: new Map([['A', '1']]),
        extraLabel: ['team=x=y'],
        imageSettings: (name) => settings(name === 'b' ? own : {}),
      });
      const [a, b] = [...setup.engine.requests].sort((x, y) => (x.name < y.name ? -1 : 1));
      expect(a).toMatchObject({ platform: null, networkMode: 'host' });
      expect([...a!.buildArgs]).toEqual([['A', '1']]);
      expect(b).toMatchObject({ platform: 'linux/arm64', networkMode: 'none' });
      expect([...b!.buildArgs]).toEqual([
        ['A', '1'],
        ['B', '2'],
      ]);
      expect(b?.labels.get('team')).toBe('x=y');
    });
  });

  describe('--incremental', () => {
    const incremental = { incremental: true };
    const rebuilt = async (): Promise<string[]> => {
      setup.engine.builds.length = 0;
      await setup.build(incremental);
      return names(setup.engine.builds).sort();
    };

    beforeEach(async () => {
      setup.tree({ base: '', mid: 'base', leaf: 'mid', other: 'base' });
      await setup.build(incremental);
    });

    it('leaves everything alone when nothing has changed, and reports it as skipped', async () => {
      setup.engine.builds.length = 0;
      const outcomes = await setup.build(incremental);
      expect(setup.engine.builds).toEqual([]);
      expect(new Set(Object.values(statuses(outcomes)))).toEqual(new Set(['skipped']));
      expect(outcomes['base']?.reason).toBe('unchanged');
    });

    it('builds a changed image and what is built on it, and says why', async () => {
      writeFileSync(join(setup.image('mid').path, 'Dockerfile'), 'FROM ns/base:1\nRUN changed\n');
      expect(await rebuilt()).toEqual(['leaf', 'mid']);
      expect(setup.lines).toEqual(
        expect.arrayContaining([
          'INFO:kolla.mid:To be built: dockerfile changed',
          'INFO:kolla.leaf:To be built: parent changed',
          'INFO:kolla.other:Left alone: unchanged',
        ]),
      );
    });

    it('notices a file of the context, and one that is gone', async () => {
      writeFileSync(join(setup.image('leaf').path, 'file'), 'x');
      expect(await rebuilt()).toEqual(['leaf']);
      rmSync(join(setup.image('leaf').path, 'file'));
      expect(await rebuilt()).toEqual(['leaf']);
      expect(await rebuilt()).toEqual([]);
    });

    it('notices build arguments and labels, but not the date of the run or a proxy', async () => {
      const run = async (options: object, env = {}): Promise<number> => {
        setup.engine.builds.length = 0;
        await setup.build({ ...incremental, ...options }, { env });
        return setup.engine.builds.length;
      };
      expect(await run({ extraLabel: ['org.opencontainers.image.created=now'] })).toBe(0);
      expect(await run({}, { http_proxy: 'http://proxy' })).toBe(0);
      expect(await run({ buildArgs: new Map([['A', '1']]) })).toBe(4);
      expect(await run({ buildArgs: new Map([['A', '1']]) })).toBe(0);
      expect(await run({ extraLabel: ['a=b'], buildArgs: new Map([['A', '1']]) })).toBe(4);
    });

    it('says nothing by which a secret could be guessed, so a new one alone builds nothing', async () => {
      const run = async (secret: string, names = ['TOKEN']): Promise<unknown> => {
        setup.engine.builds.length = 0;
        const buildArgs = new Map([
          ['MIRROR', `https://me:${secret}@mirror/`],
          ['FLAGS', `--index https://me:${secret}@mirror/ --quiet`],
          ...names.map((name) => [name, secret] as const),
        ]);
        await setup.build({ ...incremental, buildArgs, secretBuildArgs: ['TOKEN', 'OTHER'] });
        return setup.engine.builds.length;
      };
      expect(await run('one')).toBe(4);
      expect(await run('two')).toBe(0);
      expect(await run('two', ['TOKEN', 'OTHER'])).toBe(4);
      expect(await run('two', [])).toBe(4);
    });

    it('notices the content of a local source', async () => {
      const file = join(setup.folder, 'source');
      writeFileSync(file, 'one');
      setup.withSource('other', { type: 'local', source: file });
      expect(await rebuilt()).toEqual(['other']);
      expect(await rebuilt()).toEqual([]);
      writeFileSync(file, 'two');
      expect(await rebuilt()).toEqual(['other']);
    });

    it('builds an image that is not there or does not say what it is made of', async () => {
      setup.engine.images.delete('ns/other:1');
      setup.engine.add('ns/leaf:1');
      expect(await rebuilt()).toEqual(['leaf', 'other']);
    });

    it('is explained without anything being built', async () => {
      writeFileSync(join(setup.image('mid').path, 'file'), 'x');
      setup.engine.builds.length = 0;
      const options = { ...OPTIONS, stateFile: join(setup.folder, 'state.json') };
      const { engine } = setup;
      expect(await explainImages(setup.images, options, { engine, env: {} })).toEqual([
        { name: 'base', rebuild: false, reason: 'unchanged' },
        { name: 'mid', rebuild: true, reason: 'context changed' },
        { name: 'leaf', rebuild: true, reason: 'mid is built anew' },
        { name: 'other', rebuild: false, reason: 'unchanged' },
      ]);
      expect(setup.engine.builds).toEqual([]);
    });

    it('labels nothing without the option', async () => {
      await setup.build();
      expect(setup.engine.requests.at(-1)?.labels.has(INPUTS_LABEL)).toBe(false);
    });
  });

  describe('--resume', () => {
    it('builds what the last run did not finish', async () => {
      setup.tree({ base: '', done: 'base', bad: 'base', below: 'bad' });
      setup.engine.onBuild = ({ name }) => {
        if (name === 'ns/bad:1') throw new EngineError('build', 'no');
      };
      await setup.build();
      setup.engine.onBuild = () => undefined;
      setup.engine.builds.length = 0;
      const outcomes = await setup.build({ resume: true });
      expect(names(setup.engine.builds)).toEqual(['bad', 'below']);
      expect(statuses(outcomes)).toEqual({
        base: 'skipped',
        done: 'skipped',
        bad: 'built',
        below: 'built',
      });
    });

    it('builds again what has been removed since, and what stands on it', async () => {
      setup.tree({ base: '', child: 'base', other: '' });
      await setup.build();
      setup.engine.images.delete('ns/base:1');
      setup.engine.builds.length = 0;
      await setup.build({ resume: true });
      expect(names(setup.engine.builds)).toEqual(['base', 'child']);
    });
  });
});
