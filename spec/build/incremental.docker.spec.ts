import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { runKollaBuild, type Run } from '../support/run.js';
import { docker, importShell, removeImages, writeCollection } from './collection.js';

describe.runIf(requirement('docker', available.docker()))('kolla-build --incremental', () => {
  const base = 'kollage-spec/inc-shell:1';
  let work = '';

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    importShell(base);
    writeCollection(join(work, 'stock/docker'), base, { base: ['', 'ENV STOCK=1'] });
    writeCollection(join(work, 'tree'), base, {
      'inc-base': ['', 'RUN echo base > /base'],
      'inc-child': ['inc-base', 'COPY own.txt /own'],
      'inc-other': ['inc-base', 'ENV OTHER=1'],
    });
  }, 300_000);

  afterAll(() => {
    removeImages(/^kollage-spec\/inc-/);
    rmSync(work, { recursive: true, force: true });
  });

  const build = (...more: string[]): Promise<Run> =>
    runKollaBuild(
      [
        ...['--images-dir', join(work, 'stock'), '--kolla-series', '2026.1', '--base', 'debian'],
        ...['--docker-dir', join(work, 'tree'), '--nopull', '--network_mode', 'none'],
        ...['--namespace', 'kollage-spec', '--tag', 'spec', '--incremental', ...more, '^inc-'],
      ],
      {
        env: {
          HOME: work,
          ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
        },
      },
    );
  const names = ({ stdout }: Run, group: string): string[] =>
    (JSON.parse(stdout) as Record<string, { name: string }[]>)[group]!.map(({ name }) => name);
  const idOf = (name: string): string =>
    docker('image', 'inspect', '--format', '{{.Id}}', `kollage-spec/${name}:spec`);

  it.each(['--buildkit', '--nobuildkit'])(
    'builds what has changed and what stands on it, and leaves the rest alone (%s)',
    async (builder) => {
      expect(names(await build(builder, '--nocache'), 'built')).toHaveLength(3);
      const before = ['inc-base', 'inc-child', 'inc-other'].map(idOf);

      const unchanged = await build(builder);
      expect(unchanged.status).toBe(0);
      expect(names(unchanged, 'skipped')).toEqual(['inc-base', 'inc-child', 'inc-other']);
      expect(['inc-base', 'inc-child', 'inc-other'].map(idOf)).toEqual(before);

      writeFileSync(join(work, 'tree/inc-child/own.txt'), `changed for ${builder}`);
      const changed = await build(builder);
      expect(names(changed, 'built')).toEqual(['inc-child']);
      expect(names(changed, 'skipped')).toEqual(['inc-base', 'inc-other']);
      expect(changed.stderr).toMatch(/inc-child:To be built: context changed$/m);

      docker('rmi', '--force', 'kollage-spec/inc-base:spec');
      const gone = await build(builder, '--nocache');
      expect(names(gone, 'built')).toEqual(['inc-base', 'inc-child', 'inc-other']);
      docker(
        'rmi',
        '--force',
        ...['inc-base', 'inc-child', 'inc-other'].map((name) => `kollage-spec/${name}:spec`),
      );
    },
    900_000,
  );
});
