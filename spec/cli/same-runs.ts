import { afterAll, describe, expect, it } from 'vitest';
import { KollaOracle } from '../support/kolla-oracle.js';
import { oracle, requirement } from '../support/requirements.js';
import { compareRuns } from './compare-runs.js';
import type { Invocation } from './run-both.js';

/** How many invocations a group must hold, and how many of them the reference must refuse. */
export interface Least {
  readonly runs: number;
  readonly wrong: number;
}

/** One test per invocation, which both programs get. The last one says how many there were and how
 *  many of them ended with another status than 0 in the reference. */
export function sameRuns(
  title: string,
  release: string,
  cases: Readonly<Record<string, Invocation>>,
  least: Least,
): void {
  const available = requirement('kolla', oracle.kolla(release) !== undefined);
  describe.runIf(available)(title, () => {
    const real = available ? new KollaOracle(release) : undefined;
    afterAll(() => real?.close());
    const statuses: (number | null)[] = [];

    it.each(Object.entries(cases))(
      '%s',
      async (_name, given) => {
        const { expected, actual } = await compareRuns(real!, given, release);
        statuses.push(expected.status);
        expect(actual).toEqual(expected);
      },
      120_000,
    );

    it(`are ${least.runs} invocations at least, ${least.wrong} of them wrong`, (context) => {
      const wrong = statuses.filter((status) => status !== 0).length;
      console.log(`${title}: ${statuses.length} invocations of kolla ${release}, ${wrong} wrong`);
      context.skip(statuses.length < Object.keys(cases).length, 'not all of them have run');
      expect(statuses.length).toBeGreaterThanOrEqual(least.runs);
      expect(wrong).toBeGreaterThanOrEqual(least.wrong);
    });
  });
}
