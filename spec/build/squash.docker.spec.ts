import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { shellArchive } from './collection.js';
import { Dockerd } from './dockerd.js';
import { built, useStage, type Ended } from './stage.js';

const isRoot = process.getuid?.() === 0;
const runs =
  requirement('docker', available.docker()) &&
  requirement('dockerd', isRoot && available.command('dockerd'));

describe.runIf(runs)('--squash', () => {
  const stage = useStage('squash');
  let daemon: Dockerd;
  let tree: string[];

  beforeAll(async () => {
    daemon = new Dockerd(join(stage.work, 'dockerd'), ['--experimental']);
    await daemon.start();
    shellArchive(join(stage.work, 'shell.tar'));
    daemon.docker('import', join(stage.work, 'shell.tar'), stage.base);
    tree = stage.collection('tree', {
      'squash-first': ['', 'RUN echo one > /one\nRUN echo two > /two\nENV SEEN=yes'],
      'squash-second': ['squash-first', 'RUN touch /three\nCOPY own.txt /own.txt\nRUN cat /two'],
    });
  }, 120_000);

  afterAll(() => daemon.stop(), 60_000);

  const onDaemon = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    DOCKER_HOST: daemon.url,
    ...more,
  });
  const layers = (name: string): number => {
    const found = daemon.docker('image', 'inspect', '--format', '{{len .RootFS.Layers}}', name);
    return Number(found);
  };
  const squash = (args: readonly string[], env: Record<string, string>): Promise<Ended> =>
    stage.run([...tree, ...args, '--squash', '^squash-'], env);

  it('lets a daemon squash that can', async () => {
    const found = await squash([], onDaemon());
    expect(found.stderr).not.toMatch(/^ERROR/m);
    expect(found.stderr).toContain('the daemon squashes');
    expect(found.stderr.match(/squash-first:Successfully built /g)).toHaveLength(1);
    expect(built(found)).toEqual(['squash-first', 'squash-second']);
    expect(layers(stage.base)).toBe(1);
    expect(layers('kollage-spec/squash-first:squash')).toBe(2);
    expect(layers('kollage-spec/squash-second:squash')).toBe(3);
    const env = daemon.docker(
      'inspect',
      '-f',
      '{{.Config.Env}}',
      'kollage-spec/squash-second:squash',
    );
    expect(env).toContain('SEEN=yes');
  });

  it('squashes where BuildKit is the default of the series, unless BuildKit is asked for', async () => {
    const found = await squash(['--kolla-series', '2026.2'], onDaemon());
    expect(found.status).toBe(0);
    expect(layers('kollage-spec/squash-second:squash')).toBe(3);
    const refused = await squash(['--kolla-series', '2026.2', '--buildkit'], onDaemon());
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('--buildkit and --squash are mutually exclusive');
  });

  it('prefers the program docker-squash, called as kolla calls it', async () => {
    const programs = join(stage.work, 'programs');
    mkdirSync(programs, { recursive: true });
    const calls = join(stage.work, 'calls');
    writeFileSync(
      join(programs, 'docker-squash'),
      `#!/bin/sh\n[ "$1" = --version ] && echo 1.2.3 && exit\necho "$@" >> '${calls}'\n`,
    );
    chmodSync(join(programs, 'docker-squash'), 0o755);
    const env = onDaemon({ PATH: `${programs}:${process.env['PATH']}` });
    const found = await squash(stage.config({ DEFAULT: { squash_tmp_dir: '/var/tmp' } }), env);
    expect(found.stderr).toContain('"docker-squash" version is 1.2.3');
    expect(built(found)).toEqual(['squash-first', 'squash-second']);
    const [first = '', second = ''] = readFileSync(calls, 'utf8').trim().split('\n');
    expect(first).toMatch(
      /^--tag kollage-spec\/squash-first:squash sha256:\w+ --cleanup --from-layer sha256:\w+ --tmp-dir \/var\/tmp$/,
    );
    expect(second).toContain('squash-second');
    // The program did nothing, so the steps still are layers.
    expect(layers('kollage-spec/squash-first:squash')).toBe(3);
  });

  it('says what is missing where nobody squashes', async () => {
    const plain = new Dockerd(join(stage.work, 'plain'));
    await plain.start();
    try {
      const found = await squash([], { DOCKER_HOST: plain.url });
      expect(found.status).toBe(1);
      expect(found.stderr).toContain('"docker-squash" command is not found');
      expect(found.stderr).toContain('"experimental": true');
      await stage.leavesNothing();
    } finally {
      await plain.stop();
    }
  });
});
