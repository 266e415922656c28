import { BlockReference } from './block-reference.js';
import type { Environment } from './environment.js';
import { DerivedVariables } from './layered-variables.js';
import type { Undefined } from './undefined.js';
import { passOf } from './value/callable.js';
import { REPR, TYPE_NAME } from './value/protocol.js';
import { Dict } from './value/dict.js';
import { repr } from './value/repr.js';

/** How generated code delivers its output: in one piece, in chunks, or with a record of each piece. */
export type OutputMode = 'string' | 'chunks' | 'trace';

/** Output of a template in whichever way its code delivers it. */
export type Rendered = string | Iterable<string>;

/** Renders one block (or a whole template) in a context. */
export type RenderFunction = (context: Context) => Rendered;

/** Output in one piece. */
export function joined(output: Rendered): string {
  if (typeof output === 'string') return output;
  let text = '';
  for (const chunk of output) text += chunk;
  return text;
}

/** Evaluation-time settings of a template: what `{% autoescape %}` changes. */
export class EvalContext {
  /** Whether printed values are HTML-escaped. */
  autoescape: boolean;
  /** Whether `autoescape` depends on run-time values, so that nothing can be folded. */
  volatile = false;

  constructor(
    readonly environment: Environment,
    templateName: string | null = null,
  ) {
    const { autoescape } = environment;
    this.autoescape = typeof autoescape === 'function' ? autoescape(templateName) : autoescape;
  }

  /** The settings, to be handed to `revert`. */
  save(): { autoescape: boolean; volatile: boolean } {
    return { autoescape: this.autoescape, volatile: this.volatile };
  }

  revert(saved: { autoescape: boolean; volatile: boolean }): void {
    this.autoescape = saved.autoescape;
    this.volatile = saved.volatile;
  }
}

/**
 * The variables of one rendering: `parent` holds what was passed in (with the globals below),
 * `vars` what the template assigned at its top level. Filters and functions marked with
 * `passContext` receive it and may read it. A JavaScript `undefined` means "missing".
 * Source of the behaviour: jinja2 3.1.6 runtime.Context.
 */
export class Context {
  readonly vars = new Map<string, unknown>();
  evalCtx: EvalContext;
  #imported: Set<string> | undefined;
  #blocks: Map<string, RenderFunction[]> | undefined;

  constructor(
    readonly environment: Environment,
    readonly parent: ReadonlyMap<string, unknown>,
    /** Name of the template. */
    readonly name: string | null,
    /** The blocks of the template itself. */
    private readonly ownBlocks: ReadonlyMap<string, RenderFunction>,
    /** Names of the globals that `parent` includes. */
    readonly globalsKeys: ReadonlySet<string> = new Set(),
    evalCtx?: EvalContext,
    readonly mode: OutputMode = 'string',
  ) {
    this.evalCtx = evalCtx ?? new EvalContext(environment, name);
  }

  /** Whether an assigned name goes to those who import the template: not when it was imported. */
  exports(name: string): boolean {
    return !name.startsWith('_') && this.vars.has(name) && this.#imported?.has(name) !== true;
  }

  /** Names that the template exports to those who import it. */
  get exportedVars(): ReadonlySet<string> {
    return new Set([...this.vars.keys()].filter((name) => this.exports(name)));
  }

