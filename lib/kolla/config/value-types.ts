import { repr } from '../../jinja/value/repr.js';
import type { OptionType } from '../option-spec.js';
import { strip } from './strip.js';

/** What a text has to be, resolved for one series. */
export interface ValueType {
  readonly type: OptionType;
  readonly choices?: readonly string[] | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A converted value. An integer is `null` when its text is blank. */
export type Value =
  string | boolean | number | null | readonly string[] | ReadonlyMap<string, string>;

/** A text that its type does not take; `message` is Python's. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

const TRUE = new Set(['true', '1', 'on', 'yes']);
const FALSE = new Set(['false', '0', 'off', 'no']);

/** Reads one text as oslo.config's types do; throws `ValueError`. The items of a `multi` option are
 *  strings, so each is read on its own. Source: oslo.config: types.py @10.7.0. */
export function convert(spec: ValueType, text: string): Value {
  switch (spec.type) {
    case 'string':
    case 'multi':
      return choice(spec.choices, text);
    case 'bool':
      return boolean(text);
    case 'int':
      return integer(spec, text);
    case 'list':
      return list(text);
    case 'dict':
      return dict(text);
  }
}

/** How oslo.config names the type in `Invalid <type> value: <text>`. */
export function describeType(spec: ValueType): string {
  switch (spec.type) {
    case 'string':
    case 'multi':
      return spec.choices ? `String(choices=${repr([...spec.choices])})` : 'String';
    case 'bool':
      return 'Boolean';
    case 'int':
      return `Integer${limits(spec)}`;
    case 'list':
      return 'List of String';
    case 'dict':
      return 'Dict of String';
  }
}

function limits({ min, max }: ValueType): string {
  const parts = [
    ...(min === undefined ? [] : [`min=${min}`]),
    ...(max === undefined ? [] : [`max=${max}`]),
  ];
  return parts.length === 0 ? '' : `(${parts.join(', ')})`;
}

function choice(choices: readonly string[] | undefined, text: string): string {
  if (!choices || choices.includes(text)) return text;
  throw new ValueError(`Valid values are [${choices.join(', ')}], but found ${repr(text)}`);
}

function boolean(text: string): boolean {
  const lower = text.toLowerCase();
  if (TRUE.has(lower)) return true;
  if (FALSE.has(lower)) return false;
  throw new ValueError(`Unexpected boolean value ${repr(text)}`);
}

function integer({ min, max }: ValueType, text: string): number | null {
  const digits = strip(text);
  if (digits === '') return null;
  if (!/^[+-]?\d+(?:_\d+)*$/.test(digits)) {
    throw new ValueError(`invalid literal for int() with base 10: ${repr(text)}`);
  }
  const value = Number(digits.replaceAll('_', ''));
  if (min !== undefined && value < min) {
    throw new ValueError(`Should be greater than or equal to ${min}`);
  }
  if (max !== undefined && value > max) {
    throw new ValueError(`Should be less than or equal to ${max}`);
  }
  return value;
}

function list(text: string): readonly string[] {
  const items = strip(text).replace(/,+$/, '');
  return items === '' ? [] : items.split(',').map(strip);
}

function dict(text: string): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  const pairs = strip(text);
  if (pairs === '') return result;
  let piece: string | undefined;
  for (const part of pairs.split(',')) {
    piece = piece === undefined ? part : `${piece},${part}`;
    const colon = piece.indexOf(':');
    // A piece without a colon is glued to the next one: "y,b:2" is the key "y,b".
    if (colon < 0) continue;
    const key = strip(piece.slice(0, colon));
    if (key === '') throw new ValueError('Key name should not be empty');
    if (result.has(key)) throw new ValueError(`Duplicate key ${key}`);
    result.set(key, strip(piece.slice(colon + 1)));
    piece = undefined;
  }
  if (piece !== undefined) {
    throw new ValueError('Value should be NAME:VALUE pairs separated by ","');
  }
  return result;
}
