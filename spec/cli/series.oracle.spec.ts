import { afterAll, describe, expect, it } from 'vitest';
import { KollaOracle } from '../support/kolla-oracle.js';
import { oracle, requirement } from '../support/requirements.js';
import { ours, reference } from './run-both.js';

const RELEASES = ['9.4.0', '10.4.0', '18.8.0', '19.8.0', '20.6.0', '21.3.0', '22.0.0', '23.0.0'];

describe.each(RELEASES)('the command line of kolla %s', (release) => {
  const available = requirement('kolla', oracle.kolla(release) !== undefined);
  const real = available ? new KollaOracle(release) : undefined;
  afterAll(() => real?.close());

  it.runIf(available)(
    'has the same options, as its usage text lists them',
    async () => {
      const given = { argv: ['--bogus'] };
      const [theirs, mine] = [await reference(real!, given, release), await ours(given, release)];
      expect(mine.stderr).toBe(theirs.stderr);
      expect(mine.status).toBe(2);
    },
    120_000,
  );

  it.runIf(available)(
    'refuses the same values',
    async () => {
      for (const argv of [
        ['-b', 'x'],
        ['--base-arch', 'x'],
        ['-t', 'x'],
        ['--engine', 'x'],
      ]) {
        const [theirs, mine] = [
          await reference(real!, { argv }, release),
          await ours({ argv }, release),
        ];
        expect(mine.stderr.split('\n').slice(0, 1)).toEqual(theirs.stderr.split('\n').slice(0, 1));
        expect(mine.status).toBe(theirs.status);
      }
    },
    120_000,
  );

  it.runIf(available)(
    'is of the same version',
    async () => {
      const given = { argv: ['--version'] };
      expect(await ours(given, release)).toEqual(await reference(real!, given, release));
    },
    120_000,
  );
});
