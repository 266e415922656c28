import { dictEntries, dictKeys, dictSize, dictValues, type DictLike } from './dict.js';
import { PyRuntimeError } from './py-error.js';
import { TYPE_NAME } from './protocol.js';
import { Tuple } from './tuple.js';

export type DictViewKind = 'keys' | 'values' | 'items';

/** A live view, Python's `dict.keys()`, `.values()` and `.items()`. Items are tuples. */
export class DictView {
  readonly dict: DictLike;
  readonly kind: DictViewKind;

  constructor(dict: DictLike, kind: DictViewKind) {
    this.dict = dict;
    this.kind = kind;
  }

  get [TYPE_NAME](): string {
    return `dict_${this.kind}`;
  }

  get length(): number {
    return dictSize(this.dict);
  }

  /** The items at this moment. */
  toArray(): unknown[] {
    if (this.kind === 'keys') return dictKeys(this.dict);
    if (this.kind === 'values') return dictValues(this.dict);
    return dictEntries(this.dict).map(([key, value]) => Tuple.of(key, value));
  }

  [Symbol.iterator](): Generator<unknown, void, undefined> {
    return guarded(this.toArray(), this.dict);
  }
}

/** Python's iteration over a dict: its keys; RuntimeError when its size changes meanwhile. */
export function iterateDict(dict: DictLike): Iterable<unknown> {
  return guarded(dictKeys(dict), dict);
}

function* guarded(items: unknown[], dict: DictLike): Generator<unknown, void, undefined> {
  const size = items.length;
  for (const item of items) {
    yield item;
    if (dictSize(dict) !== size) {
      throw new PyRuntimeError('dictionary changed size during iteration');
    }
  }
}
