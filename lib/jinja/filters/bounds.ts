import { asInt } from '../value/number.js';
import { CALL, PASS, SIGNATURE, type Kwargs, type PyFunction } from '../value/callable.js';
import { PyOverflowError } from '../value/py-error.js';
import { bindArguments } from '../value/signature.js';

/**
 * How many characters or items one operation may produce in a sandbox. Python's sandbox has no such
 * bound, and lets `'a' * 10**9` eat the memory of the process.
 */
export const MAX_REPETITION = 10_000_000;

/** Throws PyOverflowError when a sandboxed operation would produce more than MAX_REPETITION. */
export function checkRepetition(count: unknown): void {
  const size = asInt(count);
  if (size !== undefined && size > MAX_REPETITION) {
    throw new PyOverflowError(
      'Repetition too big. The sandbox blocks repetitions larger than ' +
        `MAX_REPETITION (${MAX_REPETITION}).`,
    );
  }
}

interface MaybeSandboxed {
  readonly sandboxed?: boolean;
}

/**
 * Makes a filter respect MAX_REPETITION where the environment is a sandbox: `size` picks, from the
 * bound arguments, how much it is going to produce. Templates see the signature unchanged.
 */
export function boundedBy<F extends PyFunction<never[]>>(
  filter: F,
  size: (...args: unknown[]) => unknown,
): F {
  const bounded = (environment: MaybeSandboxed, ...args: unknown[]): unknown =>
    invoke([environment, ...args], undefined);
  const invoke = ([environment, ...args]: unknown[], kwargs: Kwargs | undefined): unknown => {
    if ((environment as MaybeSandboxed | undefined)?.sandboxed === true) {
      checkRepetition(size(...bindArguments(filter.name, filter[SIGNATURE], args, kwargs)));
    }
    return filter[CALL](args, kwargs);
  };
  return Object.defineProperties(bounded, {
    ...Object.getOwnPropertyDescriptors(filter),
    [CALL]: { value: invoke },
    [PASS]: { value: 'environment' },
  }) as unknown as F;
}
