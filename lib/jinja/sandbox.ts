import { checkBinop, checkFormatSpec, checkMethod } from './bounds.js';
import { BINARY_OPERATIONS } from './const-fold.js';
import type { Context } from './context.js';
import { Environment, type EnvironmentOptions } from './environment.js';
import { SecurityError } from './errors.js';
import { vformat } from './formatter.js';
import { Markup, MarkupMethod, formatEscaped } from './markup.js';
import { Undefined } from './undefined.js';
import { getAttribute, getItem } from './value/attribute.js';
import { isCallable, pyFunction, type Kwargs } from './value/callable.js';
import { Dict, isDict } from './value/dict.js';
import { formatValue } from './value/format-spec.js';
import { Generator } from './value/generator.js';
import { BoundMethod } from './value/method.js';
import { neg, pos } from './value/ops.js';
import { ATTR, MISSING, asString, hooks } from './value/protocol.js';
import { PyAttributeError, PyLookupError, PyOverflowError, PyTypeError } from './value/py-error.js';
import type { Range } from './value/range.js';
import { repr } from './value/repr.js';
import { FrozenSet } from './value/set.js';
import { Tuple } from './value/tuple.js';
import { typeName } from './value/type-name.js';
import { makeRange } from './value/types.js';

export { MAX_BITS, MAX_REPETITION } from './bounds.js';

/** The longest range that a sandboxed template may make. */
export const MAX_RANGE = 100_000;

/** Attributes that the sandbox hides by type, as far as these types exist here. */
export const UNSAFE_FUNCTION_ATTRIBUTES: ReadonlySet<string> = new Set();
export const UNSAFE_METHOD_ATTRIBUTES: ReadonlySet<string> = new Set();
export const UNSAFE_GENERATOR_ATTRIBUTES: ReadonlySet<string> = new Set(['gi_frame', 'gi_code']);

/** Names under which a JavaScript value leads to the language. */
const JAVASCRIPT_INTERNALS: ReadonlySet<string> = new Set([
  'arguments',
  'callee',
  'caller',
  'constructor',
  'prototype',
]);

const dunders = (names: string): ReadonlySet<string> =>
  new Set(names.split(' ').map((name) => `__${name}__`));

/** What every Python object has, so that Python's sandbox calls it unsafe and not undefined. */
const OBJECT_ATTRIBUTES = dunders(
  'class delattr dir doc eq format ge getattribute getstate gt hash init init_subclass le lt ne ' +
    'new reduce reduce_ex repr setattr sizeof str subclasshook',
);
const FUNCTION_ATTRIBUTES = dunders(
  'annotations builtins call closure code defaults dict get globals kwdefaults module name ' +
    'qualname',
);
const TYPE_ATTRIBUTES = dunders('base bases call dict module mro name qualname subclasses');
const UNDEFINED_ATTRIBUTES = dunders(
  'add aiter bool call complex div float floordiv getattr getitem int iter len mod module mul neg ' +
    'pos pow radd rdiv rfloordiv rmod rmul rpow rsub rtruediv slots sub truediv',
);

/** Whether Python has an attribute that has no place here; all of these are unsafe. */
function isPythonInternal(obj: unknown, name: string): boolean {
  if (!name.startsWith('__')) return false;
  if (OBJECT_ATTRIBUTES.has(name)) return true;
  if (obj instanceof Undefined) return UNDEFINED_ATTRIBUTES.has(name);
  if (typeName(obj) === 'type') return TYPE_ATTRIBUTES.has(name);
  return isCallable(obj) && FUNCTION_ATTRIBUTES.has(name);
}

const MUTATING_SET = new Set(
  'add clear difference_update discard pop remove symmetric_difference_update update'.split(' '),
);
const MUTATING_DICT = new Set('clear pop popitem setdefault update'.split(' '));
const MUTATING_LIST = new Set('append clear pop reverse insert sort extend remove'.split(' '));

/**
 * The sandbox's `range`: refuses ranges of more than MAX_RANGE items with OverflowError.
 * Source: jinja2.sandbox.safe_range @3.1.6
 */
export const safeRange = pyFunction('safe_range', '*args', (args: unknown[]): Range => {
  const range = makeRange(args);
  if (range.length > MAX_RANGE) {
    throw new PyOverflowError(
      `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${MAX_RANGE}).`,
    );
  }
  return range;
});

/** Marks a function as not to be called from a sandboxed template. Returns it. */
export function unsafe<F extends object>(fn: F): F {
  return Object.assign(fn, { unsafe_callable: true });
}

/**
 * Whether an attribute is an internal of the language: names that start with two underscores, and
 * those that lead out of data. Source: jinja2.sandbox.is_internal_attribute @3.1.6
 */
