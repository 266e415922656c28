/** What Python's `str.isspace` accepts; differs from JavaScript's \s in \x1c-\x1f, \x85, \ufeff. */
export const WHITESPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const LEADING = new RegExp(`^[${WHITESPACE}]+`);
const IS_SPACE = new RegExp(`[${WHITESPACE}]`);

function isSpace(unit: string | undefined): boolean {
  return unit !== undefined && IS_SPACE.test(unit);
}

/** Python's `text.lstrip()`. */
export function stripLeading(text: string): string {
  return isSpace(text[0]) ? text.replace(LEADING, '') : text;
}

/** Python's `text.rstrip()`. A loop, because a regular expression would be quadratic here. */
export function stripTrailing(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end--;
  return text.slice(0, end);
}

/** Python's `text.strip()`. */
export function stripWhitespace(text: string): string {
  return stripTrailing(stripLeading(text));
}
