import { WHITESPACE } from '../value/whitespace.js';
import { escapeToText } from '../markup.js';
import { slice } from '../value/attribute.js';
import { gt } from '../value/compare.js';
import { length } from '../value/iterate.js';
import { truth } from '../value/truth.js';
import { WORD } from './py-regex.js';

export interface UrlizeOptions {
  /** Longer link texts are cut to this many characters; None for no limit. */
  readonly trimUrlLimit: unknown;
  /** Value of `rel`; empty for none. */
  readonly rel: string;
  /** Value of `target`; anything false for none. */
  readonly target: unknown;
  /** Prefixes that make a word a link besides http, https and mailto: `tel:`, `ftp://`. */
  readonly extraSchemes: readonly string[];
}

const TLD = `(?:[a-z]{2,63}|xn--[${WORD}%]{2,59})`;
const IPV4 = '\\p{Nd}{1,3}(?:\\.\\p{Nd}{1,3}){3}';
const IPV6 = '\\[(?:[\\p{Nd}a-f]{0,4}:){2}(?:[\\p{Nd}a-f]{0,4}:?){1,6}\\]';

/** A URL with a scheme or `www.`, a host under a well-known domain, or an address with a scheme. */
const WEB = new RegExp(
  '^(?:' +
    `(?:https?://|www\\.)(?:(?:[${WORD}%-]+\\.)+)?${TLD}` +
    `|(?:[${WORD}%-]{2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)` +
    `|https?://(?:${IPV4}|${IPV6})` +
    `)(?::\\p{Nd}{1,5})?(?:[/?#][^${WHITESPACE}]*)?$`,
  'iu',
);

const EMAIL = new RegExp(`^[^${WHITESPACE}]+@[${WORD}][${WORD}.-]*\\.[${WORD}]+$`, 'u');

const GAPS = new RegExp(`([${WHITESPACE}]+)`, 'u');

const BRACKETS = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
] as const;

const count = (text: string, part: string): number => text.split(part).length - 1;

/** Where closing brackets and punctuation at the end of a word begin. */
function endOfLink(word: string): number {
  let end = word.length;
  for (;;) {
    if (end > 0 && ')>.,\n'.includes(word[end - 1] ?? ' ')) end--;
    else if (word.endsWith('&gt;', end)) end -= '&gt;'.length;
    else return end;
  }
}

/** Splits a word into opening brackets, what may be a link, and closing punctuation. */
function splitWord(word: string): [head: string, middle: string, tail: string] {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  let middle = word.slice(head.length);
  let tail = middle.slice(endOfLink(middle));
  middle = middle.slice(0, middle.length - tail.length);
  // A bracket that opens inside the link closes inside it.
  for (const [open, close] of BRACKETS) {
    const opened = count(middle, open);
    if (opened <= count(middle, close)) continue;
    for (let left = Math.min(opened, count(tail, close)); left > 0; left--) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  return [head, middle, tail];
}

function isEmail(text: string): boolean {
  return EMAIL.test(text);
}

/**
 * Turns the URLs and mail addresses in HTML text into links. `html` is escaped already.
 * Source: jinja2.utils.urlize @3.1.6
 */
export function urlize(html: string, options: UrlizeOptions): string {
  const { trimUrlLimit, rel, target, extraSchemes } = options;
  const attributes =
    (rel ? ` rel="${escapeToText(rel)}"` : '') +
    (truth(target) ? ` target="${escapeToText(target)}"` : '');
  const trim = (text: string): string =>
    trimUrlLimit !== null && trimUrlLimit !== undefined && gt(length(text), trimUrlLimit)
      ? `${String(slice(text, null, trimUrlLimit, null))}...`
      : text;

  const link = (middle: string): string => {
    if (WEB.test(middle)) {
      const href = /^https?:\/\//.test(middle) ? middle : `https://${middle}`;
      return `<a href="${href}"${attributes}>${trim(middle)}</a>`;
    }
    if (middle.startsWith('mailto:') && isEmail(middle.slice(7))) {
      return `<a href="${middle}">${middle.slice(7)}</a>`;
    }
    if (
      middle.includes('@') &&
      !middle.startsWith('www.') &&
      !middle.startsWith('@') &&
      !middle.includes(':') &&
      isEmail(middle)
    ) {
      return `<a href="mailto:${middle}">${middle}</a>`;
    }
    let text = middle;
    for (const scheme of extraSchemes) {
      if (text !== scheme && text.startsWith(scheme)) {
        text = `<a href="${text}"${attributes}>${text}</a>`;
      }
    }
    return text;
  };

  return html
    .split(GAPS)
    .map((word) => {
      const [head, middle, tail] = splitWord(word);
      return `${head}${link(middle)}${tail}`;
    })
    .join('');
}
