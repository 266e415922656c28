import { versions } from 'node:process';
import { setFlagsFromString } from 'node:v8';

/** The newest Node whose V8 is known to have the flags; V8 complains on stderr of unknown ones. */
const NEWEST_KNOWN = 26;

/** When optimized code and a larger heap begin to pay, in milliseconds. */
const LONG_RUN = 5000;

/**
 * Sets V8 up for programs that start, render and end: most are over before optimized code pays for
 * itself, and young objects that get no more room are soon forgotten. Longer runs get V8's own ways
 * back. To be called before the program is loaded.
 */
export function tuneForShortRuns(): void {
  if (Number.parseInt(versions.node, 10) > NEWEST_KNOWN) return;
  const set = (...flags: string[]): void => flags.forEach((flag) => setFlagsFromString(flag));
  set('--no-opt', '--no-maglev', '--semi-space-growth-factor=1');
  setTimeout(() => set('--opt', '--semi-space-growth-factor=2'), LONG_RUN).unref();
}
