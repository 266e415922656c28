import { nearest } from '../nearest.js';
import type { OptionIdentity } from '../option-spec.js';
import { camelCase } from './camel-case.js';
import { UsageError } from './errors.js';
import { destOf, type Given, type Namespace } from './namespace.js';

const ORIGIN = { kind: 'command line' } as const;

/** Sets options from a program's values, by camelCase name; they count as a command line that is last
 *  of all, and their text is taken as it is. `undefined` and `null` leave an option alone. Throws
 *  `UsageError` for a name that the series does not have. */
export function applyValues(
  namespace: Namespace,
  table: readonly OptionIdentity[],
  values: Readonly<Record<string, unknown>>,
): void {
  const byName = new Map(table.map((option) => [camelCase(destOf(option)), option]));
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    const option = byName.get(name);
    if (!option) {
      const meant = nearest(name, byName.keys());
      throw new UsageError(
        `There is no option ${name}`,
        meant === undefined ? undefined : `did you mean ${meant}?`,
      );
    }
    namespace.set(option, given(option, value));
  }
}

function given(option: OptionIdentity, value: unknown): Given[] {
  const one = (item: string | boolean): Given => ({ value: item, origin: ORIGIN, literal: true });
  if (typeof value === 'boolean') return [one(value)];
  if (option.type === 'multi') return [value].flat().map((item) => one(String(item)));
  if (Array.isArray(value)) return [one(value.join(','))];
  if (option.type === 'dict' && typeof value === 'object') {
    const entries = value instanceof Map ? [...value] : Object.entries(value as object);
    return [one(entries.map(([key, item]) => `${String(key)}:${String(item)}`).join(','))];
  }
  return [one(String(value))];
}
