import { WHITESPACE, stripWhitespace } from '../value/whitespace.js';
import type { Environment } from '../environment.js';
import { FilterArgumentError } from '../errors.js';
import type { EvalContext } from '../context.js';
import { Markup, escape, hasHtml, softStr } from '../markup.js';
import { slice as pySlice } from '../value/attribute.js';
import {
  call,
  passEnvironment,
  passEvalContext,
  pyFunction,
  type Kwargs,
} from '../value/callable.js';
import { ge, le } from '../value/compare.js';
import { Dict } from '../value/dict.js';
import { length } from '../value/iterate.js';
import { add, mod, mul, sub } from '../value/ops.js';
import { asString } from '../value/protocol.js';
import { PyAssertionError, PyTypeError } from '../value/py-error.js';
import { str } from '../value/str.js';
import { truth } from '../value/truth.js';
import { Tuple, tupleFrom } from '../value/tuple.js';
import { boundedBy } from '../bounds.js';
import { callMethod, methodOf } from './method.js';
import { WORD } from './py-regex.js';
import { wrapText } from './text-wrap.js';

const upper = pyFunction('do_upper', 's', (s: unknown) => callMethod(softStr(s), 'upper'));

const lower = pyFunction('do_lower', 's', (s: unknown) => callMethod(softStr(s), 'lower'));

const capitalize = pyFunction('do_capitalize', 's', (s: unknown) =>
  callMethod(softStr(s), 'capitalize'),
);

const WORD_START = new RegExp(`([-({[<${WHITESPACE}]+)`, 'u');

const title = pyFunction('do_title', 's', (s: unknown) =>
  String(softStr(s))
    .split(WORD_START)
    .map((part) => {
      const first = String.fromCodePoint(...(part ? [part.codePointAt(0)!] : []));
      return first.toUpperCase() + part.slice(first.length).toLowerCase();
    })
    .join(''),
);

const trim = pyFunction('do_trim', 'value, chars=None', (value: unknown, chars: unknown) =>
  typeof value === 'string' && chars === null
    ? stripWhitespace(value)
    : callMethod(softStr(value), 'strip', chars),
);

const center = boundedBy(
  pyFunction('do_center', 'value, width=80', (value: unknown, width: unknown) =>
    callMethod(softStr(value), 'center', width),
  ),
  (_value, width) => width,
);

const replace = passEvalContext(
  pyFunction(
    'do_replace',
    'eval_ctx, s, old, new, count=None',
    (evalCtx: EvalContext, s: unknown, old: unknown, replacement: unknown, count: unknown) => {
      const times = count ?? -1;
      if (!evalCtx.autoescape) {
        if (typeof s === 'string' && typeof old === 'string' && old !== '' && times === -1) {
          const text = str(replacement);
          return s.replaceAll(old, () => text);
        }
        return callMethod(str(s), 'replace', str(old), str(replacement), times);
      }
      const text = hasHtml(old) || (hasHtml(replacement) && !hasHtml(s)) ? escape(s) : softStr(s);
      return callMethod(text, 'replace', softStr(old), softStr(replacement), times);
    },
  ),
);

/** `s += newline` of Python: a list grows in place, and a TypeError names the operator `+=`. */
function addNewline(s: unknown, newline: unknown): unknown {
  if (Array.isArray(s) && !(s instanceof Tuple)) {
    (s as unknown[]).push(newline);
    return s;
  }
  try {
    return add(s, newline);
  } catch (error) {
    if (!(error instanceof PyTypeError)) throw error;
    throw new PyTypeError(error.message.replace('for +:', 'for +=:'));
  }
}

const indent = boundedBy(
  pyFunction(
    'do_indent',
    's, width=4, first=False, blank=False',
    (s: unknown, width: unknown, first: unknown, blank: unknown) => {
      const markup = s instanceof Markup;
      const wanted = asString(width) === undefined ? mul(' ', width) : width;
      const indention = markup ? new Markup(wanted) : wanted;
      const newline = markup ? new Markup('\n') : '\n';
      const text = addNewline(s, newline);
      const indentBlank = truth(blank);
      const lines = callMethod(text, 'splitlines') as unknown[];
      let result: unknown;
      if (indentBlank) {
        result = callMethod(add(newline, indention), 'join', lines);
      } else {
        result = lines[0];
        const rest = lines.slice(1).map((line) => (truth(line) ? add(indention, line) : line));
        if (rest.length > 0) result = add(result, add(newline, callMethod(newline, 'join', rest)));
      }
      return truth(first) ? add(indention, result) : result;
    },
  ),
  (_s, width) => width,
);

const truncate = passEnvironment(
  pyFunction(
    'do_truncate',
    'env, s, length=255, killwords=False, end="...", leeway=None',
    (
      env: Environment,
      s: unknown,
      limit: unknown,
      killwords: unknown,
      end: unknown,
      leewayArgument: unknown,
    ) => {
      const leeway = leewayArgument ?? env.policies['truncate.leeway'];
      const endLength = length(end);
      if (!ge(limit, endLength)) {
        throw new PyAssertionError(`expected length >= ${endLength}, got ${str(limit)}`);
      }
      if (!ge(leeway, 0)) throw new PyAssertionError(`expected leeway >= 0, got ${str(leeway)}`);
      if (le(length(s), add(limit, leeway))) return s;
      const kept = pySlice(s, null, sub(limit, endLength), null);
      if (truth(killwords)) return add(kept, end);
      const [words] = callMethod(kept, 'rsplit', ' ', 1) as unknown[];
      return add(words, end);
    },
  ),
);

const wordwrap = passEnvironment(
  pyFunction(
    'do_wordwrap',
    'environment, s, width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True',
    (
      environment: Environment,
      s: unknown,
      width: unknown,
      breakLongWords: unknown,
      wrapstring: unknown,
      breakOnHyphens: unknown,
    ) => {
      const joint = wrapstring ?? environment.newlineSequence;
      const options = { width, breakLongWords, breakOnHyphens };
      const join = methodOf(joint, 'join');
      const lines = callMethod(s, 'splitlines') as unknown[];
      const wrapped = lines.map((line) => {
        const text = asString(line);
        if (text !== undefined) return call(join, [wrapText(text, options)]);
        throw new PyTypeError('cannot use a string pattern on a bytes-like object');
      });
      return call(join, [wrapped]);
    },
  ),
);

const WORDS = new RegExp(`[${WORD}]+`, 'gu');

const wordcount = pyFunction(
  'do_wordcount',
  's',
  (s: unknown) => String(softStr(s)).match(WORDS)?.length ?? 0,
);

const format = pyFunction(
  'do_format',
  'value, *args, **kwargs',
  (value: unknown, args: unknown[], kwargs: Kwargs) => {
    if (args.length > 0 && kwargs.size > 0) {
      throw new FilterArgumentError(
        "can't handle positional and keyword arguments at the same time",
      );
    }
    return mod(softStr(value), kwargs.size > 0 ? new Dict(kwargs) : tupleFrom(args));
  },
);

const string = pyFunction('soft_str', 's, /', (s: unknown) => softStr(s));

/**
 * The filters that turn text into text.
 * Source: jinja2.filters @3.1.6
 */
export const STRING_FILTERS = {
  capitalize,
  center,
  format,
  indent,
  lower,
  replace,
  string,
  title,
  trim,
  truncate,
  upper,
  wordcount,
  wordwrap,
};
