import { dictGet, isDict } from './dict.js';
import { dunder } from './dunder.js';
import { getItem } from './item.js';
import { javaScriptAttribute } from './js-object.js';
import { BoundMethod } from './method.js';
import { methodsOf } from './methods.js';
import { isPlainObject } from './plain-object.js';
import { ATTR, ITEM, MISSING, STRING, asString, hooks, type PythonObject } from './protocol.js';
import { PyAttributeError, PyLookupError, PyTypeError } from './py-error.js';
import { bindIfPlain } from './js-object.js';

export { getItem, slice } from './item.js';
export { Slice } from './slice.js';

/** Properties run, methods are bound; MISSING when the type has no such name. */
function builtinAttribute(value: unknown, name: string): unknown {
  const method = methodsOf(value)?.().get(name);
  if (method === undefined) return MISSING;
  return method.definition.bind === undefined
    ? method.invoke(value, [], undefined)
    : new BoundMethod(value, method);
}

function objectAttribute(value: object, name: string): unknown {
  const custom = value as PythonObject;
  if (custom[ATTR] !== undefined) {
    const found = custom[ATTR](name);
    return found === MISSING && name === '__class__' ? dunder(value, name) : found;
  }
  if (custom[STRING] !== undefined) return getAttribute(custom[STRING], name);
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return getAttribute(value.valueOf(), name);
  }
  const builtin = builtinAttribute(value, name);
  if (builtin !== MISSING) return builtin;
  const special = name.startsWith('__') ? dunder(value, name) : MISSING;
  if (special !== MISSING) return special;
  return methodsOf(value) === undefined ? javaScriptAttribute(value, name) : MISSING;
}

/**
 * Python's `getattr(value, name)`: attributes and bound methods of built-in types; own properties,
 * accessors and methods of JavaScript objects. MISSING when there is none. Members of
 * Object.prototype and Function.prototype, `constructor`, `prototype` and the like do not exist.
 */
export function getAttribute(value: unknown, name: string): unknown {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    return objectAttribute(value, name);
  }
  const builtin = builtinAttribute(value, name);
  return builtin === MISSING && name.startsWith('__') ? dunder(value, name) : builtin;
}

/** The errors of a look-up that Jinja turns into Undefined. */
function isLookupFailure(error: unknown): boolean {
  return (
    error instanceof PyTypeError ||
    error instanceof PyLookupError ||
    error instanceof PyAttributeError
  );
}

function itemOrMissing(value: unknown, key: unknown): unknown {
  // Only dicts and objects with their own rules have items under a name; no need to raise.
  if (typeof key === 'string' && !isDict(value) && hooks(value)?.[ITEM] === undefined) {
    return MISSING;
  }
  try {
    const item = getItem(value, key);
    return item === undefined ? MISSING : item;
  } catch (error) {
    if (isLookupFailure(error)) return MISSING;
    throw error;
  }
}

/**
 * Jinja's `value.name`: the attribute, else the item; MISSING when there is neither. A JavaScript
 * `undefined` counts as missing. Source: jinja2.Environment.getattr @3.1.6
 */
export function resolveAttribute(value: unknown, name: string): unknown {
  if (isDict(value) && (value as PythonObject)[ATTR] === undefined) {
    const method = builtinAttribute(value, name);
    if (method !== MISSING) return method;
    const item = dictGet(value, name);
    if (item !== MISSING) return isPlainObject(value) ? bindIfPlain(item, value) : item;
    return name.startsWith('__') ? dunder(value, name) : MISSING;
  }
  const attribute = getAttribute(value, name);
  if (attribute !== MISSING && attribute !== undefined) return attribute;
  return itemOrMissing(value, name);
}

/**
 * Jinja's `value[key]`: the item, else for a str the attribute; MISSING when there is neither.
 * Source: jinja2.Environment.getitem @3.1.6
 */
export function resolveItem(value: unknown, key: unknown): unknown {
  let item: unknown;
  if (isDict(value) && typeof key === 'string') {
    item = dictGet(value, key);
    if (isPlainObject(value)) item = bindIfPlain(item, value);
  } else if (Array.isArray(value) && typeof key === 'number' && Number.isInteger(key)) {
    item = value[key < 0 ? key + value.length : key];
  } else {
    item = itemOrMissing(value, key);
  }
  if (item !== MISSING && item !== undefined) return item;
  const name = asString(key);
  if (name === undefined) return MISSING;
  const attribute = getAttribute(value, name);
  return attribute === undefined ? MISSING : attribute;
}