  /** Sets a name that an import brings in. */
  importVar(name: string, value: unknown): void {
    this.vars.set(name, value);
    (this.#imported ??= new Set()).add(name);
  }

  /** Sets a name that an import may have brought in before. */
  assignVar(name: string, value: unknown): void {
    this.vars.set(name, value);
    this.#imported?.delete(name);
  }

  /** Render functions of each block, the most derived template's first. */
  get blocks(): Map<string, RenderFunction[]> {
    if (this.#blocks === undefined) {
      this.#blocks = new Map();
      for (const [name, render] of this.ownBlocks) this.#blocks.set(name, [render]);
    }
    return this.#blocks;
  }

  /** The most derived template's function for a block. */
  block(name: string): RenderFunction | undefined {
    return this.#blocks === undefined ? this.ownBlocks.get(name) : this.#blocks.get(name)?.[0];
  }

  /** The value of a variable, or JavaScript's `undefined`. */
  resolveOrMissing(name: string): unknown {
    const value = this.vars.get(name);
    return value === undefined ? this.parent.get(name) : value;
  }

  /** The value of a variable, or an instance of the environment's Undefined. */
  resolve(name: string): unknown {
    const value = this.resolveOrMissing(name);
    return value === undefined ? this.environment.undefined({ name }) : value;
  }

  /** The value of a variable, or `fallback`. */
  get(name: string, fallback: unknown = null): unknown {
    const value = this.resolveOrMissing(name);
    return value === undefined ? fallback : value;
  }

  /** Whether a variable exists. */
  has(name: string): boolean {
    return this.vars.has(name) || this.parent.has(name);
  }

  /** The exported variables. */
  getExported(): Map<string, unknown> {
    const exported = new Map<string, unknown>();
    for (const name of this.exportedVars) exported.set(name, this.vars.get(name));
    return exported;
  }

  /** All variables; not to be changed. */
  getAll(): ReadonlyMap<string, unknown> {
    if (this.vars.size === 0) return this.parent;
    // Later assignments are not seen: Python copies here, too.
    return new DerivedVariables(this.parent, new Map(this.vars));
  }

  /** The block above `current` on the way to the base template; an Undefined when there is none. */
  super(name: string, current: RenderFunction): BlockReference | Undefined {
    const stack = this.blocks.get(name);
    const index = stack === undefined ? -1 : stack.indexOf(current) + 1;
    if (stack === undefined || index === 0 || stack[index] === undefined) {
      return this.environment.undefined({
        hint: `there is no parent block called ${repr(name)}.`,
        name: 'super',
      });
    }
    return new BlockReference(name, this, stack, index);
  }

  /** A context of the same template with `locals` on top of all variables of this one. */
  derived(locals?: ReadonlyMap<string, unknown> | null): Context {
    const context = new (this.constructor as typeof Context)(
      this.environment,
      withLocals(this.getAll(), locals),
      this.name,
      this.ownBlocks,
      undefined,
      this.evalCtx,
      this.mode,
    );
    if (this.#blocks !== undefined) {
      context.#blocks = new Map([...this.#blocks].map(([name, stack]) => [name, [...stack]]));
    }
    return context;
  }

  /**
   * Calls `fn` as a template does: what `passContext` and its kin ask for comes first. `loopVars`
   * and `blockVars` are assignments of the running loop or block, which a function that asks for
   * the context gets to see.
   */
  call(
    fn: unknown,
    args: unknown[] = [],
    kwargs?: Map<string, unknown>,
    loopVars?: ReadonlyMap<string, unknown> | null,
    blockVars?: ReadonlyMap<string, unknown> | null,
  ): unknown {
    return this.environment.runtime.invoke(this, fn, args, kwargs, loopVars, blockVars);
  }

  /** What a function marked with `passContext` and its kin wants as its first argument. */
  passed(fn: unknown): unknown {
    switch (passOf(fn)) {
      case 'context':
        return this;
      case 'evalcontext':
        return this.evalCtx;
      case 'environment':
        return this.environment;
      default:
        return undefined;
    }
  }

  [REPR](): string {
    return `<Context ${repr(new Dict(this.getAll()))} of ${repr(this.name)}>`;
  }

  get [TYPE_NAME](): string {
    return 'Context';
  }
}

/** `base`, or a copy of it with the locals that have a value. */
export function withLocals(
  base: ReadonlyMap<string, unknown>,
  locals: ReadonlyMap<string, unknown> | null | undefined,
): ReadonlyMap<string, unknown> {
  if (locals === undefined || locals === null) return base;
  let known: Map<string, unknown> | undefined;
  for (const [name, value] of locals) {
    if (value !== undefined) (known ??= new Map()).set(name, value);
  }
  return known === undefined ? base : new DerivedVariables(base, known);
}
