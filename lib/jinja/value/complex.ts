import { floatText } from './float-text.js';
import { asFloat, asInt, toFloat } from './number.js';
import {
  ATTR,
  BINARY,
  EQ,
  HASH,
  MISSING,
  NOT_IMPLEMENTED,
  REPR,
  TRUTH,
  TYPE_NAME,
  UNARY,
  type BinaryOp,
} from './protocol.js';
import { PyZeroDivisionError } from './py-error.js';

/** Python's `complex`, which only `**` of a negative base and a fraction makes. */
export class Complex {
  readonly real: number;
  readonly imag: number;

  constructor(real: number, imag: number) {
    this.real = real;
    this.imag = imag;
  }

  get [TYPE_NAME](): string {
    return 'complex';
  }

  [REPR](): string {
    const imag = `${part(this.imag)}j`;
    if (this.real === 0 && !Object.is(this.real, -0)) return imag;
    return `(${part(this.real)}${/^[-+]/.test(imag) ? '' : '+'}${imag})`;
  }

  [TRUTH](): boolean {
    return this.real !== 0 || this.imag !== 0;
  }

  [EQ](other: unknown): boolean | typeof NOT_IMPLEMENTED {
    const right = toComplex(other);
    if (right === undefined) return NOT_IMPLEMENTED;
    return this.real === right.real && this.imag === right.imag;
  }

  [HASH](): string {
    return `\u0000c${this.real},${this.imag}`;
  }

  [ATTR](name: string): unknown {
    if (name === 'real') return toFloat(this.real);
    return name === 'imag' ? toFloat(this.imag) : MISSING;
  }

  [UNARY](op: '-' | '+'): Complex {
    return op === '-' ? new Complex(-this.real, -this.imag) : this;
  }

  [BINARY](op: BinaryOp, other: unknown, reflected: boolean): unknown {
    const right = toComplex(other);
    if (right === undefined) return NOT_IMPLEMENTED;
    return reflected ? compute(op, right, this) : compute(op, this, right);
  }
}

/** A component as `repr` prints it: without `.0`. */
function part(value: number): string {
  return floatText(value).replace(/\.0$/, '');
}

function toComplex(value: unknown): Complex | undefined {
  if (value instanceof Complex) return value;
  const int = asInt(value);
  const real = int === undefined ? asFloat(value) : Number(int);
  return real === undefined ? undefined : new Complex(real, 0);
}

function compute(op: BinaryOp, a: Complex, b: Complex): unknown {
  switch (op) {
    case '+':
      return new Complex(a.real + b.real, a.imag + b.imag);
    case '-':
      return new Complex(a.real - b.real, a.imag - b.imag);
    case '*':
      return new Complex(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real);
    case '/':
      return divide(a, b);
    case '**':
      return power(a, b);
    default:
      return NOT_IMPLEMENTED;
  }
}

/** Smith's method, as CPython's _Py_c_quot: scaled by the larger part of the divisor. */
function divide(a: Complex, b: Complex): Complex {
  if (b.real === 0 && b.imag === 0) throw new PyZeroDivisionError('complex division by zero');
  if (Math.abs(b.real) >= Math.abs(b.imag)) {
    const ratio = b.imag / b.real;
    const scale = b.real + b.imag * ratio;
    return new Complex((a.real + a.imag * ratio) / scale, (a.imag - a.real * ratio) / scale);
  }
  const ratio = b.real / b.imag;
  const scale = b.real * ratio + b.imag;
  return new Complex((a.real * ratio + a.imag) / scale, (a.imag * ratio - a.real) / scale);
}

/** Polar form, as CPython's _Py_c_pow. */
export function power(a: Complex, b: Complex): Complex {
  if (b.real === 0 && b.imag === 0) return new Complex(1, 0);
  const size = Math.hypot(a.real, a.imag);
  if (size === 0) {
    if (b.imag !== 0 || b.real < 0) {
      throw new PyZeroDivisionError('0.0 to a negative or complex power');
    }
    return new Complex(0, 0);
  }
  const angle = Math.atan2(a.imag, a.real);
  let length = size ** b.real;
  let phase = angle * b.real;
  if (b.imag !== 0) {
    length *= Math.exp(-angle * b.imag);
    phase += b.imag * Math.log(size);
  }
  return new Complex(length * Math.cos(phase), length * Math.sin(phase));
}
