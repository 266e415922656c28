import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { oracle, requirement } from '../../support/requirements.js';
import { type CaseSpec, alike, describeAnswer, formatCase } from './case.js';
import { randomCase } from './grammar.js';
import { ourAnswer } from './our-answer.js';
import { PythonOracle } from './python-oracle.js';

const RUNS = Number(process.env['KOLLAGE_RUNS'] ?? 5000);
const SEED = Number(process.env['KOLLAGE_SEED'] ?? Date.now() % 2 ** 31);
const BATCH = 250;
/** Distinct failures that are shrunk and printed. */
const SHOWN = 3;

/** We bound what one expression may make, Python goes on until memory ends (COMPATIBILITY.md, Values
 *  and Sandbox): where either stops for that, there is nothing to compare. */
const isBounded = (own: string, python: string): boolean =>
  /The sandbox blocks (?:repetitions|ints)/.test(own) ||
  [own, python].some((answer) => answer.startsWith('MemoryError'));

/** How many more Python processes say whether an answer hangs on the address of an object. */
const WITNESSES = 6;

const python = oracle.python();

describe.runIf(requirement('jinja2', python !== undefined))('templates at random', () => {
  const jinja2 = python === undefined ? undefined : new PythonOracle(python);
  afterAll(() => {
    jinja2?.close();
  });

  /** The difference as text; undefined when both sides agree. */
  async function differences(cases: readonly CaseSpec[]): Promise<readonly (string | undefined)[]> {
    const asked = jinja2!.answers(cases);
    const ours = cases.map(ourAnswer);
    return Promise.all(
      (await asked).map(async (expected, index) => {
        const answer = describeAnswer(expected);
        const own = describeAnswer(alike(ours[index]!, expected));
        if (own === answer || isBounded(own, answer)) return undefined;
        if (await variesInPython(cases[index]!, answer)) return undefined;
        return `Python: ${answer}\nours:   ${own}`;
      }),
    );
  }

  /** Whether Python itself answers differently in another process, as with `x ~ '' | length` of an
   *  object that prints its address. */
  async function variesInPython(spec: CaseSpec, answer: string): Promise<boolean> {
    for (let asked = 0; asked < WITNESSES; asked++) {
      const witness = new PythonOracle(python!);
      try {
        const [expected] = await witness.answers([spec]);
        if (describeAnswer(expected!) !== answer) return true;
      } finally {
        witness.close();
      }
    }
    return false;
  }

  /** Replays one of the cases of the seed, and asks Python again for each smaller one. */
  async function shrink(index: number): Promise<string> {
    let last = '';
    const property = fc.asyncProperty(randomCase, async (spec) => {
      const [difference] = await differences([spec]);
      if (difference === undefined) return;
      last = `${formatCase(spec, `found with seed ${SEED}`)}\n${difference}`;
      throw new Error(difference);
    });
    await fc.check(property, {
      seed: SEED,
      path: String(index),
      numRuns: 1,
      interruptAfterTimeLimit: 20_000,
    });
    return last === ''
      ? `${formatCase(fc.sample(randomCase, { seed: SEED, path: String(index), numRuns: 1 })[0]!, `found with seed ${SEED}, and not again`)}`
      : last;
  }

  it(
    `print what Python prints (${RUNS} cases, KOLLAGE_SEED=${SEED})`,
    { timeout: 600_000 },
    async () => {
      process.stderr.write(`templates at random: ${RUNS} cases, KOLLAGE_SEED=${SEED}\n`);
      const cases = fc.sample(randomCase, { seed: SEED, numRuns: RUNS });
      const failed: number[] = [];
      for (let start = 0; start < cases.length; start += BATCH) {
        const found = await differences(cases.slice(start, start + BATCH));
        found.forEach((difference, index) => {
          if (difference !== undefined) failed.push(start + index);
        });
      }
      const shown: string[] = [];
      for (const index of failed.slice(0, SHOWN)) shown.push(await shrink(index));
      expect(
        failed.length,
        `${failed.length} of ${RUNS} differ (KOLLAGE_SEED=${SEED})\n\n${shown.join('\n\n')}`,
      ).toBe(0);
    },
  );
});
