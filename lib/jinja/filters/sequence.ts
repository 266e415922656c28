import type { Context, EvalContext } from '../context.js';
import type { Environment } from '../environment.js';
import { FilterArgumentError } from '../errors.js';
import { escape, hasHtml, softStr } from '../markup.js';
import { defaultRandom, randomBelow } from '../random.js';
import { ITER, ITEM, LEN, asString, hooks } from '../value/protocol.js';
import { getItem, slice as pySlice } from '../value/attribute.js';
import { passContext, passEnvironment, passEvalContext, pyFunction } from '../value/callable.js';
import { eq, gt, keyOf, lt, sortInPlace } from '../value/compare.js';
import { DictView } from '../value/dict-view.js';
import { dictKeys, isDict } from '../value/dict.js';
import { Generator } from '../value/generator.js';
import { isIterable, iterate, length, toList } from '../value/iterate.js';
import { toIndex } from '../value/method.js';
import { add, floordiv, mod, mul, sub } from '../value/ops.js';
import { PyTypeError } from '../value/py-error.js';
import { Range } from '../value/range.js';
import { str } from '../value/str.js';
import { truth } from '../value/truth.js';
import { Tuple } from '../value/tuple.js';
import { typeName } from '../value/type-name.js';
import { ignoreCase, makeAttrgetter, makeMultiAttrgetter } from './attribute.js';
import { boundedBy } from '../bounds.js';
import { unaryBuiltin, type Filter } from './builtin.js';
import { callMethod } from './method.js';

/** Text as keys of a comparison see it, unless case matters. */
const caseOf = (caseSensitive: unknown): ((value: unknown) => unknown) | undefined =>
  truth(caseSensitive) ? undefined : ignoreCase;

const len = unaryBuiltin('len', length);

const list = pyFunction('sync_do_list', 'value', (value: unknown) => toList(value));

const first = passEnvironment(
  pyFunction('sync_do_first', 'environment, seq', (environment: Environment, seq: unknown) => {
    for (const item of iterate(seq)) return item;
    return environment.undefined({ hint: 'No first item, sequence was empty.' });
  }),
);

/** Python's `reversed(value)`: the items from the end, and its type; undefined for TypeError. */
function reversed(value: unknown): { items: Iterable<unknown>; type: string } | undefined {
  const text = asString(value);
  if (text !== undefined) {
    const characters = Array.from(text).reverse();
    // Python's `reversed` subscripts, so that the characters of a Markup are Markup.
    const items =
      typeof value === 'string' ? characters : characters.map((_, i) => getItem(value, -1 - i));
    return { items, type: 'reversed' };
  }
  if (Array.isArray(value)) {
    const type = value instanceof Tuple ? 'reversed' : 'list_reverseiterator';
    return { items: Array.from<unknown>(value).reverse(), type };
  }
  if (isDict(value)) return { items: dictKeys(value).reverse(), type: 'dict_reversekeyiterator' };
  if (value instanceof DictView) {
    const kind = { keys: 'key', values: 'value', items: 'item' }[value.kind];
    return { items: value.toArray().reverse(), type: `dict_reverse${kind}iterator` };
  }
  if (value instanceof Range) return { items: [...value].reverse(), type: 'range_iterator' };
  if (value instanceof Uint8Array) return { items: Array.from(value).reverse(), type: 'reversed' };
  const own = hooks(value);
  if (own?.[LEN] !== undefined && own[ITEM] !== undefined && own[ITER] !== undefined) {
    const size = own[LEN]();
    const items = Array.from({ length: size }, (_, i) => getItem(value, size - 1 - i));
    return { items, type: 'reversed' };
  }
  return undefined;
}

const last = passEnvironment(
  pyFunction('do_last', 'environment, seq', (environment: Environment, seq: unknown) => {
    const backwards = reversed(seq);
    if (backwards === undefined) {
      throw new PyTypeError(`'${typeName(seq)}' object is not reversible`);
    }
    for (const item of backwards.items) return item;
    return environment.undefined({ hint: 'No last item, sequence was empty.' });
  }),
);

const reverse = pyFunction('do_reverse', 'value', (value: unknown) => {
  if (asString(value) !== undefined) return pySlice(value, null, null, -1);
  const backwards = reversed(value);
  if (backwards !== undefined) return new Generator(backwards.items, '', backwards.type);
  if (!isIterable(value)) throw new FilterArgumentError('argument must be iterable');
  return toList(value).reverse();
});

const random = passContext(
  pyFunction('do_random', 'context, seq', (context: Context, seq: unknown) => {
    const { environment } = context;
    const size = length(seq);
    if (size === 0) return environment.undefined({ hint: 'No random item, sequence was empty.' });
    return getItem(seq, randomBelow(size, environment.random ?? defaultRandom));
  }),
);

function joined(items: Iterable<unknown>, separator: string): string {
  let text = '';
  let first = true;
  for (const item of items) {
    if (!first) text += separator;
    first = false;
    text += typeof item === 'string' ? item : str(item);
  }
  return text;
}

