/**
 * A Python tuple. `map`, `filter`, `slice` of it return plain arrays, that is lists. Make one with
 * `Tuple.of(...items)` or `tupleFrom(iterable)`.
 */
export class Tuple<T = unknown> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static override of<T>(...items: T[]): Tuple<T> {
    return asTuple(items);
  }
}

/** Turns a fresh array into a tuple: several times as fast as V8's constructor of a subclass. */
function asTuple<T>(items: T[]): Tuple<T> {
  return Object.setPrototypeOf(items, Tuple.prototype) as Tuple<T>;
}

/** The tuple of the items, as Python's `tuple(iterable)`. */
export function tupleFrom<T>(items: Iterable<T>): Tuple<T> {
  return asTuple(Array.from(items));
}
