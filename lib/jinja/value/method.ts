import { address } from './address.js';
import type { Kwargs } from './callable.js';
import { keyOf } from './hash.js';
import { asInt } from './number.js';
import { ATTR, CALL, EQ, HASH, MISSING, NOT_IMPLEMENTED, REPR, TYPE_NAME } from './protocol.js';
import { PyOverflowError, PyTypeError } from './py-error.js';
import { typeName } from './type-name.js';

type Bind = (owner: string, name: string, args: unknown[], kwargs: Kwargs | undefined) => unknown[];
type Impl = (self: unknown, ...args: unknown[]) => unknown;

/** How a built-in method takes its arguments, and what it does; made by the functions below. */
export interface Definition {
  /** Undefined for a property: `impl` runs on access. */
  readonly bind: Bind | undefined;
  readonly impl: Impl;
  /** True for class methods and static methods, which ignore their instance. */
  readonly isStatic?: boolean;
  /** True for special methods that CPython wraps around a C slot. */
  readonly isWrapper?: boolean;
}

/** A method of a built-in type. */
export class Method {
  readonly owner: string;
  readonly name: string;
  readonly definition: Definition;

  constructor(owner: string, name: string, definition: Definition) {
    this.owner = owner;
    this.name = name;
    this.definition = definition;
  }

  /** Calls the method on `self`. Throws CPython's TypeErrors for arguments that do not fit. */
  invoke(self: unknown, args: unknown[], kwargs: Kwargs | undefined): unknown {
    const { bind, impl } = this.definition;
    if (bind === undefined) return impl(self);
    const given = kwargs !== undefined && kwargs.size > 0 ? kwargs : undefined;
    const owner = typeof self === 'boolean' ? 'bool' : this.owner;
    const values = bind(owner, this.name, args, given);
    switch (values.length) {
      case 0:
        return impl(self);
      case 1:
        return impl(self, values[0]);
      default:
        return impl(self, ...values);
    }
  }
}

/** `'abc'.upper`, not called yet. */
export class BoundMethod {
  readonly self: unknown;
  readonly method: Method;

  constructor(self: unknown, method: Method) {
    this.self = self;
    this.method = method;
  }

  get [TYPE_NAME](): string {
    return this.method.definition.isWrapper === true
      ? 'method-wrapper'
      : 'builtin_function_or_method';
  }

  [CALL](args: unknown[], kwargs: Kwargs | undefined): unknown {
    return this.method.invoke(this.self, args, kwargs);
  }

  [REPR](): string {
    const { name, owner } = this.method;
    const at = typeof this.self === 'object' && this.self !== null ? this.self : this;
    const type = typeof this.self === 'boolean' ? 'bool' : owner;
    const of = this.method.definition.isStatic === true ? 'type' : type;
    return this.method.definition.isWrapper === true
      ? `<method-wrapper '${name}' of ${of} object at ${address(at)}>`
      : `<built-in method ${name} of ${of} object at ${address(at)}>`;
  }

  [EQ](other: unknown): boolean | typeof NOT_IMPLEMENTED {
    if (!(other instanceof BoundMethod)) return NOT_IMPLEMENTED;
    return other.method === this.method && Object.is(other.self, this.self);
  }

  [HASH](): string {
    const self =
      typeof this.self === 'object' && this.self !== null ? address(this.self) : this.self;
    return `\u0000m${this.method.owner}.${this.method.name}:${String(keyOf(self))}`;
  }

  [ATTR](name: string): unknown {
    switch (name) {
      case '__name__':
        return this.method.name;
      case '__qualname__':
        return `${this.method.owner}.${this.method.name}`;
      case '__self__':
        return this.self;
      default:
        return MISSING;
    }
  }
}

/** The methods of a type by name, built when the first one is asked for. */
export type MethodTable = () => ReadonlyMap<string, Method>;

/** Makes the table of a type's methods from their definitions. */
export function methodTable(
  owner: string,
  definitions: () => Readonly<Record<string, Definition>>,
): MethodTable {
  let table: Map<string, Method> | undefined;
  return () => {
    table ??= new Map(
      Object.entries(definitions()).map(([name, def]) => [name, new Method(owner, name, def)]),
    );
    return table;
  };
}

function refuseKeywords(owner: string, name: string, kwargs: Kwargs | undefined): void {
  if (kwargs !== undefined) {
    throw new PyTypeError(`${owner}.${name}() takes no keyword arguments`);
  }
}

const s = (count: number): string => (count === 1 ? '' : 's');

/** A method without arguments. */
export function none<S>(impl: (self: S) => unknown): Definition {
  const bind: Bind = (owner, name, args, kwargs) => {
    refuseKeywords(owner, name, kwargs);
    if (args.length === 0) return args;
    throw new PyTypeError(`${owner}.${name}() takes no arguments (${args.length} given)`);
  };
  return { bind, impl: impl as Impl };
}

/** A method of exactly one positional argument. */
export function one<S>(impl: (self: S, value: unknown) => unknown): Definition {
  const bind: Bind = (owner, name, args, kwargs) => {
    refuseKeywords(owner, name, kwargs);
    if (args.length === 1) return args;
    throw new PyTypeError(`${owner}.${name}() takes exactly one argument (${args.length} given)`);
  };
  return { bind, impl: impl as Impl };
}

