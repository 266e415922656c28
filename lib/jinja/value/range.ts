import { addInts, floorDivideInts, moduloInts, multiplyInts, subtractInts } from './int-ops.js';
import { normalizeInt, type Int } from './number.js';
import { PyValueError } from './py-error.js';
import { boundOf, rangeLength, type Slice } from './slice.js';

function count(start: Int, stop: Int, step: Int): Int {
  if (typeof start === 'number' && typeof stop === 'number' && typeof step === 'number') {
    if (Number.isSafeInteger(stop - start)) return rangeLength(start, stop, step);
  }
  const span = step > 0 ? subtractInts(stop, start) : subtractInts(start, stop);
  if (span <= 0) return 0;
  const size = step > 0 ? step : subtractInts(0, step);
  return addInts(floorDivideInts(subtractInts(span, 1), size), 1);
}

/** Python's `range(start, stop, step)`: ints of any size. Immutable. */
export class Range {
  readonly start: Int;
  readonly stop: Int;
  readonly step: Int;
  /** How many ints it holds; may exceed what a list can hold. */
  readonly length: Int;

  constructor(start: Int, stop: Int, step: Int = 1) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.length = count(start, stop, step);
  }

  /** The item at a place within 0..length-1. */
  at(index: Int): Int {
    return addInts(this.start, multiplyInts(index, this.step));
  }

  /** The index of an int in the range, -1 when it is not there. */
  indexOf(value: Int): Int {
    const distance = subtractInts(value, this.start);
    if (moduloInts(distance, this.step) !== 0) return -1;
    const index = floorDivideInts(distance, this.step);
    return index >= 0 && index < this.length ? index : -1;
  }

  /** Python's `range[slice]`. Throws PyValueError for a zero step. */
  slice(slice: Slice): Range {
    const step = BigInt(boundOf(slice.step) ?? 1);
    if (step === 0n) throw new PyValueError('slice step cannot be zero');
    const length = BigInt(this.length);
    const low = step < 0n ? -1n : 0n;
    const high = step < 0n ? length - 1n : length;
    const place = (bound: Int | null, open: bigint): Int => {
      if (bound === null) return normalizeInt(open);
      const at = bound < 0 ? BigInt(bound) + length : BigInt(bound);
      return normalizeInt(at < low ? low : at > high ? high : at);
    };
    const start = place(boundOf(slice.start), step < 0n ? high : low);
    const stop = place(boundOf(slice.stop), step < 0n ? low : high);
    return new Range(this.at(start), this.at(stop), multiplyInts(this.step, normalizeInt(step)));
  }

  *[Symbol.iterator](): Generator<Int, void, undefined> {
    const { start, stop, step, length } = this;
    if (typeof start === 'number' && typeof stop === 'number' && typeof step === 'number') {
      for (let i = 0, value = start; i < Number(length); i++, value += step) yield value;
      return;
    }
    for (let i = 0; i < length; i++) yield this.at(i);
  }
}
