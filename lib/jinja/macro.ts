import type { Environment } from './environment.js';
import { Markup } from './markup.js';
import { PASS } from './value/callable.js';
import { ATTR, CALL, MISSING, REPR, TYPE_NAME } from './value/protocol.js';
import { PyTypeError } from './value/py-error.js';
import { Dict } from './value/dict.js';
import { repr } from './value/repr.js';
import { tupleFrom, type Tuple } from './value/tuple.js';

/** What the generated code of a macro takes: parameters, then caller, kwargs, varargs if used. */
export type MacroFunction = (...values: unknown[]) => string;

/** What a macro statement says of its macro. */
export interface MacroShape {
  /** null for the body of a call block. */
  readonly name: string | null;
  readonly argumentNames: readonly string[];
  readonly catchKwargs: boolean;
  readonly catchVarargs: boolean;
  readonly caller: boolean;
}

/** A macro as a value. Source of the behaviour: jinja2 3.1.6 runtime.Macro. */
export class Macro {
  constructor(
    private readonly environment: Environment,
    private readonly func: MacroFunction,
    private readonly shape: MacroShape,
    private readonly defaultAutoescape: boolean,
  ) {}

  /** The name; null for the body of a call block. */
  get name(): string | null {
    return this.shape.name;
  }

  /** The names of the parameters. */
  get arguments(): Tuple {
    return tupleFrom(this.shape.argumentNames);
  }

  get catchKwargs(): boolean {
    return this.shape.catchKwargs;
  }

  get catchVarargs(): boolean {
    return this.shape.catchVarargs;
  }

  get caller(): boolean {
    return this.shape.caller;
  }

  private get explicitCaller(): boolean {
    return this.shape.argumentNames.includes('caller');
  }

  /** Renders the macro; a Markup where `autoescape` is on. JavaScript's `undefined` is "not given". */
  invoke(
    args: readonly unknown[],
    kwargs: ReadonlyMap<string, unknown> | undefined,
    autoescape: boolean = this.defaultAutoescape,
  ): string | Markup {
    const { argumentNames, caller: wantsCaller, catchKwargs, catchVarargs } = this.shape;
    const count = argumentNames.length;
    const values = args.length > count ? args.slice(0, count) : [...args];
    let rest: Map<string, unknown> | undefined;
    if (kwargs !== undefined && kwargs.size > 0) {
      if (kwargs.has('self')) {
        throw new PyTypeError("Macro.__call__() got multiple values for argument 'self'");
      }
      rest = new Map(kwargs);
    }
    let foundCaller = false;
    if (values.length !== count) {
      for (let i = values.length; i < count; i++) {
        const name = argumentNames[i] as string;
        const value = rest?.get(name);
        rest?.delete(name);
        if (name === 'caller') foundCaller = true;
        values.push(value);
      }
    } else {
      foundCaller = this.explicitCaller;
    }
    if (wantsCaller && !foundCaller) {
      const caller = rest?.get('caller') ?? null;
      rest?.delete('caller');
      values.push(
        caller ?? this.environment.undefined({ hint: 'No caller defined', name: 'caller' }),
      );
    }
    if (catchKwargs) values.push(new Dict(rest ?? []));
    else if (rest !== undefined && rest.size > 0) this.refuseKeyword(rest);
    if (catchVarargs) values.push(tupleFrom(args.slice(count)));
    else if (args.length > count) {
      throw new PyTypeError(`macro ${repr(this.name)} takes not more than ${count} argument(s)`);
    }
    const text = this.func(...values);
    return autoescape ? new Markup(text) : text;
  }

  private refuseKeyword(kwargs: ReadonlyMap<string, unknown>): never {
    if (kwargs.has('caller')) {
      throw new PyTypeError(
        `macro ${repr(this.name)} was invoked with two values for the special caller argument. This is most likely a bug.`,
      );
    }
    const [first] = kwargs.keys();
    throw new PyTypeError(`macro ${repr(this.name)} takes no keyword argument ${repr(first)}`);
  }

  [CALL](args: unknown[], kwargs: Map<string, unknown> | undefined): unknown {
    // A call from template code hands over the evaluation context, which knows the escaping there.
    const [first] = args;
    if (isEvalContext(first)) return this.invoke(args.slice(1), kwargs, first.autoescape);
    return this.invoke(args, kwargs);
  }

  get [PASS](): 'evalcontext' {
    return 'evalcontext';
  }

  [ATTR](name: string): unknown {
    switch (name) {
      case 'name':
        return this.name;
      case 'arguments':
        return this.arguments;
      case 'catch_kwargs':
        return this.catchKwargs;
      case 'catch_varargs':
        return this.catchVarargs;
      case 'caller':
        return this.caller;
      case 'explicit_caller':
        return this.explicitCaller;
      default:
        return MISSING;
    }
  }

  [REPR](): string {
    return `<Macro ${this.name === null ? 'anonymous' : repr(this.name)}>`;
  }

  get [TYPE_NAME](): string {
    return 'Macro';
  }
}

function isEvalContext(value: unknown): value is { autoescape: boolean } {
  return (
    typeof value === 'object' && value !== null && 'volatile' in value && 'autoescape' in value
  );
}
