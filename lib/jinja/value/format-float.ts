import { exponentText, fixedText, generalText } from './decimal.js';
import { floatText } from './float-text.js';

export type FloatType = 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'r';

/**
 * The digits of a float's absolute value in one of C's printf styles. `r` is Python's default: the
 * repr, or with a precision a `g` that keeps a decimal point.
 */
export function formatFloat(
  value: number,
  type: FloatType,
  precision: number,
  alternate: boolean,
): string {
  const text = digits(Math.abs(value), type.toLowerCase(), precision, alternate);
  return type === 'E' || type === 'F' || type === 'G' ? text.toUpperCase() : text;
}

function digits(size: number, type: string, precision: number, alternate: boolean): string {
  if (!Number.isFinite(size)) return Number.isNaN(size) ? 'nan' : 'inf';
  switch (type) {
    case 'f': {
      const text = fixedText(size, precision);
      return alternate && precision === 0 ? `${text}.` : text;
    }
    case 'e': {
      const text = exponentText(size, precision);
      return alternate && precision === 0 ? text.replace('e', '.e') : text;
    }
    case 'g':
      return generalText(size, precision, alternate, false);
    default: {
      if (precision >= 0) return generalText(size, precision, alternate, true);
      const text = floatText(size);
      return alternate && !text.includes('.') ? text.replace('e', '.e') : text;
    }
  }
}
