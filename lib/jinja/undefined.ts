import { UndefinedError } from './errors.js';
import { HTML } from './html.js';
import {
  ATTR,
  BINARY,
  CALL,
  CONTAINS,
  EQ,
  HASH,
  ITEM,
  ITER,
  LEN,
  MISSING,
  REPR,
  STR,
  TRUTH,
  TYPE_NAME,
  UNARY,
  asString,
} from './value/protocol.js';
import { repr } from './value/repr.js';
import { typeName } from './value/type-name.js';

/** An error class that an undefined value raises when it is used. */
export type UndefinedErrorClass = new (message: string) => Error;

/** A class of undefined values, as the `undefined` option of an environment takes it. */
export type UndefinedClass = typeof Undefined;

/** The modules that Python prints for Jinja's own types; built-in types print bare. */
const MODULES: Readonly<Record<string, string>> = {
  __proto__: null as never,
  AsyncLoopContext: 'jinja2.runtime',
  BlockReference: 'jinja2.runtime',
  ChainableUndefined: 'jinja2.runtime',
  Context: 'jinja2.runtime',
  Cycler: 'jinja2.utils',
  DebugUndefined: 'jinja2.runtime',
  Joiner: 'jinja2.utils',
  LoopContext: 'jinja2.runtime',
  Macro: 'jinja2.runtime',
  Markup: 'markupsafe',
  Namespace: 'jinja2.utils',
  StrictUndefined: 'jinja2.runtime',
  TemplateModule: 'jinja2.environment',
  TemplateReference: 'jinja2.runtime',
  Undefined: 'jinja2.runtime',
  _GroupTuple: 'jinja2.filters',
};

/**
 * Names the type of a value as Jinja's messages do: `int object`, `None`, `markupsafe.Markup object`.
 * Source: jinja2.utils.object_type_repr @3.1.6
 */
export function objectTypeRepr(obj: unknown): string {
  if (obj === null || obj === undefined) return 'None';
  const name = typeName(obj);
  const module = MODULES[name];
  return `${module === undefined ? name : `${module}.${name}`} object`;
}

function fail(value: Undefined): never {
  throw new value.undefinedException(value.undefinedMessage);
}

const isDunder = (name: string): boolean => name.startsWith('__') && name.endsWith('__');

const hashes = new WeakMap<object, symbol>();

/**
 * The default undefined value: prints as nothing, iterates as empty, is false, and raises
 * `UndefinedError` on any other use. Create it with a hint (the whole message), or with the object
 * and the name that was not found on it, or with the name alone. Subclasses change what is allowed
 * by overriding the hooks of `value/protocol.ts`.
 * Source: jinja2.runtime.Undefined @3.1.6
 */
export class Undefined {
  readonly undefinedHint: string | null;
  readonly undefinedObj: unknown;
  readonly undefinedName: unknown;
  readonly undefinedException: UndefinedErrorClass;

  constructor(
    hint?: string | null,
    obj: unknown = MISSING,
    name: unknown = null,
    exc: UndefinedErrorClass = UndefinedError,
  ) {
    this.undefinedHint = hint ?? null;
    this.undefinedObj = obj;
    this.undefinedName = name;
    this.undefinedException = exc;
  }

  /** The message of the error that any use but printing raises. */
  get undefinedMessage(): string {
    if (this.undefinedHint) return this.undefinedHint;
    const name = repr(this.undefinedName);
    if (this.undefinedObj === MISSING) return `${name} is undefined`;
    const owner = objectTypeRepr(this.undefinedObj);
    return asString(this.undefinedName) !== undefined
      ? `${repr(owner)} has no attribute ${name}`
      : `${owner} has no element ${name}`;
  }

  /** Raises the error of this value. Attribute access comes through here, so that it can be logged. */
  failWithUndefinedError(): never {
    fail(this);
  }

  [ATTR](name: string): unknown {
    if (isDunder(name)) return MISSING;
    const own = undefinedAttribute(this, name);
    return own === MISSING ? this.failWithUndefinedError() : own;
  }

  [ITEM](_key: unknown): unknown {
    return fail(this);
  }

  [CALL](): unknown {
    return fail(this);
  }

  [BINARY](_op: string, _other: unknown, _reflected: boolean): unknown {
    return fail(this);
  }

  [UNARY](_op: string): unknown {
    return fail(this);
  }

  [EQ](other: unknown): boolean {
    return other instanceof Undefined && other.constructor === this.constructor;
  }

