import { call } from './callable.js';
import { eq, sortInPlace } from './compare.js';
import { toList } from './iterate.js';
import { keywords, methodTable, none, one, positional, property, toIndex } from './method.js';
import { asInt, integral, isInt, type Int } from './number.js';
import { PyIndexError, PyTypeError, PyValueError } from './py-error.js';
import type { Range } from './range.js';
import { repr } from './repr.js';
import { sliceIndices, type Slice } from './slice.js';
import { truth } from './truth.js';
import { tupleFrom } from './tuple.js';

function same(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || eq(a, b);
}

/** A bound of `index` within 0..length. */
function clamp(value: unknown, fallback: number, length: number): number {
  const at = value === undefined ? fallback : asInt(value);
  if (at === undefined) {
    throw new PyTypeError('slice indices must be integers or have an __index__ method');
  }
  const index = Number(at);
  return Math.min(Math.max(index < 0 ? index + length : index, 0), length);
}

function indexOf(items: readonly unknown[], value: unknown, from: unknown, to: unknown): number {
  const stop = clamp(to, items.length, items.length);
  for (let i = clamp(from, 0, items.length); i < stop; i++) if (same(items[i], value)) return i;
  return -1;
}

function count(items: readonly unknown[], value: unknown): number {
  return items.reduce((total: number, item) => total + (same(item, value) ? 1 : 0), 0);
}

type List = unknown[];

export const listMethods = methodTable('list', () => ({
  append: one((self: List, value) => {
    self.push(value);
    return null;
  }),
  clear: none((self: List) => {
    self.length = 0;
    return null;
  }),
  copy: none((self: List) => self.slice()),
  count: one(count),
  extend: one((self: List, values) => {
    for (const value of toList(values)) self.push(value);
    return null;
  }),
  index: positional(1, 3, (self: List, value, from, to) => {
    const at = indexOf(self, value, from, to);
    if (at < 0) throw new PyValueError(`${repr(value)} is not in list`);
    return at;
  }),
  insert: positional(2, 2, (self: List, index, value) => {
    const at = toIndex(index);
    self.splice(at < 0 ? Math.max(0, at + self.length) : at, 0, value);
    return null;
  }),
  pop: positional(0, 1, (self: List, index) => {
    const at = index === undefined ? -1 : toIndex(index);
    if (self.length === 0) throw new PyIndexError('pop from empty list');
    const place = at < 0 ? at + self.length : at;
    if (place < 0 || place >= self.length) throw new PyIndexError('pop index out of range');
    return self.splice(place, 1)[0];
  }),
  remove: one((self: List, value) => {
    const at = indexOf(self, value, undefined, undefined);
    if (at < 0) throw new PyValueError('list.remove(x): x not in list');
    self.splice(at, 1);
    return null;
  }),
  reverse: none((self: List) => {
    self.reverse();
    return null;
  }),
  sort: keywords(
    ['key', 'reverse'],
    (self: List, key, reverse) => {
      const by =
        key === undefined || key === null
          ? (item: unknown) => item
          : (item: unknown) => call(key, [item]);
      sortInPlace(self, by, truth(reverse));
      return null;
    },
    { positional: 0 },
  ),
}));

export const tupleMethods = methodTable('tuple', () => ({
  count: one(count),
  index: positional(1, 3, (self: List, value, from, to) => {
    const at = indexOf(self, value, from, to);
    if (at < 0) throw new PyValueError('tuple.index(x): x not in tuple');
    return at;
  }),
}));

/** Ranges hold ints; an integral float finds its equal. */
function rangeIndex(self: Range, value: unknown): Int {
  const int = integral(value);
  return int === undefined ? -1 : self.indexOf(int);
}

export const rangeMethods = methodTable('range', () => ({
  start: property((self: Range) => self.start),
  stop: property((self: Range) => self.stop),
  step: property((self: Range) => self.step),
  count: one((self: Range, value) => (rangeIndex(self, value) < 0 ? 0 : 1)),
  index: one((self: Range, value) => {
    const at = rangeIndex(self, value);
    if (at >= 0) return at;
    throw new PyValueError(
      isInt(value) ? `${repr(value)} is not in range` : 'sequence.index(x): x not in sequence',
    );
  }),
}));

export const sliceMethods = methodTable('slice', () => ({
  start: property((self: Slice) => self.start),
  stop: property((self: Slice) => self.stop),
  step: property((self: Slice) => self.step),
  indices: one((self: Slice, length) => tupleFrom(sliceIndices(self, toIndex(length)))),
}));
