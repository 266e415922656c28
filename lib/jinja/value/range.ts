import { rangeLength } from './slice.js';

/** Python's `range(start, stop, step)`. Bounds are safe integers. Immutable. */
export class Range {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly length: number;

  constructor(start: number, stop: number, step = 1) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.length = rangeLength(start, stop, step);
  }

  /** The item at a place within 0..length-1. */
  at(index: number): number {
    return this.start + index * this.step;
  }

  /** The index of an int in the range, -1 when it is not there. */
  indexOf(value: number): number {
    const index = (value - this.start) / this.step;
    return Number.isInteger(index) && index >= 0 && index < this.length ? index + 0 : -1;
  }

  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let i = 0, value = this.start; i < this.length; i++, value += this.step) yield value;
  }
}