  [HASH](): symbol {
    const type = this.constructor;
    let hash = hashes.get(type);
    if (hash === undefined) hashes.set(type, (hash = Symbol(type.name)));
    return hash;
  }

  [STR](): string {
    return '';
  }

  [REPR](): string {
    return 'Undefined';
  }

  [LEN](): number {
    return 0;
  }

  [ITER](): Iterator<unknown> {
    return [].values();
  }

  [TRUTH](): boolean {
    return false;
  }

  get [TYPE_NAME](): string {
    return this.constructor.name;
  }

  toString(): string {
    return this[STR]();
  }
}

/** The slots that Python's object has besides what `__getattr__` answers. */
function undefinedAttribute(value: Undefined, name: string): unknown {
  switch (name) {
    case '_undefined_hint':
      return value.undefinedHint;
    case '_undefined_name':
      return value.undefinedName;
    case '_undefined_message':
      return value.undefinedMessage;
    case '_undefined_obj':
      return value.undefinedObj;
    default:
      return MISSING;
  }
}

/**
 * An undefined value whose attributes and items are itself, so that `{{ a.b['c'].d }}` prints
 * nothing however far the chain is missing. Source: jinja2.runtime.ChainableUndefined @3.1.6
 */
export class ChainableUndefined extends Undefined {
  [HTML](): string {
    return this[STR]();
  }

  override [ATTR](name: string): unknown {
    if (isDunder(name)) return MISSING;
    const own = undefinedAttribute(this, name);
    return own === MISSING ? this : own;
  }

  override [ITEM](_key: unknown): unknown {
    return this;
  }
}

/**
 * An undefined value that prints the expression which did not resolve: `{{ foo }}`.
 * Source: jinja2.runtime.DebugUndefined @3.1.6
 */
export class DebugUndefined extends Undefined {
  override [STR](): string {
    if (this.undefinedHint) return `{{ undefined value printed: ${this.undefinedHint} }}`;
    if (this.undefinedObj === MISSING) return `{{ ${String(this.undefinedName)} }}`;
    const owner = objectTypeRepr(this.undefinedObj);
    return `{{ no such element: ${owner}[${repr(this.undefinedName)}] }}`;
  }
}

/**
 * An undefined value that only `is defined`, `is undefined` and `default` may touch; printing,
 * iterating, comparing and testing it for truth raise as well.
 * Source: jinja2.runtime.StrictUndefined @3.1.6
 */
export class StrictUndefined extends Undefined {
  override [STR](): string {
    return fail(this);
  }
  override [ITER](): Iterator<unknown> {
    return fail(this);
  }
  override [LEN](): number {
    return fail(this);
  }
  override [EQ](_other: unknown): boolean {
    return fail(this);
  }
  override [HASH](): symbol {
    return fail(this);
  }
  override [TRUTH](): boolean {
    return fail(this);
  }
  [CONTAINS](_item: unknown): boolean {
    return fail(this);
  }

  /** JavaScript's own conversions stay silent: a debugger or a log line must not throw. */
  override toString(): string {
    return 'Undefined';
  }
}

/** Where a logging undefined writes: `console` fits. Messages come without a line end. */
export interface UndefinedLogger {
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Makes a subclass of `base` that reports to `logger`: a warning when such a value is printed,
 * iterated or tested for truth, an error when an attribute of it is asked for and that raises.
 * Source: jinja2.runtime.make_logging_undefined @3.1.6
 */
export function makeLoggingUndefined(
  logger: UndefinedLogger,
  base: UndefinedClass = Undefined,
): UndefinedClass {
  const warn = (value: Undefined): void =>
    logger.warn(`Template variable warning: ${value.undefinedMessage}`);

  return class LoggingUndefined extends base {
    override failWithUndefinedError(): never {
      try {
        super.failWithUndefinedError();
      } catch (error) {
        if (error instanceof this.undefinedException) {
          logger.error(`Template variable error: ${error.message}`);
        }
        throw error;
      }
    }
    override [STR](): string {
      warn(this);
      return super[STR]();
    }
    override [ITER](): Iterator<unknown> {
      warn(this);
      return super[ITER]();
    }
    override [TRUTH](): boolean {
      warn(this);
      return super[TRUTH]();
    }
  };
}

/** Whether a value stands for something missing. JavaScript's `undefined` counts. */
export function isUndefined(value: unknown): boolean {
  return value === undefined || value instanceof Undefined;
}
