import type { OwnVariable } from '../series-facts.js';
import { isKnownVariable } from '../variables.js';
import { readPythonLocal } from './python-reader.js';
import { PythonDict, Unreadable, type PythonValue } from './python-values.js';

/** Variables that the program does not take from options, and that every image gets. */
const PER_IMAGE = new Set(['image_name', 'users', 'env', 'parent_template']);

/**
 * Reads where the variables come from that only this kolla gives to templates: an option
 * (`self.conf.site`, or `self.site` after `self.site = conf.site`) or a literal. `unread` hears of the
 * rest, which stay undefined.
 */
export function readOwnVariables(
  worker: string,
  unread: (name: string, value: PythonValue) => void,
): Record<string, OwnVariable> {
  const values = readPythonLocal(worker, 'values');
  const own: Record<string, OwnVariable> = {};
  if (!(values instanceof PythonDict)) return own;
  for (const [name, value] of values.entries) {
    if (typeof name !== 'string' || isKnownVariable(name) || PER_IMAGE.has(name)) continue;
    const option = value instanceof Unreadable ? optionBehind(value.path, worker) : undefined;
    if (option !== undefined) own[name] = { option };
    else if (isScalar(value)) own[name] = { value };
    else unread(`variable ${name}`, value);
  }
  return own;
}

const isScalar = (value: PythonValue): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

function optionBehind(path: string | undefined, worker: string): string | undefined {
  const direct = /^(?:self\.)?conf\.(\w+)$/.exec(path ?? '')?.[1];
  if (direct !== undefined || path === undefined) return direct;
  const attribute = /^self\.(\w+)$/.exec(path)?.[1];
  if (attribute === undefined) return undefined;
  const assigned = [
    ...worker.matchAll(new RegExp(`^ *self\\.${attribute} = (?:self\\.)?conf\\.(\\w+)$`, 'gm')),
  ];
  const all = [...worker.matchAll(new RegExp(`^ *self\\.${attribute} = `, 'gm'))];
  return all.length === 1 ? assigned[0]?.[1] : undefined;
}
