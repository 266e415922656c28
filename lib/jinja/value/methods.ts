import { DictView } from './dict-view.js';
import { Generator } from './generator.js';
import { bytesMethods } from './methods-bytes.js';
import { dictMethods, dictViewMethods } from './methods-dict.js';
import { listMethods, rangeMethods, sliceMethods, tupleMethods } from './methods-list.js';
import { floatMethods, intMethods } from './methods-number.js';
import { frozenSetMethods, setMethods } from './methods-set.js';
import { strMethods } from './methods-str.js';
import { generatorMethods } from './methods-generator.js';
import { Float } from './number.js';
import { isPlainObject } from './plain-object.js';
import { Range } from './range.js';
import { FrozenSet } from './set.js';
import { Slice } from './slice.js';
import { Tuple } from './tuple.js';
import type { MethodTable } from './method.js';

function objectMethods(value: object): MethodTable | undefined {
  if (Array.isArray(value)) return value instanceof Tuple ? tupleMethods : listMethods;
  if (value instanceof Map || isPlainObject(value)) return dictMethods;
  if (value instanceof Float) return floatMethods;
  if (value instanceof Set) return value instanceof FrozenSet ? frozenSetMethods : setMethods;
  if (value instanceof DictView) return dictViewMethods[value.kind];
  if (value instanceof Range) return rangeMethods;
  if (value instanceof Generator) return generatorMethods;
  if (value instanceof Uint8Array) return bytesMethods;
  return value instanceof Slice ? sliceMethods : undefined;
}

/** The methods of a value's Python type; undefined when the type has none of its own. */
export function methodsOf(value: unknown): MethodTable | undefined {
  switch (typeof value) {
    case 'string':
      return strMethods;
    case 'number':
      return Number.isInteger(value) ? intMethods : floatMethods;
    case 'boolean':
    case 'bigint':
      return intMethods;
    case 'object':
      return value === null ? undefined : objectMethods(value);
    default:
      return undefined;
  }
}
