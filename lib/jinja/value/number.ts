/**
 * How Python's numbers live in JavaScript. int: an integral number within ±(2^53 - 1), a bigint
 * beyond; float: a non-integral number, NaN or an infinity as they are, and a `Float` box around
 * integral ones, so that `1.0` does not become `1`.
 */

/** A Python float whose value is integral (including -0.0 and 1e300). Immutable. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  toJSON(): number {
    return this.value;
  }
}

/** A Python int. */
export type Int = number | bigint;

/** The Python float with this value: boxed when JavaScript could not tell it from an int. */
export function toFloat(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

/** The canonical form of an int: a number where that is exact, else a bigint. */
export function normalizeInt(value: bigint): Int {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** An integral number (of any size) as a Python int. */
export function intFromNumber(value: number): Int {
  return Number.isSafeInteger(value) ? (value === 0 ? 0 : value) : normalizeInt(BigInt(value));
}

/** True for ints, not for bools. */
export function isInt(value: unknown): value is Int {
  return (typeof value === 'number' && Number.isInteger(value)) || typeof value === 'bigint';
}

/** True for floats. */
export function isFloat(value: unknown): value is number | Float {
  return (typeof value === 'number' && !Number.isInteger(value)) || value instanceof Float;
}

/** True for ints, bools and floats. */
export function isNumeric(value: unknown): value is Int | boolean | Float {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    value instanceof Float
  );
}

/** The int that an int or a bool stands for; undefined for everything else. */
export function asInt(value: unknown): Int | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? intFromNumber(value) : undefined;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'bigint' ? normalizeInt(value) : undefined;
}

/** The int that an int, a bool or an integral float equals; undefined for everything else. */
export function integral(value: unknown): Int | undefined {
  return value instanceof Float ? intFromNumber(value.value) : asInt(value);
}

/** The plain number of a float; undefined for everything else. */
export function asFloat(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? undefined : value;
  return value instanceof Float ? value.value : undefined;
}
