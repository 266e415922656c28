/** A source of numbers x with 0 <= x < 1, such as `Math.random`. */
export type RandomSource = () => number;

/** JavaScript's own source; an environment's `random` replaces it, for tests and for seeds. */
// eslint-disable-next-line no-restricted-properties -- the one place where chance enters
export const defaultRandom: RandomSource = () => Math.random();

/** An int within 0..limit-1. */
export function randomBelow(limit: number, random: RandomSource): number {
  return Math.floor(random() * limit);
}
