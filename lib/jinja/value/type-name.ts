import { DictView } from './dict-view.js';
import { Generator } from './generator.js';
import { Float } from './number.js';
import { isPlainObject } from './plain-object.js';
import { STRING, TYPE_NAME, hooks } from './protocol.js';
import { Range } from './range.js';
import { FrozenSet } from './set.js';
import { Slice } from './slice.js';
import { Tuple } from './tuple.js';

function className(value: object): string {
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === 'object' && prototype !== null) {
    const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
    if (typeof constructor === 'function' && constructor.name !== '') return constructor.name;
    prototype = Object.getPrototypeOf(prototype);
  }
  return 'object';
}

function objectTypeName(value: object): string {
  const custom = hooks(value)?.[TYPE_NAME];
  if (custom !== undefined) return custom;
  if (Array.isArray(value)) return value instanceof Tuple ? 'tuple' : 'list';
  if (value instanceof Map || isPlainObject(value)) return 'dict';
  if (value instanceof Float) return 'float';
  if (value instanceof Set) return value instanceof FrozenSet ? 'frozenset' : 'set';
  if (value instanceof Range) return 'range';
  if (value instanceof DictView) return `dict_${value.kind}`;
  if (value instanceof Generator) return value.type;
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Slice) return 'slice';
  if (value instanceof String || hooks(value)?.[STRING] !== undefined) return 'str';
  if (value instanceof Number) return Number.isInteger(value.valueOf()) ? 'int' : 'float';
  if (value instanceof Boolean) return 'bool';
  if (value instanceof Date) return 'datetime.datetime';
  return className(value);
}

/** True for functions that were written as a class, which Python calls to make an instance. */
export function isClass(value: CallableFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

/** The name of a value's Python type, as `type(value).__name__` and CPython's messages print it. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'undefined':
      return 'Undefined';
    case 'symbol':
      return 'symbol';
    case 'function':
      return hooks(value)?.[TYPE_NAME] ?? (isClass(value) ? 'type' : 'function');
    case 'object':
      return value === null ? 'NoneType' : objectTypeName(value);
  }
}
