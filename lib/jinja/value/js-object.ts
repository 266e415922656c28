import { PASS } from './callable.js';
import { CALL, MISSING, hooks } from './protocol.js';
import { isClass } from './type-name.js';

/** Names that lead out of the data into the language. */
const HIDDEN: ReadonlySet<string> = new Set([
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  'caller',
  'callee',
  'arguments',
]);

function findProperty(object: object, name: string): PropertyDescriptor | undefined {
  let holder: object | null = object;
  while (holder !== null && holder !== Object.prototype && holder !== Function.prototype) {
    const found = Object.getOwnPropertyDescriptor(holder, name);
    if (found !== undefined) {
      // A function's `name` and `length`, and the static methods of a class, are not enumerable.
      return typeof object === 'function' && !found.enumerable ? undefined : found;
    }
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return undefined;
}

/** A method of a JavaScript object that keeps its `this` when a template calls it. */
function bindMethod(method: CallableFunction, self: object): unknown {
  const bound = (...args: unknown[]): unknown => Reflect.apply(method, self, args);
  Object.defineProperty(bound, 'name', { value: method.name });
  return bound;
}

/** Binds a function found on an object, unless it carries its own calling rules or a pass mark. */
export function bindIfPlain(value: unknown, self: object): unknown {
  if (typeof value !== 'function') return value;
  if (hooks(value)?.[CALL] !== undefined || PASS in value || isClass(value)) return value;
  return bindMethod(value, self);
}

/**
 * An attribute of a JavaScript object as a template sees it: own properties, accessors and methods
 * of its classes, methods bound. MISSING for everything else.
 */
export function javaScriptAttribute(object: object, name: string): unknown {
  if (HIDDEN.has(name)) return MISSING;
  const property = findProperty(object, name);
  if (property === undefined) {
    return typeof object === 'function' && name === '__name__' ? object.name : MISSING;
  }
  const value: unknown = property.get ? Reflect.apply(property.get, object, []) : property.value;
  return value === undefined ? MISSING : bindIfPlain(value, object);
}
