import { address } from './address.js';
import { PyTypeError } from './py-error.js';
import { CALL, REPR, hooks } from './protocol.js';
import { bindArguments, bindPositional, parseSignature, type Signature } from './signature.js';
import { isClass, typeName } from './type-name.js';

export { CALL } from './protocol.js';

/** Keyword arguments, in the order in which they were written. */
export type Kwargs = Map<string, unknown>;

/** An object that a template can call. */
export interface Callable {
  [CALL](args: unknown[], kwargs: Kwargs | undefined): unknown;
}

/** Which extra first argument a marked function wants. */
export type Pass = 'context' | 'environment' | 'evalcontext';

/** Property that holds the mark of `passContext`, `passEnvironment` and `passEvalContext`. */
export const PASS: unique symbol = Symbol('kollage.pass');

/** Property of a function made by `pyFunction`: its Python signature. */
export const SIGNATURE: unique symbol = Symbol('kollage.signature');

function mark<T extends object>(fn: T, pass: Pass): T {
  Object.defineProperty(fn, PASS, { value: pass, configurable: true });
  return fn;
}

/** Marks `fn`: a template call passes the current Context first. Returns `fn`. */
export function passContext<T extends object>(fn: T): T {
  return mark(fn, 'context');
}

/** Marks `fn`: a template call passes the Environment first. Returns `fn`. */
export function passEnvironment<T extends object>(fn: T): T {
  return mark(fn, 'environment');
}

/** Marks `fn`: a template call passes the EvalContext first. Returns `fn`. */
export function passEvalContext<T extends object>(fn: T): T {
  return mark(fn, 'evalcontext');
}

/** The mark of a function or callable object; undefined when there is none. */
export function passOf(fn: unknown): Pass | undefined {
  return (hooks(fn) as { [PASS]?: Pass } | undefined)?.[PASS];
}

/** Python's `callable(value)`. */
export function isCallable(value: unknown): boolean {
  return typeof value === 'function' || hooks(value)?.[CALL] !== undefined;
}

/**
 * Python's `fn(*args, **kwargs)`. A plain JavaScript function receives keyword arguments as a last
 * argument `{ ...kwargs, __keywords: true }`, nunjucks' convention; a JavaScript class is
 * instantiated, as Python does; `undefined` comes back as None.
 */
export function call(fn: unknown, args: unknown[], kwargs?: Kwargs): unknown {
  const custom = hooks(fn)?.[CALL];
  if (custom !== undefined) {
    const result = custom.call(fn as Callable, args, kwargs);
    return result === undefined ? null : result;
  }
  if (typeof fn !== 'function') throw new PyTypeError(`'${typeName(fn)}' object is not callable`);
  const values =
    kwargs === undefined || kwargs.size === 0
      ? args
      : [...args, { ...Object.fromEntries(kwargs), __keywords: true }];
  const result: unknown = isClass(fn)
    ? Reflect.construct(fn, values)
    : Reflect.apply(fn, undefined, values);
  return result === undefined ? null : result;
}

/** A function made by `pyFunction`: an ordinary JavaScript function that templates call as Python. */
export type PyFunction<Args extends unknown[]> = ((...args: Args) => unknown) &
  Callable & { readonly [SIGNATURE]: Signature };

/**
 * Gives a JavaScript function a Python signature, so that templates may call it with keywords and
 * hear CPython's TypeErrors.
 *
 * `signature` is written as in Python, e.g. `'value, d="", *args, attribute=None, **kwargs'`, with
 * `/` and `*` as separators. Defaults are literals (None, True, False, numbers, strings, `()`), or
 * `...` for "leave it undefined". `impl` receives one argument per parameter in order, `*args` as an
 * array and `**kwargs` as a Map. Calling the result from JavaScript binds positionally.
 */
export function pyFunction<Args extends unknown[]>(
  name: string,
  signature: string,
  impl: (...args: Args) => unknown,
): PyFunction<Args> {
  let parsed: Signature | undefined;
  const shape = (): Signature => (parsed ??= parseSignature(signature));
  const bind = (args: unknown[], kwargs: Kwargs | undefined): unknown[] => {
    const shaped = shape();
    const { fewest, most } = shaped;
    return kwargs === undefined && args.length >= fewest && args.length <= most
      ? bindPositional(shaped, args)
      : bindArguments(name, shaped, args, kwargs);
  };
  const invoke = (args: unknown[], kwargs: Kwargs | undefined): unknown => {
    const values = bind(args, kwargs);
    return (impl as unknown as (...values: unknown[]) => unknown)(...values);
  };
  const fn = (...args: unknown[]): unknown => invoke(args, undefined);
  Object.defineProperties(fn, {
    name: { value: name },
    [CALL]: { value: invoke },
    [REPR]: { value: () => `<function ${name} at ${address(fn)}>` },
    [SIGNATURE]: { get: shape },
  });
  return fn as unknown as PyFunction<Args>;
}