const join = passEvalContext(
  pyFunction(
    'sync_do_join',
    'eval_ctx, value, d="", attribute=None',
    (evalCtx: EvalContext, value: unknown, d: unknown, attribute: unknown) => {
      let items = value;
      if (attribute !== null) {
        items = Array.from(iterate(value), makeAttrgetter(evalCtx.environment, attribute));
      }
      if (!evalCtx.autoescape) {
        const separator = str(d);
        return joined(iterate(items), separator);
      }
      if (hasHtml(d)) return callMethod(softStr(d), 'join', Array.from(iterate(items), softStr));
      const texts = Array.from(iterate(items), (item) => (hasHtml(item) ? item : str(item)));
      return callMethod(texts.some(hasHtml) ? escape(d) : str(d), 'join', texts);
    },
  ),
);

function* slices(value: unknown, count: unknown, fillWith: unknown): Iterable<unknown> {
  const items = toList(value);
  const perSlice = floordiv(items.length, count);
  const withExtra = mod(items.length, count);
  const total = toIndex(count);
  let offset: unknown = 0;
  for (let number = 0; number < total; number++) {
    const start = add(offset, mul(number, perSlice));
    const extra = lt(number, withExtra);
    if (extra) offset = add(offset, 1);
    const end = add(offset, mul(number + 1, perSlice));
    const slice = pySlice(items, start, end, null) as unknown[];
    if (fillWith !== null && !extra) slice.push(fillWith);
    yield slice;
  }
}

const slice = boundedBy(
  pyFunction(
    'sync_do_slice',
    'value, slices, fill_with=None',
    (value: unknown, count: unknown, fillWith: unknown) =>
      new Generator(slices(value, count, fillWith), 'sync_do_slice'),
  ),
  (_value, count) => count,
);

function* batches(value: unknown, lineCount: unknown, fillWith: unknown): Iterable<unknown> {
  let line: unknown[] = [];
  for (const item of iterate(value)) {
    if (eq(line.length, lineCount)) {
      yield line;
      line = [];
    }
    line.push(item);
  }
  if (line.length === 0) return;
  if (fillWith !== null && lt(line.length, lineCount)) {
    const filling = mul([fillWith], sub(lineCount, line.length));
    line = line.concat(filling as unknown[]);
  }
  yield line;
}

const batch = boundedBy(
  pyFunction(
    'do_batch',
    'value, linecount, fill_with=None',
    (value: unknown, lineCount: unknown, fillWith: unknown) =>
      new Generator(batches(value, lineCount, fillWith), 'do_batch'),
  ),
  (_value, lineCount) => lineCount,
);

const sort = passEnvironment(
  pyFunction(
    'do_sort',
    'environment, value, reverse=False, case_sensitive=False, attribute=None',
    (
      environment: Environment,
      value: unknown,
      backwards: unknown,
      caseSensitive: unknown,
      attribute: unknown,
    ) => {
      const key = makeMultiAttrgetter(environment, attribute, caseOf(caseSensitive));
      return sortInPlace(toList(value), key, toIndex(backwards) !== 0);
    },
  ),
);

function* unequal(
  environment: Environment,
  value: unknown,
  caseSensitive: unknown,
  attribute: unknown,
): Iterable<unknown> {
  const key = makeAttrgetter(environment, attribute, caseOf(caseSensitive));
  const seen = new Set<unknown>();
  for (const item of iterate(value)) {
    const identity = keyOf(key(item));
    if (seen.has(identity)) continue;
    seen.add(identity);
    yield item;
  }
}

const unique = passEnvironment(
  pyFunction(
    'sync_do_unique',
    'environment, value, case_sensitive=False, attribute=None',
    (environment: Environment, value: unknown, caseSensitive: unknown, attribute: unknown) =>
      new Generator(unequal(environment, value, caseSensitive, attribute), 'sync_do_unique'),
  ),
);

function extreme(name: string, beats: (a: unknown, b: unknown) => boolean): Filter {
  return passEnvironment(
    pyFunction(
      name,
      'environment, value, case_sensitive=False, attribute=None',
      (environment: Environment, value: unknown, caseSensitive: unknown, attribute: unknown) => {
        let key: ((item: unknown) => unknown) | undefined;
        let best: { item: unknown; key: unknown } | undefined;
        for (const item of iterate(value)) {
          // Python makes it when there is a first item.
          key ??= makeAttrgetter(environment, attribute, caseOf(caseSensitive));
          const candidate = { item, key: key(item) };
          if (best === undefined || beats(candidate.key, best.key)) best = candidate;
        }
        if (best !== undefined) return best.item;
        return environment.undefined({ hint: 'No aggregated item, sequence was empty.' });
      },
    ),
  );
}

const sum = passEnvironment(
  pyFunction(
    'sync_do_sum',
    'environment, iterable, attribute=None, start=0',
    (environment: Environment, iterable: unknown, attribute: unknown, start: unknown) => {
      const items = iterate(iterable);
      if (asString(start) !== undefined) {
        throw new PyTypeError("sum() can't sum strings [use ''.join(seq) instead]");
      }
      if (start instanceof Uint8Array) {
        throw new PyTypeError("sum() can't sum bytes [use b''.join(seq) instead]");
      }
      const getter = makeAttrgetter(environment, attribute);
      let total = start;
      for (const item of items) total = add(total, getter(item));
      return total;
    },
  ),
);

/** The filters that read sequences. Source: jinja2.filters @3.1.6 */
export const SEQUENCE_FILTERS = {
  batch,
  count: len,
  first,
  join,
  last,
  length: len,
  list,
  max: extreme('do_max', gt),
  min: extreme('do_min', lt),
  random,
  reverse,
  slice,
  sort,
  sum,
  unique,
};
