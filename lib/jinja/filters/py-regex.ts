/** What Python's `\w` matches in a str, for the inside of a `[...]` of a `u` regex. */
export const WORD = '\\p{L}\\p{N}_';
