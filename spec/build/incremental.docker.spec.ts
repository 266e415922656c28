import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { docker } from './collection.js';
import { built, useStage, type Ended } from './stage.js';

describe.runIf(requirement('docker', available.docker()))('kolla-build --incremental', () => {
  const stage = useStage('inc');
  const images = ['inc-base', 'inc-child', 'inc-other'];
  const fullName = (name: string): string => `kollage-spec/${name}:inc`;
  const idOf = (name: string): string =>
    docker('image', 'inspect', '--format', '{{.Id}}', fullName(name));
  const skipped = ({ stdout }: Ended): string[] =>
    (JSON.parse(stdout) as { skipped: { name: string }[] }).skipped.map(({ name }) => name);

  it.each(['--buildkit', '--nobuildkit'])(
    'builds what has changed and what stands on it, and leaves the rest alone (%s)',
    async (builder) => {
      const tree = stage.collection('tree', {
        'inc-base': ['', 'RUN echo base > /base'],
        'inc-child': ['inc-base', 'COPY own.txt /own'],
        'inc-other': ['inc-base', 'ENV OTHER=1'],
      });
      const build = (...more: string[]): Promise<Ended> =>
        stage.run([builder, ...tree, '--incremental', ...more, '^inc-']);

      expect(built(await build('--nocache'))).toEqual(images);
      const before = images.map(idOf);

      const unchanged = await build();
      expect(unchanged.status).toBe(0);
      expect(skipped(unchanged)).toEqual(images);
      expect(images.map(idOf)).toEqual(before);

      writeFileSync(join(stage.work, 'tree/inc-child/own.txt'), `changed for ${builder}`);
      const changed = await build();
      expect(built(changed)).toEqual(['inc-child']);
      expect(skipped(changed)).toEqual(['inc-base', 'inc-other']);
      expect(changed.stderr).toMatch(/inc-child:To be built: context changed$/m);

      docker('rmi', '--force', fullName('inc-base'));
      expect(built(await build('--nocache'))).toEqual(images);
      docker('rmi', '--force', ...images.map(fullName));
    },
    900_000,
  );
});
