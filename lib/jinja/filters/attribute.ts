import type { Environment } from '../environment.js';
import { Markup } from '../markup.js';
import { Undefined } from '../undefined.js';
import { toInt } from '../value/parse-number.js';
import { asString } from '../value/protocol.js';
import { call } from '../value/callable.js';
import { getAttribute } from '../value/attribute.js';

type Getter = (item: unknown) => unknown;

const identity: Getter = (value) => value;

/** Strings compare without case; everything else as it is. */
export function ignoreCase(value: unknown): unknown {
  if (typeof value === 'string') return value.toLowerCase();
  return asString(value) === undefined ? value : call(getAttribute(value, 'lower'), []);
}

const DIGITS = /^\p{Nd}+$/u;

/** `a.0.b` is the path a, 0, b; an int is a path of one step; None is no path at all. */
function pathOf(attribute: unknown): readonly unknown[] {
  if (attribute === null || attribute === undefined) return [];
  const text = asString(attribute);
  if (text === undefined) return [attribute];
  // The steps of a Markup are Markup, as error messages show.
  const step = (part: string): unknown => (attribute instanceof Markup ? new Markup(part) : part);
  return text.split('.').map((part) => (DIGITS.test(part) ? toInt(part) : step(part)));
}

function follow(environment: Environment, item: unknown, path: readonly unknown[]): unknown {
  let value = item;
  for (const part of path) value = environment.getitem(value, part);
  return value;
}

/**
 * Returns a function that looks up `attribute` (a dotted path, or an index) on an item, by
 * subscript first, as templates do with `item[part]`; a missing step becomes `fallback` unless that
 * is None. Source: jinja2.filters.make_attrgetter @3.1.6
 */
export function makeAttrgetter(
  environment: Environment,
  attribute: unknown,
  postprocess: Getter = identity,
  fallback: unknown = null,
): Getter {
  const path = pathOf(attribute);
  if (path.length === 0) return postprocess;
  if (fallback === null) {
    const [only] = path;
    if (path.length === 1) return (item) => postprocess(environment.getitem(item, only));
    return (item) => postprocess(follow(environment, item, path));
  }
  return (item) => {
    let value = item;
    for (const part of path) {
      value = environment.getitem(value, part);
      if (value instanceof Undefined) value = fallback;
    }
    return postprocess(value);
  };
}

/**
 * As `makeAttrgetter` for several attributes separated by commas; the result is a list of values.
 * Source: jinja2.filters.make_multi_attrgetter @3.1.6
 */
export function makeMultiAttrgetter(
  environment: Environment,
  attribute: unknown,
  postprocess: Getter = identity,
): (item: unknown) => unknown[] {
  const text = asString(attribute);
  const paths = (text === undefined ? [attribute] : text.split(',')).map(pathOf);
  return (item) => paths.map((path) => postprocess(follow(environment, item, path)));
}
