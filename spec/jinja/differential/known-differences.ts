/** Titles of cases (`area: title`) in which we differ from Python on purpose, with the heading of
 *  COMPATIBILITY.md that says why. */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, string> = new Map([
  [
    "expressions/literals: string escapes are Python's: {{ '\\ud83d\\ude00' | length }}",
    'COMPATIBILITY.md#lexing',
  ],
  ['undefined/classes: undefined constants are folded too', 'COMPATIBILITY.md#errors'],
]);
