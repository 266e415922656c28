import { FilterArgumentError } from '../errors.js';
import { Undefined } from '../undefined.js';
import { pyFunction } from '../value/callable.js';
import { eq, keyOf } from '../value/compare.js';
import { percentFormat } from '../value/format.js';
import { asFloat, asInt, toFloat } from '../value/number.js';
import { div, mul, pow } from '../value/ops.js';
import { PyOverflowError, PyTypeError, PyValueError } from '../value/py-error.js';
import { asString } from '../value/protocol.js';
import { toInt, toNumber } from '../value/parse-number.js';
import { truth } from '../value/truth.js';
import { typeName } from '../value/type-name.js';
import { unaryBuiltin } from './builtin.js';
import { ceil, floor, roundTo } from './rounding.js';

const abs = unaryBuiltin('abs', (value) => {
  const int = asInt(value);
  if (int !== undefined) return int < 0 ? -int : int;
  const float = asFloat(value);
  if (float === undefined) {
    throw new PyTypeError(`bad operand type for abs(): '${typeName(value)}'`);
  }
  return toFloat(Math.abs(float));
});

const isTypeOrValueError = (error: unknown): boolean =>
  error instanceof PyTypeError || error instanceof PyValueError;

/** `int(undefined)` and `float(undefined)` raise UndefinedError, not a TypeError to recover from. */
function refuseUndefined(value: unknown): void {
  if (value instanceof Undefined) value.failWithUndefinedError();
}

const int = pyFunction(
  'do_int',
  'value, default=0, base=10',
  (value: unknown, fallback: unknown, base: unknown) => {
    try {
      refuseUndefined(value);
      return asString(value) === undefined ? toInt(value) : toInt(value, base);
    } catch (error) {
      if (!isTypeOrValueError(error)) throw error;
    }
    try {
      return toInt(toNumber(value));
    } catch (error) {
      if (isTypeOrValueError(error) || error instanceof PyOverflowError) return fallback;
      throw error;
    }
  },
);

const float = pyFunction('do_float', 'value, default=0.0', (value: unknown, fallback: unknown) => {
  try {
    refuseUndefined(value);
    return toFloat(toNumber(value));
  } catch (error) {
    if (isTypeOrValueError(error)) return fallback;
    throw error;
  }
});

const METHODS: ReadonlySet<unknown> = new Set(['common', 'ceil', 'floor']);

const round = pyFunction(
  'do_round',
  'value, precision=0, method="common"',
  (value: unknown, precision: unknown, method: unknown) => {
    if (!METHODS.has(keyOf(method))) {
      throw new FilterArgumentError('method must be common, ceil or floor');
    }
    if (eq(method, 'common')) return roundTo(value, precision);
    const scale = (): unknown => pow(10, precision);
    const scaled = mul(value, scale());
    return div(eq(method, 'ceil') ? ceil(scaled) : floor(scaled), scale());
  },
);

const UNITS = 'kMGTPEZY'.split('').map((prefix) => `${prefix}B`);
const BINARY_UNITS = 'KMGTPEZY'.split('').map((prefix) => `${prefix}iB`);

const filesizeformat = pyFunction(
  'do_filesizeformat',
  'value, binary=False',
  (value: unknown, binary: unknown) => {
    refuseUndefined(value);
    const bytes = toNumber(value);
    const base = truth(binary) ? 1024 : 1000;
    const units = truth(binary) ? BINARY_UNITS : UNITS;
    if (bytes === 1) return '1 Byte';
    if (bytes < base) return `${String(toInt(toFloat(bytes)))} Bytes`;
    const limit = (power: number): number => Number(BigInt(base) ** BigInt(power + 2));
    let power = 0;
    while (power < units.length - 1 && !(bytes < limit(power))) power++;
    return `${percentFormat('%.1f', toFloat((base * bytes) / limit(power)))} ${units[power]}`;
  },
);

/** The filters that make and shape numbers. Source: jinja2.filters @3.1.6 */
export const NUMBER_FILTERS = { abs, filesizeformat, float, int, round };
