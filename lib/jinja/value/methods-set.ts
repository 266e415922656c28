import { compareSets } from './compare.js';
import { iterate } from './iterate.js';
import { methodTable, none, one, variadic, type Definition } from './method.js';
import { PyKeyError } from './py-error.js';
import { repr } from './repr.js';
import { FrozenSet, frozenSetFrom, setAdd, setDelete, setFrom, setHas } from './set.js';

type Members = Set<unknown>;

function members(value: unknown): Members {
  return value instanceof Set ? value : setFrom(iterate(value));
}

function replace(self: Members, items: Iterable<unknown>): null {
  const kept = [...items];
  self.clear();
  for (const item of kept) self.add(item);
  return null;
}

function difference(self: Members, others: unknown[]): unknown[] {
  return others.reduce<unknown[]>(
    (left, other) => {
      const without = members(other);
      return left.filter((item) => !setHas(without, item));
    },
    [...self],
  );
}

function intersection(self: Members, others: unknown[]): unknown[] {
  return others.reduce<unknown[]>(
    (left, other) => {
      const common = members(other);
      return left.filter((item) => setHas(common, item));
    },
    [...self],
  );
}

function symmetric(self: Members, other: unknown): unknown[] {
  const right = members(other);
  return [...difference(self, [right]), ...difference(right, [self])];
}

function union(self: Members, others: unknown[]): unknown[] {
  return [...self, ...others.flatMap((other) => [...iterate(other)])];
}

function like(self: Members, items: Iterable<unknown>): Members {
  return self instanceof FrozenSet ? frozenSetFrom(items) : setFrom(items);
}

function shared(): Record<string, Definition> {
  return {
    copy: none((self: Members) => like(self, self)),
    difference: variadic((self: Members, ...others) => like(self, difference(self, others))),
    intersection: variadic((self: Members, ...others) => like(self, intersection(self, others))),
    isdisjoint: one((self: Members, other) => intersection(self, [other]).length === 0),
    issubset: one((self: Members, other) => compareSets('<=', self, members(other))),
    issuperset: one((self: Members, other) => compareSets('>=', self, members(other))),
    symmetric_difference: one((self: Members, other) => like(self, symmetric(self, other))),
    union: variadic((self: Members, ...others) => like(self, union(self, others))),
  };
}

export const frozenSetMethods = methodTable('frozenset', shared);

export const setMethods = methodTable('set', () => ({
  ...shared(),
  add: one((self: Members, item) => {
    setAdd(self, item);
    return null;
  }),
  clear: none((self: Members) => {
    self.clear();
    return null;
  }),
  difference_update: variadic((self: Members, ...others) =>
    replace(self, difference(self, others)),
  ),
  discard: one((self: Members, item) => {
    setDelete(self, item);
    return null;
  }),
  intersection_update: variadic((self: Members, ...others) =>
    replace(self, intersection(self, others)),
  ),
  pop: none((self: Members) => {
    const [first] = self;
    if (self.size === 0) throw new PyKeyError(repr('pop from an empty set'));
    self.delete(first);
    return first;
  }),
  remove: one((self: Members, item) => {
    if (!setDelete(self, item)) throw new PyKeyError(repr(item));
    return null;
  }),
  symmetric_difference_update: one((self: Members, other) => replace(self, symmetric(self, other))),
  update: variadic((self: Members, ...others) => {
    for (const other of others) for (const item of iterate(other)) setAdd(self, item);
    return null;
  }),
}));
