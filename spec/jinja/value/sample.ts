import fc from 'fast-check';

/**
 * Random values for one comparison with the oracle, which answers a whole batch at once. The seed
 * is printed, and taken from `KOLLAGE_SEED` to repeat a run.
 */
export function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  const seed = Number(process.env['KOLLAGE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`seed ${seed} (KOLLAGE_SEED)\n`);
  return fc.sample(arbitrary, { numRuns: count, seed });
}
