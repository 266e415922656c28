import { CALL, type Kwargs } from '../value/callable.js';
import { REPR, TYPE_NAME } from '../value/protocol.js';
import { PyTypeError } from '../value/py-error.js';

/** A built-in filter or test; its arguments are what its Python signature says. */
export type Filter = (...args: never[]) => unknown;

/** A function written in C that takes one argument, with CPython's messages for anything else. */
export function unaryBuiltin(
  name: string,
  impl: (value: unknown) => unknown,
): (value: unknown) => unknown {
  const invoke = (args: unknown[], kwargs: Kwargs | undefined): unknown => {
    if (kwargs !== undefined && kwargs.size > 0) {
      throw new PyTypeError(`${name}() takes no keyword arguments`);
    }
    if (args.length !== 1) {
      throw new PyTypeError(`${name}() takes exactly one argument (${args.length} given)`);
    }
    return impl(args[0]);
  };
  return builtin(name, (...args: unknown[]) => invoke(args, undefined), invoke);
}

/** A function of Python's `operator` module. */
export function operatorBuiltin(
  name: string,
  impl: (left: unknown, right: unknown) => unknown,
): (left: unknown, right: unknown) => unknown {
  const invoke = (args: unknown[], kwargs: Kwargs | undefined): unknown => {
    if (kwargs !== undefined && kwargs.size > 0) {
      throw new PyTypeError(`_operator.${name}() takes no keyword arguments`);
    }
    if (args.length !== 2) {
      throw new PyTypeError(`${name} expected 2 arguments, got ${args.length}`);
    }
    return impl(args[0], args[1]);
  };
  return builtin(name, (...args: unknown[]) => invoke(args, undefined), invoke);
}

function builtin<F extends (...args: never[]) => unknown>(
  name: string,
  fn: F,
  invoke: (args: unknown[], kwargs: Kwargs | undefined) => unknown,
): F {
  return Object.defineProperties(fn, {
    name: { value: name },
    [CALL]: { value: invoke },
    [REPR]: { value: () => `<built-in function ${name}>` },
    [TYPE_NAME]: { value: 'builtin_function_or_method' },
  });
}
