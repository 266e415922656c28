import { call, type Kwargs } from './callable.js';
import {
  Dict,
  dictClear,
  dictCopy,
  dictDelete,
  dictEntries,
  dictGet,
  dictKeys,
  dictSet,
  dictSize,
  isDict,
  type DictLike,
} from './dict.js';
import { contains } from './compare.js';
import { MappingProxy } from './mapping-proxy.js';
import { DictView, type DictViewKind } from './dict-view.js';
import { getItem } from './item.js';
import { isIterable, iterate, toList } from './iterate.js';
import {
  anything,
  methodTable,
  none,
  one,
  onType,
  positional,
  property,
  type MethodTable,
} from './method.js';
import { ATTR, MISSING, hooks } from './protocol.js';
import { PyKeyError, PyTypeError, PyValueError } from './py-error.js';
import { repr } from './repr.js';
import { Tuple } from './tuple.js';

/** Python's `dict.update(other)`: a mapping, or an iterable of pairs. */
export function updateDict(dict: DictLike, other: unknown): void {
  if (isDict(other)) {
    for (const [key, value] of dictEntries(other)) dictSet(dict, key, value);
    return;
  }
  const keys = hooks(other)?.[ATTR]?.call(other, 'keys') ?? MISSING;
  if (keys !== MISSING) {
    for (const key of iterate(call(keys, []))) dictSet(dict, key, getItem(other, key));
    return;
  }
  let index = 0;
  for (const pair of iterate(other)) {
    if (!isIterable(pair)) {
      throw new PyTypeError(
        `cannot convert dictionary update sequence element #${index} to a sequence`,
      );
    }
    const items = toList(pair);
    if (items.length !== 2) {
      throw new PyValueError(
        `dictionary update sequence element #${index} has length ${items.length}; 2 is required`,
      );
    }
    dictSet(dict, items[0], items[1]);
    index++;
  }
}

/** Python's `dict(*args, **kwargs)`; `name` is the function that error messages name. */
export function fillDict(
  dict: DictLike,
  name: string,
  args: readonly unknown[],
  kwargs: Kwargs | undefined,
): void {
  if (args.length > 1) {
    throw new PyTypeError(`${name} expected at most 1 argument, got ${args.length}`);
  }
  if (args.length === 1) updateDict(dict, args[0]);
  for (const [key, value] of kwargs ?? []) dictSet(dict, key, value);
}

function pop(dict: DictLike, key: unknown, fallback: unknown): unknown {
  // An empty dict does not even hash the key.
  const value = dictSize(dict) === 0 ? MISSING : dictGet(dict, key);
  if (value !== MISSING) {
    dictDelete(dict, key);
    return value;
  }
  if (fallback === undefined) throw new PyKeyError(repr(key));
  return fallback;
}

export const dictMethods = methodTable('dict', () => ({
  clear: none((self: DictLike) => {
    dictClear(self);
    return null;
  }),
  copy: none(dictCopy),
  fromkeys: onType(
    positional(1, 2, (_self: unknown, keys, value = null) => {
      const dict = new Dict();
      for (const key of iterate(keys)) dict.set(key, value);
      return dict;
    }),
  ),
  get: positional(1, 2, (self: DictLike, key, fallback = null) => {
    const value = dictGet(self, key);
    return value === MISSING ? fallback : value;
  }),
  items: none((self: DictLike) => new DictView(self, 'items')),
  keys: none((self: DictLike) => new DictView(self, 'keys')),
  pop: positional(1, 2, pop),
  popitem: none((self: DictLike) => {
    const keys = dictKeys(self);
    if (keys.length === 0) throw new PyKeyError(repr('popitem(): dictionary is empty'));
    const key = keys.at(-1);
    return Tuple.of<unknown>(key, pop(self, key, null));
  }),
  setdefault: positional(1, 2, (self: DictLike, key, fallback = null) => {
    const value = dictGet(self, key);
    if (value !== MISSING) return value;
    dictSet(self, key, fallback);
    return fallback;
  }),
  update: anything((self: DictLike, args, kwargs) => {
    fillDict(self, 'update', args, kwargs);
    return null;
  }),
  values: none((self: DictLike) => new DictView(self, 'values')),
}));

const isDisjoint = one(
  (self: DictView, other) => !toList(other).some((item) => contains(self, item)),
);
const mapping = property((self: DictView) => new MappingProxy(self.dict));

/** The methods of the views, by kind. */
export const dictViewMethods: Readonly<Record<DictViewKind, MethodTable>> = {
  keys: methodTable('dict_keys', () => ({ isdisjoint: isDisjoint, mapping })),
  items: methodTable('dict_items', () => ({ isdisjoint: isDisjoint, mapping })),
  values: methodTable('dict_values', () => ({ mapping })),
};
