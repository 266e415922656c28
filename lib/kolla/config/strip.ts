// What Python's str.isspace() counts; JavaScript's \s has U+FEFF too and lacks U+001C to U+001F, U+0085.
const BLANK =
  '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING = new RegExp(`^${BLANK}+`);
const TRAILING = new RegExp(`${BLANK}+$`);

/** Python's `str.lstrip()`. */
export const lstrip = (text: string): string => text.replace(LEADING, '');

/** Python's `str.rstrip()`. */
export const rstrip = (text: string): string => text.replace(TRAILING, '');

/** Python's `str.strip()`. */
export const strip = (text: string): string => rstrip(lstrip(text));
