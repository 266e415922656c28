/** What Python's `\s`, `\w` and `\d` match in a str, for the inside of a `[...]` of a `u` regex. */
export const SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
export const WORD = '\\p{L}\\p{N}_';
export const DIGIT = '\\p{Nd}';
