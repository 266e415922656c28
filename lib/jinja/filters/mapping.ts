import type { Environment } from '../environment.js';
import { FilterArgumentError } from '../errors.js';
import { isUndefined } from '../undefined.js';
import { getAttribute } from '../value/attribute.js';
import { passEnvironment, pyFunction } from '../value/callable.js';
import { eq, keyOf, sortInPlace } from '../value/compare.js';
import { dictEntries, isDict } from '../value/dict.js';
import { Generator } from '../value/generator.js';
import { iterate, toList } from '../value/iterate.js';
import { toIndex } from '../value/method.js';
import { ATTR, MISSING, TYPE_NAME, asString } from '../value/protocol.js';
import { PyTypeError } from '../value/py-error.js';
import { truth } from '../value/truth.js';
import { Tuple, tupleFrom } from '../value/tuple.js';
import { typeName } from '../value/type-name.js';
import { ignoreCase, makeAttrgetter } from './attribute.js';
import { callMethod } from './method.js';
import { unpackPair } from './unpack.js';

const fallback = pyFunction(
  'do_default',
  'value, default_value="", boolean=False',
  (value: unknown, defaultValue: unknown, boolean: unknown) =>
    isUndefined(value) || (truth(boolean) && !truth(value)) ? defaultValue : value,
);

/** Pairs as tuples, the way Python's `dict.items()` hands them out. */
function pairs(value: unknown): Iterable<unknown> {
  return isDict(value) ? dictEntries(value).map(tupleFrom) : iterate(callMethod(value, 'items'));
}

function* itemsOf(value: unknown): Iterable<unknown> {
  if (isUndefined(value)) return;
  if (!isDict(value)) throw new PyTypeError('Can only get item pairs from a mapping.');
  yield* pairs(value);
}

const items = pyFunction(
  'do_items',
  'value',
  (value: unknown) => new Generator(itemsOf(value), 'do_items'),
);

const dictsort = pyFunction(
  'do_dictsort',
  'value, case_sensitive=False, by="key", reverse=False',
  (value: unknown, caseSensitive: unknown, by: unknown, reverse: unknown) => {
    if (!eq(by, 'key') && !eq(by, 'value')) {
      throw new FilterArgumentError('You can only sort by either "key" or "value"');
    }
    const place = eq(by, 'key') ? 0 : 1;
    const key = (item: unknown): unknown => {
      const part = unpackPair(item)[place];
      return truth(caseSensitive) ? part : ignoreCase(part);
    };
    return sortInPlace([...pairs(value)], key, toIndex(reverse) !== 0);
  },
);

/** A pair that also answers to `grouper` and `list`; prints as a plain tuple. */
class GroupTuple extends Tuple {
  static group(grouper: unknown, list: unknown[]): GroupTuple {
    const group = new GroupTuple();
    group.push(grouper, list);
    return group;
  }
  get [TYPE_NAME](): string {
    return '_GroupTuple';
  }
  [ATTR](name: string): unknown {
    if (name === 'grouper') return this[0];
    return name === 'list' ? this[1] : getAttribute(tupleFrom(this), name);
  }
}

const groupby = passEnvironment(
  pyFunction(
    'sync_do_groupby',
    'environment, value, attribute, default=None, case_sensitive=False',
    (
      environment: Environment,
      value: unknown,
      attribute: unknown,
      defaultValue: unknown,
      caseSensitive: unknown,
    ) => {
      const exact = truth(caseSensitive);
      const key = makeAttrgetter(
        environment,
        attribute,
        exact ? undefined : ignoreCase,
        defaultValue,
      );
      const groups: { key: unknown; list: unknown[] }[] = [];
      for (const item of sortInPlace(toList(value), key)) {
        const itemKey = key(item);
        const group = groups.at(-1);
        if (group !== undefined && eq(group.key, itemKey)) group.list.push(item);
        else groups.push({ key: itemKey, list: [item] });
      }
      if (exact) return groups.map((group) => GroupTuple.group(group.key, group.list));
      // Without case the key of the first item names the group, as it is written there.
      const name = makeAttrgetter(environment, attribute, undefined, defaultValue);
      return groups.map((group) => GroupTuple.group(name(group.list[0]), group.list));
    },
  ),
);

const attr = passEnvironment(
  pyFunction(
    'do_attr',
    'environment, obj, name',
    (environment: Environment, obj: unknown, name: unknown) => {
      keyOf(name); // An unhashable name fails before a name that is no str.
      const attribute = asString(name);
      if (attribute === undefined) {
        throw new PyTypeError(`attribute name must be string, not '${typeName(name)}'`);
      }
      // Unlike `obj.name`, the filter never falls back to a subscript.
      if (getAttribute(obj, attribute) === MISSING) {
        return environment.undefined({ obj, name });
      }
      return environment.getattr(obj, attribute);
    },
  ),
);

/** The filters that read dicts and attributes. Source: jinja2.filters @3.1.6 */
export const MAPPING_FILTERS = {
  attr,
  d: fallback,
  default: fallback,
  dictsort,
  groupby,
  items,
};
