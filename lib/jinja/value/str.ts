import { floatText } from './float-text.js';
import { intText } from './int-text.js';
import { STR, STRING, hooks } from './protocol.js';
import { objectText } from './repr.js';

/** Python's `str(value)`. JavaScript's `undefined` prints as nothing. */
export function str(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isInteger(value) ? intText(value) : floatText(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'undefined':
      return '';
    case 'bigint':
      return intText(value);
    case 'symbol':
      return String(value);
    default: {
      if (value === null) return 'None';
      const custom = hooks(value);
      if (custom?.[STR] !== undefined) return custom[STR]();
      return custom?.[STRING] ?? objectText(value as object, 'str');
    }
  }
}

/** Python's `''.join(map(str, values))`: what `~` prints. */
export function concat(values: readonly unknown[]): string {
  let text = '';
  for (const value of values) text += typeof value === 'string' ? value : str(value);
  return text;
}