export function isInternalAttribute(obj: unknown, attr: string): boolean {
  if (JAVASCRIPT_INTERNALS.has(attr) && isForeign(obj)) return true;
  if (obj instanceof Generator && UNSAFE_GENERATOR_ATTRIBUTES.has(attr)) return true;
  if (typeName(obj) === 'type' && attr === 'mro') return true;
  return attr.startsWith('__');
}

/** A value whose attributes come from JavaScript, not from a Python type or an object of Jinja's. */
function isForeign(obj: unknown): boolean {
  const custom = hooks(obj);
  return custom !== undefined && custom[ATTR] === undefined && !isDict(obj);
}

/**
 * Whether calling this method changes the list, dict or set that it belongs to.
 * Source: jinja2.sandbox.modifies_known_mutable @3.1.6
 */
export function modifiesKnownMutable(obj: unknown, attr: string): boolean {
  if (obj instanceof Set) return !(obj instanceof FrozenSet) && MUTATING_SET.has(attr);
  if (isDict(obj)) return MUTATING_DICT.has(attr);
  return Array.isArray(obj) && !(obj instanceof Tuple) && MUTATING_LIST.has(attr);
}

/** The operators whose results the sandbox bounds. */
const BOUNDED_BINOPS: ReadonlySet<string> = new Set(['+', '*', '**', '%']);

type UnaryOperation = (value: unknown) => unknown;

const UNOPS: ReadonlyMap<string, UnaryOperation> = new Map([
  ['+', pos],
  ['-', neg],
]);

/** JavaScript's own ways to make code from text. A context should not hold them; some do. */
const COMPILERS: ReadonlySet<unknown> = new Set([
  globalThis.eval,
  Function,
  (async () => undefined).constructor,
  function* () {
    yield;
  }.constructor,
  async function* () {
    yield;
  }.constructor,
]);

/**
 * An environment for templates that are not trusted. Attributes that start with an underscore or
 * lead into the language read as undefined and raise `SecurityError` when used; functions marked
 * `unsafe` cannot be called; `str.format` reaches into values by the same rules; ranges and
 * repetitions are bounded. It bounds single operations, not the time that a template takes.
 * Source: jinja2.sandbox.SandboxedEnvironment @3.1.6
 */
export class SandboxedEnvironment extends Environment {
  override readonly sandboxed: boolean = true;
  override readonly boundedBinops: ReadonlySet<string> = BOUNDED_BINOPS;
  /** What `callBinop` runs, by operator. Change it to change arithmetic. */
  readonly binopTable = new Map(BINARY_OPERATIONS);
  /** What `callUnop` runs, by operator. */
  readonly unopTable = new Map(UNOPS);

  constructor(options?: EnvironmentOptions) {
    super(options);
    this.globals['range'] = safeRange;
  }

  /**
   * Whether a template may read this attribute. Override it to allow less, or more.
   * @param _value what the attribute holds.
   */
  isSafeAttribute(obj: unknown, attr: string, _value: unknown): boolean {
    return !attr.startsWith('_') && !isInternalAttribute(obj, attr);
  }

  /** Whether a template may call this value: not when it carries `unsafe_callable` or `alters_data`. */
  isSafeCallable(obj: unknown): boolean {
    if (COMPILERS.has(obj)) return false;
    return !flag(obj, 'unsafe_callable') && !flag(obj, 'alters_data');
  }

  /** Runs a binary operator that `interceptedBinops` names. */
  override callBinop(_context: Context, operator: string, left: unknown, right: unknown): unknown {
    this.checkBinop(operator, left, right);
    return this.binopTable.get(operator)?.(left, right);
  }

  /** Throws OverflowError for a result of more than MAX_REPETITION items or MAX_BITS bits. */
  override checkBinop(operator: string, left: unknown, right: unknown): void {
    checkBinop(operator, left, right);
  }

  /** Runs a unary operator that `interceptedUnops` names. */
  override callUnop(_context: Context, operator: string, arg: unknown): unknown {
    return this.unopTable.get(operator)?.(arg);
  }

  /** `obj[argument]`: the item, else for text the attribute, when it is safe. */
  override getitem(obj: unknown, argument: unknown): unknown {
    const item = itemOf(obj, argument);
    if (item !== MISSING) return item;
    const attr = asString(argument);
    if (attr !== undefined) {
      const value = attributeOf(obj, attr);
      if (value !== MISSING) return checkedAttribute(this, obj, attr, value);
      if (isPythonInternal(obj, attr)) return this.unsafeUndefined(obj, attr);
    }
    return this.undefined({ obj, name: argument });
  }

