import { type Answer, type CaseSpec } from './case.js';

/** Titles of cases (`area: title`) in which we differ from Python on purpose, with the heading of
 *  COMPATIBILITY.md that says why. */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, string> = new Map([
  [
    "expressions/literals: string escapes are Python's: {{ '\\ud83d\\ude00' | length }}",
    'COMPATIBILITY.md#lexing',
  ],
]);

/** The same for templates at random: the heading of a difference that is meant to be, if any. */
export function knownDifference(spec: CaseSpec, expected: Answer): string | undefined {
  if ('output' in expected) return undefined;
  // Jinja folds constants as it compiles, and lets a StrictUndefined among them fail at once.
  const { name, line } = expected.error;
  const strict = spec.options?.['undefined'] === 'StrictUndefined';
  return strict && name === 'UndefinedError' && line === null
    ? 'COMPATIBILITY.md#errors'
    : undefined;
}
