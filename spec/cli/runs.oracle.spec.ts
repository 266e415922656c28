import { afterAll, describe, expect, it } from 'vitest';
import { KollaOracle } from '../support/kolla-oracle.js';
import { oracle, requirement } from '../support/requirements.js';
import { compareRuns } from './compare-runs.js';
import { FAILURES, RUNS } from './run-cases.js';
import { RELEASE } from './run-both.js';

const available = requirement('kolla', oracle.kolla(RELEASE) !== undefined);

describe.runIf(available)('kolla-build does the same for', () => {
  const real = available ? new KollaOracle(RELEASE) : undefined;
  afterAll(() => real?.close());

  it.each(Object.entries({ ...RUNS, ...FAILURES }))(
    '%s',
    async (_name, given) => {
      const { expected, actual } = await compareRuns(real!, given);
      expect(actual).toEqual(expected);
    },
    120_000,
  );
});
