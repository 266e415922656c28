import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, oracle, requirement } from '../support/requirements.js';
import { run, runKollaBuild, type Run } from '../support/run.js';
import { importShell, removeImages, threeLevels, writeCollection } from './collection.js';
import { configurationOf, filesOf } from './image-content.js';

const kolla = oracle.kolla('22.0.0');
const runs = requirement('docker', available.docker()) && requirement('kolla', kolla !== undefined);

describe.runIf(runs)('a tree of 37 images', () => {
  const base = 'kollage-spec/shell:1';
  const PREFIX = 'tree37-';
  const images = threeLevels(PREFIX);
  let work = '';

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    importShell(base);
  }, 300_000);

  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
    removeImages(new RegExp(`^kollage-spec/.*${PREFIX}`));
  }, 120_000);

  const args = (folder: string, prefix: string, ...more: string[]): string[] => [
    ...['--base', 'debian', '--docker-dir', folder, '--nopull', '--network_mode', 'none'],
    ...['--namespace', 'kollage-spec', '--image-name-prefix', prefix, '--tag', 'spec'],
    ...['--retries', '0', '--build-args', 'SEEN:yes', ...more, `^${PREFIX}`],
  ];
  const env = { DOCKER_HOST: process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock' };
  const imagesDir = (): string[] => ['--images-dir', join(kolla!, '../../share/kolla')];

  const builds: Record<string, (folder: string) => Promise<Run>> = {
    reference: (folder) => run(kolla!, args(folder, 'ref-'), { env }),
    classic: (folder) =>
      runKollaBuild([...imagesDir(), ...args(folder, 'classic-', '--nobuildkit')], { env }),
    buildkit: (folder) => runKollaBuild([...imagesDir(), ...args(folder, 'bk-')], { env }),
  };

  describe('that all build', () => {
    const done: Record<string, Run> = {};

    beforeAll(async () => {
      const folder = join(work, 'good');
      writeCollection(folder, base, images);
      for (const [name, build] of Object.entries(builds)) done[name] = await build(folder);
    }, 1_200_000);

    it.each(['classic', 'buildkit'])('gives the same JSON summary (%s)', (builder) => {
      expect(done['reference']).toMatchObject({ status: 0 });
      expect(done[builder]?.status).toBe(0);
      expect(done[builder]?.stdout).toBe(done['reference']?.stdout);
      expect(JSON.parse(done[builder]!.stdout)).toMatchObject({ failed: [], skipped: [] });
    });

    it.each([
      ['classic', 'classic-'],
      ['buildkit', 'bk-'],
    ])('gives images of the same configuration (%s)', (_, prefix) => {
      const named = (own: string, name: string): unknown =>
        configurationOf(`kollage-spec/${own}${name}:spec`);
      for (const name of Object.keys(images)) {
        expect({ name, config: named(prefix, name) }).toEqual({
          name,
          config: named('ref-', name),
        });
      }
    });

    it.each([
      ['classic', 'classic-'],
      ['buildkit', 'bk-'],
    ])(
      'gives images with the same files (%s)',
      async (_, prefix) => {
        for (const name of Object.keys(images)) {
          const theirs = await filesOf(`kollage-spec/ref-${name}:spec`);
          const ours = await filesOf(`kollage-spec/${prefix}${name}:spec`);
          expect(Object.keys(theirs)).toContain('base.txt');
          expect({ name, files: ours }).toEqual({ name, files: theirs });
        }
      },
      1_200_000,
    );
  });

  describe('of which one fails', () => {
    it('ends with the same statuses and exit code, and builds the rest', async () => {
      const folder = join(work, 'bad');
      const failing = [`${PREFIX}base`, 'RUN echo before; sleep 1; echo oops >&2; exit 3'] as const;
      writeCollection(folder, base, { ...images, [`${PREFIX}middle2`]: failing });
      const theirs = await builds['reference']!(folder);
      expect(theirs.status).toBe(1);
      for (const builder of ['classic', 'buildkit']) {
        const ours = await builds[builder]!(folder);
        expect(ours.status).toBe(1);
        expect(ours.stdout).toBe(theirs.stdout);
        const logger = `kolla.common.utils.${PREFIX}middle2`;
        expect(ours.stderr).toMatch(new RegExp(`^INFO:${logger}:before$`, 'm'));
        expect(ours.stderr).toMatch(new RegExp(`^ERROR:${logger}:.*exit 3`, 'm'));
      }
      const { failed, built } = JSON.parse(theirs.stdout) as Record<string, { name: string }[]>;
      expect(failed).toEqual([
        ...[0, 1, 2, 3, 4].map((at) => ({ name: `${PREFIX}leaf2x${at}`, status: 'matched' })),
        { name: `${PREFIX}middle2`, status: 'error' },
      ]);
      expect(built).toHaveLength(31);
    }, 1_200_000);
  });
});
