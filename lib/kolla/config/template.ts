// Names are matched ignoring case and looked up as written. U+017F and U+212A fold to s and k there.
const REFERENCE = /\$(?:(\$)|([_a-zſK][._a-z0-9ſK]*)|\{([_a-zſK][._a-z0-9ſK]*)\})?/gi;

/** Expands `$name`, `${name}` and `${group.name}`; `$$` and `\$` give `$`, any other `$` stays.
 *  Source: oslo.config: cfg.py _substitute @10.7.0, Python's string.Template. */
export function expand(text: string, lookup: (name: string) => string): string {
  if (!text.includes('$')) return text;
  return text
    .replaceAll('\\$', '$$$$')
    .replace(REFERENCE, (match, escaped?: string, named?: string, braced?: string) => {
      if (escaped !== undefined) return '$';
      const name = named ?? braced;
      return name === undefined ? match : lookup(name);
    });
}
