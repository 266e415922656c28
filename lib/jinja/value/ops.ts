import { Complex, power as complexPower } from './complex.js';
import { DictView } from './dict-view.js';
import { divideFloats, floorDivideFloats, moduloFloats, powerFloats } from './float-ops.js';
import { percentFormat, percentFormatBytes } from './format-percent.js';
import {
  addInts,
  floorDivideInts,
  intToNumber,
  moduloInts,
  multiplyInts,
  powerInts,
  subtractInts,
  trueDivideInts,
} from './int-ops.js';
import { isIterable, iterate } from './iterate.js';
import { asFloat, asInt, toFloat, type Int } from './number.js';
import {
  BINARY,
  NOT_IMPLEMENTED,
  STRING,
  UNARY,
  asString,
  hooks,
  type BinaryOp,
} from './protocol.js';
import { PyMemoryError, PyOverflowError, PyTypeError } from './py-error.js';
import { FrozenSet, frozenSetFrom, setDelete, setFrom } from './set.js';
import { Tuple, tupleFrom } from './tuple.js';
import { typeName } from './type-name.js';

export { concat } from './str.js';

function unsupported(symbol: string, a: unknown, b: unknown): PyTypeError {
  return new PyTypeError(
    `unsupported operand type(s) for ${symbol}: '${typeName(a)}' and '${typeName(b)}'`,
  );
}

/** Asks the operands' own operators. NOT_IMPLEMENTED when neither knows. */
function custom(op: BinaryOp, a: unknown, b: unknown): unknown {
  // Python asks a subclass on the right before the str on the left: 'a' + Markup('b') is Markup.
  const left = hooks(a)?.[BINARY];
  if (left !== undefined) {
    const result = left.call(a, op, b, false);
    if (result !== NOT_IMPLEMENTED) return result;
  }
  const right = hooks(b)?.[BINARY];
  return right === undefined ? NOT_IMPLEMENTED : right.call(b, op, a, true);
}

interface Arithmetic {
  readonly ints: (a: Int, b: Int) => unknown;
  readonly floats: (a: number, b: number) => number;
}

/** The result for two numbers of any kind; undefined when one is no number. */
function arithmetic(a: unknown, b: unknown, { ints, floats }: Arithmetic): unknown {
  const x = asInt(a);
  const y = asInt(b);
  if (x !== undefined && y !== undefined) return ints(x, y);
  const left = x === undefined ? asFloat(a) : undefined;
  const right = y === undefined ? asFloat(b) : undefined;
  if (x === undefined && left === undefined) return undefined;
  if (y === undefined && right === undefined) return undefined;
  return toFloat(floats(left ?? intToNumber(x ?? 0), right ?? intToNumber(y ?? 0)));
}

const ADD: Arithmetic = { ints: addInts, floats: (a, b) => a + b };
const SUBTRACT: Arithmetic = { ints: subtractInts, floats: (a, b) => a - b };
const MULTIPLY: Arithmetic = { ints: multiplyInts, floats: (a, b) => a * b };
const DIVIDE: Arithmetic = { ints: (a, b) => toFloat(trueDivideInts(a, b)), floats: divideFloats };
const FLOOR_DIVIDE: Arithmetic = { ints: floorDivideInts, floats: floorDivideFloats };
const MODULO: Arithmetic = { ints: moduloInts, floats: moduloFloats };
const POWER: Arithmetic = {
  ints: (a, b) => (b < 0 ? toFloat(powerFloats(intToNumber(a), intToNumber(b))) : powerInts(a, b)),
  floats: powerFloats,
};

function concatenateBytes(a: Uint8Array, b: unknown): Uint8Array {
  if (!(b instanceof Uint8Array)) throw new PyTypeError(`can't concat ${typeName(b)} to bytes`);
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function addSlow(a: unknown, b: unknown): unknown {
  const special = custom('+', a, b);
  if (special !== NOT_IMPLEMENTED) return special;
  const number = arithmetic(a, b, ADD);
  if (number !== undefined) return number;
  const text = asString(a);
  if (text !== undefined) {
    const other = asString(b);
    if (other !== undefined) return text + other;
    // A subclass of str has operators of its own, so Python speaks of both operands.
    if (typeof a !== 'string') throw unsupported('+', a, b);
    throw new PyTypeError(`can only concatenate str (not "${typeName(b)}") to str`);
  }
  if (Array.isArray(a)) {
    const tuple = a instanceof Tuple;
    if (!Array.isArray(b) || b instanceof Tuple !== tuple) {
      const type = typeName(a);
      throw new PyTypeError(`can only concatenate ${type} (not "${typeName(b)}") to ${type}`);
    }
    return tuple ? tupleFrom([...a, ...(b as unknown[])]) : [...a, ...(b as unknown[])];
  }
  if (a instanceof Uint8Array) return concatenateBytes(a, b);
  throw unsupported('+', a, b);
}

/** Python's `a + b`. */
export function add(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isInteger(a) && Number.isInteger(b)) {
      return Number.isSafeInteger(sum) ? sum : addInts(a, b);
    }
    return toFloat(sum);
  }
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  return addSlow(a, b);
}

function isKeyView(value: unknown): value is DictView {
  return value instanceof DictView && value.kind !== 'values';
}

/** `a - b` on sets, and on views of keys or items with anything that can be iterated. */
function subtractSets(a: unknown, b: unknown): unknown {
  const views = isKeyView(a) || isKeyView(b);
  if (!views && !(a instanceof Set && b instanceof Set)) throw unsupported('-', a, b);
  const kept = setFrom(iterate(a));
  for (const item of iterate(b)) setDelete(kept, item);
  return a instanceof FrozenSet && !views ? frozenSetFrom(kept) : kept;
}

