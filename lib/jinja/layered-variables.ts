import { LazyMap } from './lazy-map.js';

type VariableRecord = Readonly<Record<string, unknown>>;

/** The variables of a rendering over its globals. */
export class LayeredVariables extends LazyMap<unknown> {
  readonly #variables: VariableRecord;
  readonly #globals: ReadonlyMap<string, unknown>;
  readonly #environmentGlobals: VariableRecord;

  constructor(
    variables: VariableRecord,
    globals: ReadonlyMap<string, unknown>,
    environmentGlobals: VariableRecord,
  ) {
    super();
    this.#variables = variables;
    this.#globals = globals;
    this.#environmentGlobals = environmentGlobals;
  }

  protected override find(name: string): unknown {
    if (Object.hasOwn(this.#variables, name)) return this.#variables[name];
    if (this.#globals.size > 0 && this.#globals.has(name)) return this.#globals.get(name);
    if (Object.hasOwn(this.#environmentGlobals, name)) return this.#environmentGlobals[name];
    return undefined;
  }

  protected override holds(name: string): boolean {
    return (
      Object.hasOwn(this.#variables, name) ||
      this.#globals.has(name) ||
      Object.hasOwn(this.#environmentGlobals, name)
    );
  }

  protected override fill(): void {
    for (const name of Object.keys(this.#environmentGlobals)) {
      this.set(name, this.#environmentGlobals[name]);
    }
    for (const [name, value] of this.#globals) this.set(name, value);
    for (const name of Object.keys(this.#variables)) this.set(name, this.#variables[name]);
  }
}

/** What a template has assigned so far over what it was given. */
export class DerivedVariables extends LazyMap<unknown> {
  readonly #base: ReadonlyMap<string, unknown>;
  readonly #assigned: ReadonlyMap<string, unknown>;

  constructor(base: ReadonlyMap<string, unknown>, assigned: ReadonlyMap<string, unknown>) {
    super();
    this.#base = base;
    this.#assigned = assigned;
  }

  protected override find(name: string): unknown {
    const value = this.#assigned.get(name);
    return value !== undefined || this.#assigned.has(name) ? value : this.#base.get(name);
  }

  protected override holds(name: string): boolean {
    return this.#assigned.has(name) || this.#base.has(name);
  }

  protected override fill(): void {
    for (const [name, value] of this.#base) this.set(name, value);
    for (const [name, value] of this.#assigned) this.set(name, value);
  }
}
