const IN_BUFFERS = 'inheritance/include: an include without context does not go into buffers';

/** Titles of cases (`area: title`) in which we differ from Python on purpose, with the heading of
 *  COMPATIBILITY.md that says why. */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, string> = new Map([
  [
    "expressions/literals: string escapes are Python's: {{ '\\ud83d\\ude00' | length }}",
    'COMPATIBILITY.md#lexing',
  ],
  ...[
    "{% macro m() %}a{% include 'inc' without context %}b{% endmacro %}[{{ m() }}]",
    "{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}a{% include 'lib' without context %}b{% endcall %}",
    "{% for i in seq recursive %}{{ i }}{% include 'lib' without context %}{% endfor %}",
  ].map((template) => [`${IN_BUFFERS}: ${template}`, 'COMPATIBILITY.md#statements'] as const),
  ['undefined/classes: undefined constants are folded too', 'COMPATIBILITY.md#errors'],
]);
