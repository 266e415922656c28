import type { EvalContext } from '../context.js';
import { FilterArgumentError } from '../errors.js';
import { Markup, escape, escapeToText, hasHtml } from '../markup.js';
import { htmlOf } from '../html.js';
import { Undefined } from '../undefined.js';
import { passEvalContext, pyFunction } from '../value/callable.js';
import { dictEntries, isDict } from '../value/dict.js';
import { isIterable, iterate } from '../value/iterate.js';
import { asString } from '../value/protocol.js';
import { PyTypeError, PyUnicodeEncodeError, PyValueError } from '../value/py-error.js';
import { repr } from '../value/repr.js';
import { str } from '../value/str.js';
import { truth } from '../value/truth.js';
import { typeName } from '../value/type-name.js';
import { callMethod } from './method.js';
import { WORD } from './py-regex.js';
import { unpackPair } from './unpack.js';
import { urlize as urlizeText } from './urlize.js';

const escapeFilter = pyFunction('escape', 's, /', escape);

const forceescape = pyFunction('do_forceescape', 'value', (value: unknown) =>
  escape(hasHtml(value) ? htmlOf(value) : str(value)),
);

const safe = pyFunction('do_mark_safe', 'value', (value: unknown) => new Markup(value));

const striptags = pyFunction('do_striptags', 'value', (value: unknown) =>
  new Markup(value).striptags(),
);

// The characters that would end an attribute's name (ASCII white space, `/`, `>`, `=`).
const NOT_IN_NAME = /[ \t\n\r\f\v/>=]/;

const xmlattr = passEvalContext(
  pyFunction(
    'do_xmlattr',
    'eval_ctx, d, autospace=True',
    (evalCtx: EvalContext, d: unknown, autospace: unknown) => {
      const items: string[] = [];
      for (const item of iterate(isDict(d) ? dictEntries(d) : callMethod(d, 'items'))) {
        const [key, value] = unpackPair(item);
        if (value === null || value === undefined || value instanceof Undefined) continue;
        const name = asString(key);
        if (name === undefined) {
          throw new PyTypeError(`expected string or bytes-like object, got '${typeName(key)}'`);
        }
        if (NOT_IN_NAME.test(name)) {
          throw new PyValueError(`Invalid character in attribute name: ${repr(key)}`);
        }
        items.push(`${escapeToText(key)}="${escapeToText(value)}"`);
      }
      const text = items.join(' ');
      const spaced = truth(autospace) && text !== '' ? ` ${text}` : text;
      return evalCtx.autoescape ? new Markup(spaced) : spaced;
    },
  ),
);

const UNSAFE_IN_PATH = /[^\w.~/-]/gu;
const UNSAFE_IN_QUERY = /[^\w.~-]/gu;

function quote(value: unknown, forQuery: boolean): string {
  if (value instanceof Uint8Array) return quoteBytes(value, forQuery);
  const text = asString(value) ?? str(value);
  const quoted = text.replace(forQuery ? UNSAFE_IN_QUERY : UNSAFE_IN_PATH, (c, at: number) => {
    if (c >= '\ud800' && c <= '\udfff' && c.length === 1) {
      throw new PyUnicodeEncodeError(
        `'utf-8' codec can't encode character '\\u${c.charCodeAt(0).toString(16)}' ` +
          `in position ${[...text.slice(0, at)].length}: surrogates not allowed`,
      );
    }
    return /[!'()*]/.test(c)
      ? `%${c.charCodeAt(0).toString(16).toUpperCase()}`
      : encodeURIComponent(c);
  });
  return forQuery ? quoted.replaceAll('%20', '+') : quoted;
}

function quoteBytes(bytes: Uint8Array, forQuery: boolean): string {
  const safeByte = forQuery ? /[\w.~-]/ : /[\w.~/-]/;
  const quoted = Array.from(bytes, (byte) => {
    const c = String.fromCharCode(byte);
    return safeByte.test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
  return forQuery ? quoted.replaceAll('%20', '+') : quoted;
}

const urlencode = pyFunction('do_urlencode', 'value', (value: unknown) => {
  if (asString(value) !== undefined || !isIterable(value)) return quote(value, false);
  const items = isDict(value) ? dictEntries(value) : iterate(value);
  return Array.from(items, (item) => {
    const [key, field] = unpackPair(item);
    return `${quote(key, true)}=${quote(field, true)}`;
  }).join('&');
});

const SCHEME = new RegExp(`^[${WORD}.+-]{2,}:/{0,2}$`, 'u');

/** The words of an attribute such as `rel`. */
function words(value: unknown): string[] {
  return truth(value) ? (callMethod(value, 'split') as unknown[]).map(str) : [];
}

const urlize = passEvalContext(
  pyFunction(
    'do_urlize',
    'eval_ctx, value, trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None',
    (
      evalCtx: EvalContext,
      value: unknown,
      trimUrlLimit: unknown,
      nofollow: unknown,
      target: unknown,
      rel: unknown,
      extraSchemes: unknown,
    ) => {
      const { policies } = evalCtx.environment;
      const rels = new Set(words(rel));
      if (truth(nofollow)) rels.add('nofollow');
      for (const word of words(policies['urlize.rel'])) rels.add(word);
      const wanted = extraSchemes ?? policies['urlize.extra_schemes'];
      const schemes = truth(wanted) || extraSchemes !== null ? Array.from(iterate(wanted)) : [];
      for (const scheme of schemes) {
        const text = asString(scheme);
        if (text === undefined) {
          throw new PyTypeError(`expected string or bytes-like object, got '${typeName(scheme)}'`);
        }
        if (!SCHEME.test(text)) {
          throw new FilterArgumentError(`${repr(scheme)} is not a valid URI scheme prefix.`);
        }
      }
      const text = urlizeText(escapeToText(value), {
        trimUrlLimit,
        rel: [...rels].sort().join(' '),
        target: target ?? policies['urlize.target'],
        extraSchemes: schemes.map(String),
      });
      return evalCtx.autoescape ? new Markup(text) : text;
    },
  ),
);

/** The filters that deal in HTML and URLs. Source: jinja2.filters @3.1.6 */
export const HTML_FILTERS = {
  e: escapeFilter,
  escape: escapeFilter,
  forceescape,
  safe,
  striptags,
  urlencode,
  urlize,
  xmlattr,
};
