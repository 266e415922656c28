/**
 * The seam between Python semantics and objects that live outside of `value/` (Undefined, Markup,
 * Macro, LoopContext, Namespace, ...). An object takes part by carrying methods under these
 * symbols; symbols cannot be reached from a template, so nothing here can be forged by one.
 */

/** Returned by look-ups that found nothing. Never a value that a template can hold. */
export const MISSING: unique symbol = Symbol('kollage.missing');
export type Missing = typeof MISSING;

/** Returned by `[BINARY]` when the operands do not fit, as Python's `NotImplemented`. */
export const NOT_IMPLEMENTED: unique symbol = Symbol('kollage.notImplemented');

/** `[ATTR](name)`: value or MISSING. The object has no other attributes. */
export const ATTR: unique symbol = Symbol('kollage.attr');
/** `[SET_ATTR](name, value)`: attribute assignment (`{% set ns.x = 1 %}`). */
export const SET_ATTR: unique symbol = Symbol('kollage.setAttr');
/** `[ITEM](key)`: value or MISSING (reads as KeyError). May throw a PyError. */
export const ITEM: unique symbol = Symbol('kollage.item');
/** `[STR]()`: Python's `str(obj)`. */
export const STR: unique symbol = Symbol('kollage.str');
/** `[REPR]()`: Python's `repr(obj)`. */
export const REPR: unique symbol = Symbol('kollage.repr');
/** `[TRUTH]()`: Python's `bool(obj)`. */
export const TRUTH: unique symbol = Symbol('kollage.truth');
/** `[ITER]()`: a fresh JavaScript iterator, Python's `iter(obj)`. */
export const ITER: unique symbol = Symbol('kollage.iter');
/** `[LEN]()`: Python's `len(obj)`. */
export const LEN: unique symbol = Symbol('kollage.len');
/** `[EQ](other)`: boolean, or NOT_IMPLEMENTED to leave the answer to the other operand. */
export const EQ: unique symbol = Symbol('kollage.eq');
/** `[HASH]()`: a primitive that is equal for equal objects; throws PyTypeError when unhashable. */
export const HASH: unique symbol = Symbol('kollage.hash');
/** `[TYPE_NAME]`: property with the name of the Python type, as error messages print it. */
export const TYPE_NAME: unique symbol = Symbol('kollage.typeName');
/** `[BINARY](op, other, reflected)`: result or NOT_IMPLEMENTED; `reflected`: other is on the left. */
export const BINARY: unique symbol = Symbol('kollage.binary');
/** `[UNARY](op)`: result of `-obj` or `+obj`, or NOT_IMPLEMENTED. */
export const UNARY: unique symbol = Symbol('kollage.unary');
/** `[CONTAINS](item)`: Python's `item in obj`. */
export const CONTAINS: unique symbol = Symbol('kollage.contains');
/** `[CALL](args, kwargs)`: Python's `obj(*args, **kwargs)`. */
export const CALL: unique symbol = Symbol('kollage.call');
/**
 * `[STRING]`: property with the text of an object whose Python type is a subclass of `str`
 * (Markup). Such an object is accepted wherever Python wants a str, compares, hashes, iterates and
 * slices as its text; `[ATTR]` and `[BINARY]` decide what its methods and operators return.
 */
export const STRING: unique symbol = Symbol('kollage.string');

/** Names of operators as `[BINARY]` receives them. Comparisons are asked with reflected = false. */
export type BinaryOp =
  '+' | '-' | '*' | '/' | '//' | '%' | '**' | '&' | '|' | '^' | '<' | '<=' | '>' | '>=';

/** All hooks at once; every one is optional. */
export interface PythonObject {
  [ATTR]?(name: string): unknown;
  [SET_ATTR]?(name: string, value: unknown): void;
  [ITEM]?(key: unknown): unknown;
  [STR]?(): string;
  [REPR]?(): string;
  [TRUTH]?(): boolean;
  [ITER]?(): Iterator<unknown>;
  [LEN]?(): number;
  [EQ]?(other: unknown): boolean | typeof NOT_IMPLEMENTED;
  [HASH]?(): string | number | bigint | symbol;
  [TYPE_NAME]?: string;
  [BINARY]?(op: BinaryOp, other: unknown, reflected: boolean): unknown;
  [UNARY]?(op: '-' | '+'): unknown;
  [CONTAINS]?(item: unknown): boolean;
  [CALL]?(args: unknown[], kwargs: Map<string, unknown> | undefined): unknown;
  [STRING]?: string;
}

/** The value seen through its hooks, or undefined when it is a primitive. */
export function hooks(value: unknown): PythonObject | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? value
    : undefined;
}

/** The text of a str (or of a subclass of str, such as Markup); undefined for anything else. */
export function asString(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) {
    const text = (value as PythonObject)[STRING];
    if (text !== undefined) return text;
    if (value instanceof String) return value.valueOf();
  }
  return undefined;
}
