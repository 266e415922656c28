import { exactRatio, ratioToNumber } from './int-ops.js';

/**
 * `a ** b` for a positive float and any float exponent, correctly rounded but for ties closer than
 * 2^-100. C's pow, which Python prints, is that good; V8's `**` is often off in the last digit.
 * Computed as exp(b * ln a) on fixed-point bigints.
 */
const BITS = 192n;
const ONE = 1n << BITS;

/** 2 * atanh(n / d) as a fixed-point number, for |n / d| <= 1/3. */
function twiceAtanh(numerator: bigint, denominator: bigint): bigint {
  const z = (numerator << BITS) / denominator;
  const square = (z * z) >> BITS;
  let power = z;
  let sum = 0n;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = (power * square) >> BITS;
  }
  return 2n * sum;
}

let naturalLog2: bigint | undefined;

function log2(): bigint {
  return (naturalLog2 ??= twiceAtanh(1n, 3n));
}

/** ln(value) as a fixed-point number. */
function log(value: number): bigint {
  let exponent = 0;
  let mantissa = value;
  while (mantissa >= 1.5) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < 0.75) {
    mantissa *= 2;
    exponent--;
  }
  const [top, bottom] = exactRatio(mantissa);
  return twiceAtanh(top - bottom, top + bottom) + BigInt(exponent) * log2();
}

/** The correctly rounded power of a finite positive base and a finite exponent. */
export function precisePower(base: number, exponent: number): number {
  const [top, bottom] = exactRatio(exponent);
  const product = (log(base) * top) / bottom;
  let twos = product / log2();
  let rest = product - twos * log2();
  if (rest < 0n) {
    twos -= 1n;
    rest += log2();
  }
  let term = ONE;
  let sum = 0n;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = ((term * rest) >> BITS) / n;
  }
  return twos >= 0n ? ratioToNumber(sum << twos, ONE) : ratioToNumber(sum, ONE << -twos);
}
