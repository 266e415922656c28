import { call, type Kwargs } from './callable.js';
import { getAttribute } from './attribute.js';
import { ATTR, CALL, ITEM, MISSING, REPR, TYPE_NAME } from './protocol.js';
import { PyTypeError } from './py-error.js';
import { repr } from './repr.js';
import { Tuple, tupleFrom } from './tuple.js';
import { PyType } from './types.js';

/** The built-in types that take a subscript. */
const GENERIC: ReadonlySet<string> = new Set(['dict', 'frozenset', 'list', 'set', 'tuple', 'type']);

/** `dict['x']`: what Python makes of a type with a subscript. Jinja finds it for `dict.x`. */
export class GenericAlias {
  readonly origin: PyType;
  readonly args: Tuple;

  constructor(origin: PyType, key: unknown) {
    this.origin = origin;
    this.args = key instanceof Tuple ? key : tupleFrom([key]);
  }

  get [TYPE_NAME](): string {
    return 'types.GenericAlias';
  }

  [REPR](): string {
    const args = this.args.map((arg) => (arg instanceof PyType ? arg.name : repr(arg)));
    return `${this.origin.name}[${this.args.length === 0 ? '()' : args.join(', ')}]`;
  }

  [ATTR](name: string): unknown {
    if (name === '__origin__') return this.origin;
    if (name === '__args__') return this.args;
    if (name === '__class__') return MISSING;
    return getAttribute(this.origin, name);
  }

  [ITEM](): unknown {
    throw new PyTypeError(`${this[REPR]()} is not a generic class`);
  }

  [CALL](args: unknown[], kwargs: Kwargs | undefined): unknown {
    return call(this.origin, args, kwargs);
  }
}

/** Python's `type[key]`. Throws PyTypeError for types that are not generic. */
export function subscriptType(type: PyType, key: unknown): GenericAlias {
  if (GENERIC.has(type.name)) return new GenericAlias(type, key);
  throw new PyTypeError(`type '${type.name}' is not subscriptable`);
}