/** A method of `min` to `max` positional arguments, with the messages of Argument Clinic. */
export function positional<S>(
  min: number,
  max: number,
  impl: (self: S, ...args: unknown[]) => unknown,
): Definition {
  const bind: Bind = (owner, name, args, kwargs) => {
    refuseKeywords(owner, name, kwargs);
    const got = args.length;
    if (got >= min && got <= max) return args;
    const limit = got < min ? min : max;
    const bound = min === max ? '' : got < min ? 'at least ' : 'at most ';
    throw new PyTypeError(`${name} expected ${bound}${limit} argument${s(limit)}, got ${got}`);
  };
  return { bind, impl: impl as Impl };
}

/** As `positional`, with the messages of C's PyArg_ParseTuple. */
export function parsed<S>(
  min: number,
  max: number,
  impl: (self: S, ...args: unknown[]) => unknown,
): Definition {
  const bind: Bind = (_owner, name, args, kwargs) => {
    if (kwargs !== undefined) throw new PyTypeError(`${name}() takes no keyword arguments`);
    const got = args.length;
    if (got >= min && got <= max) return args;
    const [bound, limit] = got < min ? ['at least', min] : ['at most', max];
    throw new PyTypeError(`${name}() takes ${bound} ${limit} argument${s(limit)} (${got} given)`);
  };
  return { bind, impl: impl as Impl };
}

/** How keyword parameters are passed: how many may be positional, how many are needed. */
export interface KeywordShape {
  readonly positional?: number;
  readonly required?: number;
  /** Leading parameters that have no name to a caller, and are needed. */
  readonly positionalOnly?: number;
}

/** A method whose parameters may be named. Those that are not given arrive as undefined. */
export function keywords<S>(
  names: readonly string[],
  impl: (self: S, ...args: unknown[]) => unknown,
  shape: KeywordShape = {},
): Definition {
  const { positional: most = names.length, required = 0, positionalOnly = 0 } = shape;
  const bind: Bind = (_owner, name, args, kwargs) => {
    const total = args.length + (kwargs?.size ?? 0);
    if (total > names.length) {
      const kind = args.length === 0 ? 'keyword ' : '';
      const bound = required === names.length ? 'exactly' : 'at most';
      throw new PyTypeError(
        `${name}() takes ${bound} ${names.length} ${kind}argument${s(names.length)} (${total} given)`,
      );
    }
    if (args.length > most) {
      const takes =
        most === 0 ? 'no positional arguments' : `at most ${most} positional argument${s(most)}`;
      const given = most === 0 ? '' : ` (${args.length} given)`;
      throw new PyTypeError(`${name}() takes ${takes}${given}`);
    }
    if (args.length < positionalOnly) {
      throw new PyTypeError(
        `${name}() takes at least ${positionalOnly} positional argument${s(positionalOnly)} ` +
          `(${args.length} given)`,
      );
    }
    const values: unknown[] = names.map((parameter, i) =>
      i < args.length ? args[i] : kwargs?.get(parameter),
    );
    for (let i = args.length; i < required; i++) {
      const parameter = names[i] ?? '';
      if (kwargs?.has(parameter) !== true) {
        throw new PyTypeError(`${name}() missing required argument '${parameter}' (pos ${i + 1})`);
      }
    }
    for (const key of kwargs?.keys() ?? []) {
      const at = names.indexOf(key);
      if (at < 0) {
        throw new PyTypeError(`'${key}' is an invalid keyword argument for ${name}()`);
      }
      if (at < args.length) {
        throw new PyTypeError(
          `argument for ${name}() given by name ('${key}') and position (${at + 1})`,
        );
      }
    }
    return values;
  };
  return { bind, impl: impl as Impl };
}

/** A special method of exactly `count` arguments, with the messages of CPython's slot wrappers. */
export function wrapper<S>(
  count: number,
  impl: (self: S, ...args: unknown[]) => unknown,
): Definition {
  const bind: Bind = (_owner, name, args, kwargs) => {
    if (kwargs !== undefined) {
      throw new PyTypeError(`wrapper ${name}() takes no keyword arguments`);
    }
    if (args.length === count) return args;
    throw new PyTypeError(`expected ${count} argument${s(count)}, got ${args.length}`);
  };
  return { bind, impl: impl as Impl, isWrapper: true };
}

/** A method that takes anything: `impl` receives the arguments as an array and the keywords. */
export function anything<S>(
  impl: (self: S, args: unknown[], kwargs: Kwargs | undefined) => unknown,
): Definition {
  return { bind: (_owner, _name, args, kwargs) => [args, kwargs], impl: impl as Impl };
}

/** A method of any number of positional arguments. */
export function variadic<S>(impl: (self: S, ...args: unknown[]) => unknown): Definition {
  const bind: Bind = (owner, name, args, kwargs) => {
    refuseKeywords(owner, name, kwargs);
    return args;
  };
  return { bind, impl: impl as Impl };
}

/** Marks a class or static method: reachable on the type itself, too. */
export function onType(definition: Definition): Definition {
  return { ...definition, isStatic: true };
}

/** An attribute that is computed when it is read. */
export function property<S>(impl: (self: S) => unknown): Definition {
  return { bind: undefined, impl: impl as Impl };
}

/** Python's `__index__`: an int within ±2^63, as a number. Throws CPython's errors. */
export function toIndex(value: unknown): number {
  const int = asInt(value);
  if (int === undefined) {
    throw new PyTypeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  }
  if (int > 0x7fff_ffff_ffff_ffffn || int < -0x8000_0000_0000_0000n) {
    throw new PyOverflowError('Python int too large to convert to C ssize_t');
  }
  return Number(int);
}

/** A bound of `find`, `index` or `count`: clamped, None or nothing means `fallback`. */
export function toBound(value: unknown, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  const int = asInt(value);
  if (int === undefined) {
    throw new PyTypeError('slice indices must be integers or None or have an __index__ method');
  }
  return Number(int);
}
