/**
 * A Python iterator of a named kind: single pass, no length, always true. Wraps what a filter
 * yields lazily, and iterators such as `reversed(...)` or `zip(...)`.
 */
export class Generator implements IterableIterator<unknown> {
  /** As `repr` prints it: `generator object do_map`, `list_reverseiterator object`. */
  readonly description: string;
  /** Python's type name. */
  readonly type: string;
  readonly #source: Iterator<unknown>;

  /** A name without a blank makes a `generator object <name>`; `type` names another kind. */
  constructor(source: Iterable<unknown>, name = '<genexpr>', type = 'generator') {
    this.#source = source[Symbol.iterator]();
    this.type = type;
    this.description = type === 'generator' ? `generator object ${name}` : `${type} object`;
  }

  next(): IteratorResult<unknown> {
    return this.#source.next();
  }

  [Symbol.iterator](): this {
    return this;
  }
}
