import { bitLength, exactRatio } from './int-ops.js';
import { isIterable, iterate } from './iterate.js';
import { keywords, methodTable, none, one, onType, property, toIndex } from './method.js';
import { Float, asInt, normalizeInt, toFloat, type Int } from './number.js';
import { asString } from './protocol.js';
import { PyOverflowError, PyTypeError, PyValueError } from './py-error.js';
import { truth } from './truth.js';
import { Tuple } from './tuple.js';
import { typeName } from './type-name.js';

type IntLike = Int | boolean;

function big(value: IntLike): bigint {
  return BigInt(asInt(value) ?? 0);
}

function byteOrder(value: unknown, name = 'from_bytes'): 'big' | 'little' {
  const order = value === undefined ? 'big' : asString(value);
  if (order === undefined) {
    const got = value === null ? 'None' : typeName(value);
    throw new PyTypeError(`${name}() argument 'byteorder' must be str, not ${got}`);
  }
  if (order !== 'big' && order !== 'little') {
    throw new PyValueError("byteorder must be either 'little' or 'big'");
  }
  return order;
}

function toBytes(self: IntLike, size: unknown, order: unknown, signed: unknown): Uint8Array {
  const length = size === undefined ? 1 : toIndex(size);
  if (length < 0) throw new PyValueError('length argument must be non-negative');
  const direction = byteOrder(order, 'to_bytes');
  let value = big(self);
  const bits = BigInt(length * 8);
  if (value < 0n && !truth(signed)) {
    throw new PyOverflowError("can't convert negative int to unsigned");
  }
  const [low, high] = truth(signed) ? [-(1n << bits) / 2n, (1n << bits) / 2n] : [0n, 1n << bits];
  if (value < low || (value >= high && value !== 0n)) {
    throw new PyOverflowError('int too big to convert');
  }
  const bytes = new Uint8Array(length);
  if (value < 0n) value += 1n << bits;
  for (let i = 0; i < length; i++, value >>= 8n) {
    bytes[direction === 'little' ? i : length - 1 - i] = Number(value & 0xffn);
  }
  return bytes;
}

function toByte(value: unknown): number {
  const byte = toIndex(value);
  if (byte >= 0 && byte < 256) return byte;
  throw new PyValueError('bytes must be in range(0, 256)');
}

function fromBytes(_self: unknown, bytes: unknown, order: unknown, signed: unknown): Int {
  const direction = byteOrder(order);
  if (asString(bytes) !== undefined || !isIterable(bytes)) {
    throw new PyTypeError(`cannot convert '${typeName(bytes)}' object to bytes`);
  }
  const ordered = Array.from(iterate(bytes), toByte);
  if (direction === 'little') ordered.reverse();
  let value = ordered.reduce((total, byte) => (total << 8n) | BigInt(byte), 0n);
  if (truth(signed) && (ordered[0] ?? 0) > 127) value -= 1n << BigInt(ordered.length * 8);
  return normalizeInt(value);
}

export const intMethods = methodTable('int', () => ({
  as_integer_ratio: none((self: IntLike) => Tuple.of<unknown>(asInt(self), 1)),
  bit_count: none((self: IntLike) => big(self).toString(2).replaceAll(/[^1]/g, '').length),
  bit_length: none((self: IntLike) => bitLength(big(self))),
  conjugate: none((self: IntLike) => asInt(self)),
  denominator: property(() => 1),
  from_bytes: onType(
    keywords(['bytes', 'byteorder', 'signed'], fromBytes, { positional: 2, required: 1 }),
  ),
  imag: property(() => 0),
  numerator: property((self: IntLike) => asInt(self)),
  real: property((self: IntLike) => asInt(self)),
  to_bytes: keywords(['length', 'byteorder', 'signed'], toBytes, { positional: 2 }),
}));

type FloatLike = number | Float;

function plain(self: FloatLike): number {
  return self instanceof Float ? self.value : self;
}

function integerRatio(self: FloatLike): Tuple {
  const value = plain(self);
  if (Number.isNaN(value)) throw new PyValueError('cannot convert NaN to integer ratio');
  if (!Number.isFinite(value)) {
    throw new PyOverflowError('cannot convert Infinity to integer ratio');
  }
  const [top, bottom] = exactRatio(value);
  return Tuple.of<unknown>(normalizeInt(top), normalizeInt(bottom));
}

/** Python's `float.hex`: `0x1.8000000000000p+1`. */
function hex(self: FloatLike): string {
  const value = plain(self);
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  let size = Math.abs(value);
  if (size === Infinity) return `${sign}inf`;
  if (size === 0) return `${sign}0x0.0p+0`;
  let exponent = 0;
  while (size >= 2) {
    size /= 2;
    exponent++;
  }
  while (size < 1 && exponent > -1022) {
    size *= 2;
    exponent--;
  }
  const whole = Math.floor(size);
  const digits = ((size - whole) * 2 ** 52).toString(16).padStart(13, '0');
  return `${sign}0x${whole}.${digits}p${exponent < 0 ? '' : '+'}${exponent}`;
}

function fromHex(_self: unknown, text: unknown): number | Float {
  const source = asString(text);
  if (source === undefined) throw new PyTypeError('bad argument type for built-in operation');
  const special = /^\s*([+-]?)(?:(inf(?:inity)?)|nan)\s*$/i.exec(source);
  if (special) {
    if (special[2] === undefined) return NaN;
    return special[1] === '-' ? -Infinity : Infinity;
  }
  const match = /^\s*([+-]?)(?:0x)?([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?\s*$/i.exec(source);
  const [, sign, whole = '', fraction = '', power = '0'] = match ?? [];
  if (match === null || whole + fraction === '') {
    throw new PyValueError('invalid hexadecimal floating-point string');
  }
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const value = mantissa * 2 ** (Number(power) - 4 * fraction.length);
  return toFloat(sign === '-' ? -value : value);
}

export const floatMethods = methodTable('float', () => ({
  as_integer_ratio: none(integerRatio),
  conjugate: none((self: FloatLike) => self),
  fromhex: onType(one(fromHex)),
  hex: none(hex),
  imag: property(() => new Float(0)),
  is_integer: none((self: FloatLike) => Number.isInteger(plain(self))),
  real: property((self: FloatLike) => self),
}));
