import { keyOf } from './hash.js';
import { isPlainObject } from './plain-object.js';
import { MISSING } from './protocol.js';

/**
 * A Python dict: insertion order, and keys that are equal in Python are one key (`1`, `1.0` and
 * `True`; tuples by their items; a Markup and its str). The key first used stays. Unhashable keys
 * throw PyTypeError.
 */
export class Dict<K = unknown, V = unknown> extends Map<K, V> {
  /** Key identity -> the key in the map, for keys that are not their own identity. */
  #aliases: Map<unknown, K> | undefined;

  constructor(entries?: Iterable<readonly [K, V]> | null) {
    super();
    if (entries) for (const [key, value] of entries) this.set(key, value);
  }

  /** The key under which an equal key is stored, or the key itself. */
  #stored(key: K): K {
    if (typeof key === 'string' && this.#aliases === undefined) return key;
    const identity = keyOf(key);
    const stored = this.#aliases?.get(identity);
    return stored === undefined ? (super.has(identity as K) ? (identity as K) : key) : stored;
  }

  override get(key: K): V | undefined {
    return super.get(this.#stored(key));
  }

  override has(key: K): boolean {
    return super.has(this.#stored(key));
  }

  override set(key: K, value: V): this {
    const stored = this.#stored(key);
    if (stored === key && typeof key !== 'string') {
      const identity = keyOf(key);
      if (identity !== key) (this.#aliases ??= new Map()).set(identity, key);
    }
    return super.set(stored, value);
  }

  override delete(key: K): boolean {
    const stored = this.#stored(key);
    this.#aliases?.delete(keyOf(stored));
    return super.delete(stored);
  }

  override clear(): void {
    this.#aliases = undefined;
    super.clear();
  }
}

/** A value that counts as a Python dict. */
export type DictLike = Map<unknown, unknown> | Record<string, unknown>;

/** True for Dict, any Map, and plain objects. */
export function isDict(value: unknown): value is DictLike {
  return value instanceof Map || isPlainObject(value);
}

/**
 * Non-string keys that a template gave to a plain object. JavaScript would turn them into strings,
 * so they live here, after the object's own keys.
 */
const foreign = new WeakMap<object, Dict>();
let anyForeign = false;

function foreignOf(dict: object): Dict | undefined {
  return anyForeign ? foreign.get(dict) : undefined;
}

/** The key of a plain Map that equals `key`; MISSING when there is none. */
function mapKey(map: ReadonlyMap<unknown, unknown>, key: unknown): unknown {
  if (map.has(key)) return key;
  if (map instanceof Dict) return MISSING;
  const identity = keyOf(key);
  if (typeof identity === 'string' && identity === key) return MISSING;
  for (const other of map.keys()) if (Object.is(keyOf(other), identity)) return other;
  return MISSING;
}

function ownKey(dict: Record<string, unknown>, key: unknown): string | undefined {
  const identity = typeof key === 'string' ? key : keyOf(key);
  return typeof identity === 'string' && Object.hasOwn(dict, identity) ? identity : undefined;
}

/**
 * Python's `dict[key]`; MISSING when there is none, also for a JavaScript `undefined` held there.
 * Throws PyTypeError for unhashable keys.
 */
export function dictGet(dict: DictLike, key: unknown): unknown {
  let value: unknown;
  if (dict instanceof Map) {
    value = dict.get(key);
    if (value === undefined && !(dict instanceof Dict)) {
      const stored = mapKey(dict, key);
      if (stored !== MISSING) value = dict.get(stored);
    }
  } else {
    const own = ownKey(dict, key);
    value = own === undefined ? foreignOf(dict)?.get(key) : dict[own];
  }
  return value === undefined ? MISSING : value;
}

/** Python's `key in dict`. */
export function dictHas(dict: DictLike, key: unknown): boolean {
  if (dict instanceof Map) return mapKey(dict, key) !== MISSING;
  return ownKey(dict, key) !== undefined || foreignOf(dict)?.has(key) === true;
}

/** Python's `dict[key] = value`. */
export function dictSet(dict: DictLike, key: unknown, value: unknown): void {
  if (dict instanceof Map) {
    const stored = mapKey(dict, key);
    dict.set(stored === MISSING ? key : stored, value);
    return;
  }
  const identity = keyOf(key);
  if (typeof identity === 'string' && identity.charCodeAt(0) !== 0) {
    Object.defineProperty(dict, identity, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    return;
  }
  let extra = foreignOf(dict);
  if (extra === undefined) {
    anyForeign = true;
    foreign.set(dict, (extra = new Dict()));
  }
  extra.set(key, value);
}

/** Removes a key; false when it was not there. */
export function dictDelete(dict: DictLike, key: unknown): boolean {
  if (dict instanceof Map) {
    const stored = mapKey(dict, key);
    return stored !== MISSING && dict.delete(stored);
  }
  const own = ownKey(dict, key);
  if (own !== undefined) return Reflect.deleteProperty(dict, own);
  return foreignOf(dict)?.delete(key) ?? false;
}

/** The keys in order, in a fresh array. */
export function dictKeys(dict: DictLike): unknown[] {
  if (dict instanceof Map) return [...dict.keys()];
  const extra = foreignOf(dict);
  return extra === undefined ? Object.keys(dict) : [...Object.keys(dict), ...extra.keys()];
}

/** The values in order, in a fresh array. */
export function dictValues(dict: DictLike): unknown[] {
  if (dict instanceof Map) return [...dict.values()];
  const extra = foreignOf(dict);
  return extra === undefined ? Object.values(dict) : [...Object.values(dict), ...extra.values()];
}

/** The [key, value] pairs in order, in a fresh array. */
export function dictEntries(dict: DictLike): [unknown, unknown][] {
  if (dict instanceof Map) return [...dict.entries()];
  const extra = foreignOf(dict);
  return extra === undefined
    ? Object.entries(dict)
    : [...Object.entries(dict), ...(extra.entries() as Iterable<[unknown, unknown]>)];
}

/** Python's `len(dict)`. */
export function dictSize(dict: DictLike): number {
  if (dict instanceof Map) return dict.size;
  return Object.keys(dict).length + (foreignOf(dict)?.size ?? 0);
}

/** Python's `dict.clear()`. */
export function dictClear(dict: DictLike): void {
  if (dict instanceof Map) {
    dict.clear();
    return;
  }
  for (const key of Object.keys(dict)) Reflect.deleteProperty(dict, key);
  foreignOf(dict)?.clear();
}

/** A Dict with the same entries, Python's `dict(dict)`. */
export function dictCopy(dict: DictLike): Dict {
  return new Dict(dictEntries(dict));
}
