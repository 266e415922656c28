import { keyOf } from './hash.js';

/** A Python frozenset. */
export class FrozenSet<T = unknown> extends Set<T> {}

/** True for sets and frozensets. */
export function isSet(value: unknown): value is Set<unknown> {
  return value instanceof Set;
}

/** A value that is its own key, so that JavaScript's Set finds it by itself. */
function isOwnKey(value: unknown): boolean {
  return typeof value === 'string' || value === null;
}

/** The member of `set` that equals `item`, wrapped; undefined when there is none. */
function member(set: ReadonlySet<unknown>, item: unknown): { readonly value: unknown } | undefined {
  if (set.has(item)) return { value: item };
  // Python looks a set up in a set as if it were frozen.
  const frozen = item instanceof Set && !(item instanceof FrozenSet);
  const key = keyOf(frozen ? frozenSetFrom(item) : item);
  if (isOwnKey(key) && isOwnKey(item)) {
    // Only a str subclass could still be equal to it.
    for (const value of set) {
      if (typeof value === 'object' && value !== null && keyOf(value) === key) return { value };
    }
    return undefined;
  }
  for (const value of set) if (Object.is(keyOf(value), key)) return { value };
  return undefined;
}

/** Python's `item in set`. Throws PyTypeError for unhashable items. */
export function setHas(set: ReadonlySet<unknown>, item: unknown): boolean {
  return member(set, item) !== undefined;
}

/** Python's `set.add(item)`. */
export function setAdd(set: Set<unknown>, item: unknown): void {
  keyOf(item);
  if (member(set, item) === undefined) set.add(item);
}

/** Removes the equal member; false when there was none. */
export function setDelete(set: Set<unknown>, item: unknown): boolean {
  const found = member(set, item);
  return found !== undefined && set.delete(found.value);
}

/** Python's `set(items)`. */
export function setFrom(items: Iterable<unknown>): Set<unknown> {
  return fill(new Set<unknown>(), items);
}

/** Python's `frozenset(items)`. */
export function frozenSetFrom(items: Iterable<unknown>): FrozenSet {
  return fill(new FrozenSet<unknown>(), items);
}

function fill<S extends Set<unknown>>(set: S, items: Iterable<unknown>): S {
  // Keys seen so far, so that filling stays linear.
  const seen = new Set<unknown>();
  for (const item of items) {
    const key = keyOf(item);
    if (seen.has(key)) continue;
    seen.add(key);
    set.add(item);
  }
  return set;
}
