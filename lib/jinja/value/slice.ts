import { asInt, type Int } from './number.js';
import { PyTypeError, PyValueError } from './py-error.js';

/** Python's `slice(start, stop, step)`: the key of `x[start:stop:step]`; None is null. */
export class Slice {
  readonly start: unknown;
  readonly stop: unknown;
  readonly step: unknown;
  constructor(start: unknown = null, stop: unknown = null, step: unknown = null) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** A bound of a slice as an int; null when it is open. Throws CPython's PyTypeError. */
export function boundOf(value: unknown): Int | null {
  if (value === null || value === undefined) return null;
  const int = asInt(value);
  if (int === undefined) {
    throw new PyTypeError('slice indices must be integers or None or have an __index__ method');
  }
  return int;
}

function clamp(value: Int, length: number, low: number, high: number): number {
  const at = value < 0 ? Number(value) + length : Number(value);
  return at < low ? low : at > high ? high : at;
}

/** Python's `slice.indices(length)`: [start, stop, step], with CPython's errors. */
export function sliceIndices(slice: Slice, length: number): [number, number, number] {
  const step = boundOf(slice.step) ?? 1;
  if (Number(step) === 0) throw new PyValueError('slice step cannot be zero');
  const backwards = step < 0;
  const low = backwards ? -1 : 0;
  const high = backwards ? length - 1 : length;
  const start = boundOf(slice.start);
  const stop = boundOf(slice.stop);
  return [
    start === null ? (backwards ? high : low) : clamp(start, length, low, high),
    stop === null ? (backwards ? low : high) : clamp(stop, length, low, high),
    Number(step),
  ];
}

/** How many items a range of these indices has. */
export function rangeLength(start: number, stop: number, step: number): number {
  const count = step > 0 ? (stop - start) / step : (start - stop) / -step;
  return count <= 0 ? 0 : Math.ceil(count);
}

/** The items of an array at the places that the slice names. */
export function sliceArray<T>(items: ArrayLike<T>, slice: Slice): T[] {
  const [start, stop, step] = sliceIndices(slice, items.length);
  const out: T[] = [];
  const count = rangeLength(start, stop, step);
  for (let n = 0, i = start; n < count; n++, i += step) out.push(items[i] as T);
  return out;
}
