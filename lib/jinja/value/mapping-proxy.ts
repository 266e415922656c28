import { getAttribute } from './attribute.js';
import { contains } from './compare.js';
import { dictSize, type DictLike } from './dict.js';
import { iterateDict } from './dict-view.js';
import { getItem } from './item.js';
import { ATTR, CONTAINS, ITEM, ITER, LEN, MISSING, REPR, STR, TYPE_NAME } from './protocol.js';
import { repr } from './repr.js';

/** Methods that a read-only view of a dict shares with it. */
const SHARED: ReadonlySet<string> = new Set(['copy', 'get', 'items', 'keys', 'values']);

/** Python's `mappingproxy`: the read-only dict that `dict.keys().mapping` is. */
export class MappingProxy {
  readonly #dict: DictLike;

  constructor(dict: DictLike) {
    this.#dict = dict;
  }

  get [TYPE_NAME](): string {
    return 'mappingproxy';
  }
  [REPR](): string {
    return `mappingproxy(${repr(this.#dict)})`;
  }
  [STR](): string {
    return repr(this.#dict);
  }
  [ATTR](name: string): unknown {
    return SHARED.has(name) ? getAttribute(this.#dict, name) : MISSING;
  }
  [ITEM](key: unknown): unknown {
    return getItem(this.#dict, key);
  }
  [ITER](): Iterator<unknown> {
    return iterateDict(this.#dict)[Symbol.iterator]();
  }
  [LEN](): number {
    return dictSize(this.#dict);
  }
  [CONTAINS](item: unknown): boolean {
    return contains(this.#dict, item);
  }
}
