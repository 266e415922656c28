/** A Python tuple. `map`, `filter`, `slice` of it return plain arrays, that is lists. */
export class Tuple<T = unknown> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** The tuple of the items, as Python's `tuple(iterable)`. */
export function tupleFrom<T>(items: Iterable<T>): Tuple<T> {
  const tuple = new Tuple<T>();
  for (const item of items) tuple.push(item);
  return tuple;
}