/** Python's `a - b`. */
export function sub(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isInteger(a) && Number.isInteger(b)) {
      return Number.isSafeInteger(difference) ? difference : subtractInts(a, b);
    }
    return toFloat(difference);
  }
  // A view on the left takes anything that can be iterated, an Undefined too.
  if (isKeyView(a) && isIterable(b)) return subtractSets(a, b);
  const special = custom('-', a, b);
  if (special !== NOT_IMPLEMENTED) return special;
  const number = arithmetic(a, b, SUBTRACT);
  if (number !== undefined) return number;
  return subtractSets(a, b);
}

function isSequence(value: unknown): boolean {
  return asString(value) !== undefined || Array.isArray(value) || value instanceof Uint8Array;
}

/** Larger results exceed what JavaScript can hold. */
const MAX_TEXT = 2 ** 29 - 24;
const MAX_ITEMS = 2 ** 27;

function emptyLike(sequence: unknown[]): unknown[] {
  return sequence instanceof Tuple ? new Tuple() : [];
}

function repeat(sequence: unknown, count: Int): unknown {
  if (count > 0x7fff_ffff_ffff_ffffn || count < -0x8000_0000_0000_0000n) {
    throw new PyOverflowError("cannot fit 'int' into an index-sized integer");
  }
  const times = Math.max(0, Number(count));
  const text = asString(sequence);
  if (text !== undefined) {
    if (text.length * times > MAX_TEXT) throw new PyMemoryError('');
    return text.repeat(times);
  }
  const items = sequence as ArrayLike<unknown>;
  if (items.length === 0) return sequence instanceof Array ? emptyLike(sequence) : sequence;
  if (items.length * times > MAX_ITEMS) throw new PyMemoryError('');
  if (sequence instanceof Uint8Array) {
    const bytes = new Uint8Array(items.length * times);
    for (let i = 0; i < times; i++) bytes.set(sequence, i * items.length);
    return bytes;
  }
  const out = emptyLike(sequence as unknown[]);
  for (let i = 0; i < times; i++) for (let k = 0; k < items.length; k++) out.push(items[k]);
  return out;
}

/** Python's `a * b`. */
export function mul(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isInteger(a) && Number.isInteger(b)) {
      return Number.isSafeInteger(product) ? product + 0 : multiplyInts(a, b);
    }
    return toFloat(product);
  }
  const special = custom('*', a, b);
  if (special !== NOT_IMPLEMENTED) return special;
  const number = arithmetic(a, b, MULTIPLY);
  if (number !== undefined) return number;
  const [sequence, count] = isSequence(a) ? [a, b] : [b, a];
  if (!isSequence(sequence)) throw unsupported('*', a, b);
  const times = asInt(count);
  if (times === undefined) {
    throw new PyTypeError(`can't multiply sequence by non-int of type '${typeName(count)}'`);
  }
  return repeat(sequence, times);
}

function numbersOnly(
  op: BinaryOp,
  symbol: string,
  a: unknown,
  b: unknown,
  how: Arithmetic,
): unknown {
  const special = custom(op, a, b);
  if (special !== NOT_IMPLEMENTED) return special;
  const number = arithmetic(a, b, how);
  if (number === undefined) throw unsupported(symbol, a, b);
  return number;
}

/** Python's `a / b`: always a float on numbers. */
export function div(a: unknown, b: unknown): unknown {
  return numbersOnly('/', '/', a, b, DIVIDE);
}

/** Python's `a // b`. */
export function floordiv(a: unknown, b: unknown): unknown {
  return numbersOnly('//', '//', a, b, FLOOR_DIVIDE);
}

/** Python's `a ** b`. */
export function pow(a: unknown, b: unknown): unknown {
  const result = numbersOnly('**', '** or pow()', a, b, POWER);
  // A negative number has no real root.
  const complex = Number.isNaN(result) && Number(a) < 0 && Number.isFinite(Number(b));
  return complex ? complexPower(new Complex(Number(a), 0), new Complex(Number(b), 0)) : result;
}

/** Python's `a % b`: the remainder of numbers, or the formatting of a str. */
export function mod(a: unknown, b: unknown): unknown {
  if (typeof a === 'string') {
    // A str on the left formats whatever is on the right, an Undefined too; only a str subclass
    // there is asked first.
    if (hooks(b)?.[STRING] === undefined) return percentFormat(a, b);
  }
  const special = custom('%', a, b);
  if (special !== NOT_IMPLEMENTED) return special;
  const text = asString(a);
  if (text !== undefined) return percentFormat(text, b);
  if (a instanceof Uint8Array) return percentFormatBytes(a, b);
  const number = arithmetic(a, b, MODULO);
  if (number === undefined) throw unsupported('%', a, b);
  return number;
}

function unary(op: '-' | '+', value: unknown): unknown {
  const hook = hooks(value)?.[UNARY];
  if (hook !== undefined) {
    const result = hook.call(value, op);
    if (result !== NOT_IMPLEMENTED) return result;
  }
  const int = asInt(value);
  if (int !== undefined) return op === '+' ? int : subtractInts(0, int);
  const float = asFloat(value);
  if (float === undefined) {
    throw new PyTypeError(`bad operand type for unary ${op}: '${typeName(value)}'`);
  }
  return toFloat(op === '+' ? float : -float);
}

/** Python's `-value`. */
export function neg(value: unknown): unknown {
  return unary('-', value);
}

/** Python's `+value`. */
export function pos(value: unknown): unknown {
  return unary('+', value);
}
