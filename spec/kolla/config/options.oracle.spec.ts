import { afterAll, describe, expect, it } from 'vitest';
import { KollaOracle } from '../../support/kolla-oracle.js';
import { oracle, requirement } from '../../support/requirements.js';
import { compareOptions } from './compare-options.js';
import { CASES } from './config-cases.js';

const available = requirement('kolla', oracle.kolla('22.0.0') !== undefined);

describe.runIf(available)('options are what oslo.config makes of', () => {
  const real = available ? new KollaOracle('22.0.0') : undefined;
  afterAll(() => real?.close());

  it.each(Object.entries(CASES))(
    '%s',
    async (_name, given) => {
      const { expected, actual } = await compareOptions(real!, given);
      expect(actual).toEqual(expected);
    },
    120_000,
  );
});
