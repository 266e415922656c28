import { CALL, PASS, SIGNATURE, type Kwargs, type PyFunction } from './value/callable.js';
import { codePointLength } from './value/code-points.js';
import { bitLength } from './value/int-ops.js';
import { lengthOf } from './value/iterate.js';
import { asInt } from './value/number.js';
import { asString } from './value/protocol.js';
import { PyOverflowError } from './value/py-error.js';
import { bindArguments } from './value/signature.js';
import { Tuple } from './value/tuple.js';

/**
 * How many characters or items one operation may produce in a sandbox. Python's sandbox has no such
 * bound, and lets `'a' * 10**9` eat the memory of the process.
 */
export const MAX_REPETITION = 1_000_000;

/** How many bits an int may have in a sandbox. */
export const MAX_BITS = 100_000;

/** Throws PyOverflowError when a sandboxed operation would produce more than MAX_REPETITION. */
export function checkRepetition(count: unknown): void {
  const size = asInt(count);
  if (size !== undefined && size > MAX_REPETITION) {
    throw new PyOverflowError(
      'Repetition too big. The sandbox blocks repetitions larger than ' +
        `MAX_REPETITION (${MAX_REPETITION}).`,
    );
  }
}

function checkBits(bits: number): void {
  if (bits <= MAX_BITS) return;
  throw new PyOverflowError(
    `Number too big. The sandbox blocks ints of more than MAX_BITS (${MAX_BITS}).`,
  );
}

const bits = (value: number | bigint): number => bitLength(BigInt(value));

/** Length of a str, list, tuple or bytes; undefined for what cannot be repeated. */
function sequenceLength(value: unknown): number | undefined {
  if (asString(value) === undefined && !Array.isArray(value) && !ArrayBuffer.isView(value)) {
    return undefined;
  }
  return lengthOf(value);
}

function checkProduct(left: unknown, right: unknown): void {
  const x = asInt(left);
  const y = asInt(right);
  if (x !== undefined && y !== undefined) {
    if (typeof x === 'bigint' || typeof y === 'bigint') checkBits(bits(x) + bits(y));
    return;
  }
  const [sequence, times] = y === undefined ? [right, x] : [left, y];
  if (times === undefined || times <= 0) return;
  const length = sequenceLength(sequence);
  if (length !== undefined && length > 0) checkRepetition(length * Number(times));
}

function checkSum(left: unknown, right: unknown): void {
  const length = sequenceLength(left);
  if (length !== undefined) checkRepetition(length + (sequenceLength(right) ?? 0));
}

/** Widths and precisions of a `%` format, `*` included. */
function checkPercent(format: string, values: unknown): void {
  for (const [, number] of format.matchAll(/%[^%a-z]*?(\d{6,})/gi)) checkRepetition(Number(number));
  if (!/%[^%a-z]*\*/i.test(format)) return;
  for (const value of values instanceof Tuple ? values : [values]) checkRepetition(value);
}

/** Throws PyOverflowError when `left op right` would be too big for a sandbox. */
export function checkBinop(operator: string, left: unknown, right: unknown): void {
  // Nearly all operands are small numbers.
  if (typeof left === 'number' && typeof right === 'number' && operator !== '**') return;
  switch (operator) {
    case '*':
      checkProduct(left, right);
      return;
    case '+':
      checkSum(left, right);
      return;
    case '%': {
      const format = asString(left);
      if (format !== undefined) checkPercent(format, right);
      return;
    }
    case '**': {
      const base = asInt(left);
      const exponent = asInt(right);
      if (base === undefined || exponent === undefined || exponent < 0) return;
      const size = bits(base);
      if (size > 1) checkBits((size - 1) * Number(exponent));
      return;
    }
  }
}

/** Throws PyOverflowError for a format specifier whose width or precision is too big for a sandbox. */
export function checkFormatSpec(spec: string): void {
  for (const [number] of spec.matchAll(/\d{6,}/g)) checkRepetition(Number(number));
}

type SizeOf = (self: unknown, args: readonly unknown[], kwargs: Kwargs | undefined) => unknown;

const width: SizeOf = (_self, args) => args[0];

const lengthOrZero = (value: unknown): number => {
  const text = asString(value);
  return text === undefined ? (lengthOf(value) ?? 0) : codePointLength(text);
};

/** Methods that produce more than they are given, and how much. */
const GROWING: ReadonlyMap<string, SizeOf> = new Map<string, SizeOf>([
  ['center', width],
  ['ljust', width],
  ['rjust', width],
  ['zfill', width],
  [
    'expandtabs',
    (self, args, kwargs) => {
      const size = asInt(args[0] ?? kwargs?.get('tabsize') ?? 8) ?? 0;
      return (asString(self)?.split('\t').length ?? 1) * Number(size);
    },
  ],
  [
    'replace',
    (self, [old, replacement]) => {
      const text = asString(self);
      const part = asString(old);
      if (text === undefined || part === undefined) return 0;
      const found = part === '' ? text.length + 1 : text.split(part).length - 1;
      return text.length + found * lengthOrZero(replacement);
    },
  ],
  ['join', (self, [items]) => lengthOrZero(self) * (lengthOf(items) ?? 0)],
  ['extend', (self, [items]) => (lengthOf(self) ?? 0) + (lengthOf(items) ?? 0)],
  ['to_bytes', (_self, args, kwargs) => args[0] ?? kwargs?.get('length')],
]);

/** Throws PyOverflowError when calling a method would produce too much for a sandbox. */
export function checkMethod(
  self: unknown,
  name: string,
  args: readonly unknown[],
  kwargs: Kwargs | undefined,
): void {
  const size = GROWING.get(name);
  if (size !== undefined) checkRepetition(sizeOrNothing(() => size(self, args, kwargs)));
}

/** Arguments that cannot be measured are for the call itself to refuse, in Python's order. */
function sizeOrNothing(size: () => unknown): unknown {
  try {
    return size();
  } catch {
    return undefined;
  }
}

interface MaybeSandboxed {
  readonly sandboxed?: boolean;
}

/**
 * Makes a filter respect MAX_REPETITION where the environment is a sandbox: `size` picks, from the
 * bound arguments, how much it is going to produce. Templates see the signature unchanged.
 */
export function boundedBy<F extends PyFunction<never[]>>(
  filter: F,
  size: (...args: unknown[]) => unknown,
): F {
  const bounded = (environment: MaybeSandboxed, ...args: unknown[]): unknown =>
    invoke([environment, ...args], undefined);
  const invoke = ([environment, ...args]: unknown[], kwargs: Kwargs | undefined): unknown => {
    if ((environment as MaybeSandboxed | undefined)?.sandboxed === true) {
      const bound = bindArguments(filter.name, filter[SIGNATURE], args, kwargs);
      checkRepetition(sizeOrNothing(() => size(...bound)));
    }
    return filter[CALL](args, kwargs);
  };
  return Object.defineProperties(bounded, {
    ...Object.getOwnPropertyDescriptors(filter),
    [CALL]: { value: invoke },
    [PASS]: { value: 'environment' },
  }) as unknown as F;
}
