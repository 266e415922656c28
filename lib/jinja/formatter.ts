import { getItem } from './value/attribute.js';
import { formatString, type FormatHooks } from './value/format-string.js';
import { MISSING } from './value/protocol.js';
import { PyIndexError, PyKeyError } from './value/py-error.js';
import { repr } from './value/repr.js';

/**
 * Formats as Python's `string.Formatter.vformat(text, args, kwargs)`, which differs from `str.format`
 * in what `kwargs` may be (any mapping) and in a message. `hooks` replace how fields reach into
 * values and how they are printed.
 */
export function vformat(
  text: string,
  args: readonly unknown[],
  kwargs: unknown,
  hooks: FormatHooks,
): string {
  const named = {
    has: () => true,
    get: (name: string): unknown => {
      const value = getItem(kwargs, name);
      if (value === MISSING) throw new PyKeyError(repr(name));
      return value;
    },
  };
  try {
    return formatString(text, args, named as unknown as ReadonlyMap<string, unknown>, hooks);
  } catch (error) {
    if (error instanceof PyIndexError && error.message.startsWith('Replacement index')) {
      throw new PyIndexError('tuple index out of range');
    }
    throw error;
  }
}