  /** `obj.attribute`: the attribute, when it is safe, else the item. */
  override getattr(obj: unknown, attribute: string): unknown {
    const value = attributeOf(obj, attribute);
    if (value !== MISSING) return checkedAttribute(this, obj, attribute, value);
    if (isPythonInternal(obj, attribute)) return this.unsafeUndefined(obj, attribute);
    const item = itemOf(obj, attribute);
    return item === MISSING ? this.undefined({ obj, name: attribute }) : item;
  }

  /** The undefined value that an unsafe attribute reads as. */
  unsafeUndefined(obj: unknown, attribute: string): Undefined {
    return this.undefined({
      hint: `access to attribute ${repr(attribute)} of ${repr(typeName(obj))} object is unsafe.`,
      name: attribute,
      obj,
      exc: SecurityError,
    });
  }

  /** Throws SecurityError when a template may not call this value. */
  override checkCall(
    _context: Context,
    obj: unknown,
    args: unknown[],
    kwargs: Kwargs | undefined,
  ): void {
    if (!this.isSafeCallable(obj)) throw new SecurityError(`${repr(obj)} is not safely callable`);
    if (obj instanceof BoundMethod || obj instanceof MarkupMethod) {
      checkMethod(obj.self, methodName(obj), args, kwargs);
    }
  }
}

/**
 * A sandbox in which templates cannot change the lists, dicts and sets that they are given either.
 * Source: jinja2.sandbox.ImmutableSandboxedEnvironment @3.1.6
 */
export class ImmutableSandboxedEnvironment extends SandboxedEnvironment {
  override isSafeAttribute(obj: unknown, attr: string, value: unknown): boolean {
    return super.isSafeAttribute(obj, attr, value) && !modifiesKnownMutable(obj, attr);
  }
}

/** An attribute that was found, or what stands in its place when it is not safe. */
function checkedAttribute(
  environment: SandboxedEnvironment,
  obj: unknown,
  attribute: string,
  value: unknown,
): unknown {
  const format = safeFormat(environment, value);
  if (format !== undefined) return format;
  if (environment.isSafeAttribute(obj, attribute, value)) return value;
  return environment.unsafeUndefined(obj, attribute);
}

/** `format` and `format_map` of a str, reaching into values as this environment does. */
function safeFormat(environment: SandboxedEnvironment, method: unknown): unknown {
  if (!(method instanceof BoundMethod || method instanceof MarkupMethod)) return undefined;
  const { self } = method;
  const name = methodName(method);
  if (name !== 'format' && name !== 'format_map') return undefined;
  const text = asString(self);
  if (text === undefined) return undefined;
  const markup = self instanceof Markup;
  const format = markup ? formatEscaped : formatValue;
  const hooks = {
    getAttribute: (obj: unknown, attr: string): unknown => environment.getattr(obj, attr),
    getItem: (obj: unknown, key: unknown): unknown => environment.getitem(obj, key),
    formatField: (value: unknown, spec: string): string => {
      checkFormatSpec(spec);
      return format(value, spec);
    },
  };
  return pyFunction(name, '*args, **kwargs', (args: unknown[], kwargs: Kwargs) => {
    if (name === 'format_map') {
      if (kwargs.size > 0) throw new PyTypeError('format_map() takes no keyword arguments');
      if (args.length !== 1) {
        throw new PyTypeError(`format_map() takes exactly one argument (${args.length} given)`);
      }
    }
    const formatted =
      name === 'format_map'
        ? vformat(text, [], args[0], hooks)
        : vformat(text, args, new Dict(kwargs), hooks);
    return markup ? new Markup(formatted) : formatted;
  });
}

function methodName(method: BoundMethod | MarkupMethod): string {
  return method instanceof BoundMethod ? method.method.name : method.name;
}

/** A mark that a function carries itself; what its class or JavaScript inherits does not count. */
function flag(obj: unknown, name: string): boolean {
  const custom = hooks(obj);
  if (custom === undefined || isDict(obj)) return false;
  const own = Object.getOwnPropertyDescriptor(custom, name)?.value as unknown;
  return own !== undefined && own !== null && own !== false;
}

/** `getattr(obj, name)`; JavaScript's `undefined` counts as missing. */
function attributeOf(obj: unknown, name: string): unknown {
  try {
    const value = getAttribute(obj, name);
    return value === undefined ? MISSING : value;
  } catch (error) {
    if (error instanceof PyAttributeError) return MISSING;
    throw error;
  }
}

/** `obj[key]`; MISSING where Jinja goes on to look for an attribute. */
function itemOf(obj: unknown, key: unknown): unknown {
  try {
    const item = getItem(obj, key);
    return item === undefined ? MISSING : item;
  } catch (error) {
    if (error instanceof PyTypeError || error instanceof PyLookupError) return MISSING;
    throw error;
  }
}
