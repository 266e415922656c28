type VariableRecord = Readonly<Record<string, unknown>>;

/**
 * Variables that are read where they lie: most templates look up a few names of many, so nothing is
 * copied until somebody asks for all of them.
 */
abstract class LazyVariables extends Map<string, unknown> {
  #gathered = false;

  /** The value of a name, or JavaScript's `undefined`. */
  protected abstract find(name: string): unknown;
  protected abstract holds(name: string): boolean;
  /** Sets every name, in the order in which Python's dict would hold them. */
  protected abstract copy(): void;

  override get(name: string): unknown {
    return this.#gathered ? super.get(name) : this.find(name);
  }

  override has(name: string): boolean {
    return this.#gathered ? super.has(name) : this.holds(name);
  }

  #gather(): void {
    if (this.#gathered) return;
    this.copy();
    this.#gathered = true;
  }

  override get size(): number {
    this.#gather();
    return super.size;
  }

  override forEach(
    callback: (value: unknown, name: string, map: Map<string, unknown>) => void,
  ): void {
    this.#gather();
    super.forEach(callback);
  }

  override entries(): MapIterator<[string, unknown]> {
    this.#gather();
    return super.entries();
  }

  override keys(): MapIterator<string> {
    this.#gather();
    return super.keys();
  }

  override values(): MapIterator<unknown> {
    this.#gather();
    return super.values();
  }

  override [Symbol.iterator](): MapIterator<[string, unknown]> {
    return this.entries();
  }
}

/** The variables of a rendering over its globals. */
export class LayeredVariables extends LazyVariables {
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

  protected override copy(): void {
    for (const name of Object.keys(this.#environmentGlobals)) {
      this.set(name, this.#environmentGlobals[name]);
    }
    for (const [name, value] of this.#globals) this.set(name, value);
    for (const name of Object.keys(this.#variables)) this.set(name, this.#variables[name]);
  }
}

/** What a template has assigned so far over what it was given. */
export class DerivedVariables extends LazyVariables {
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

  protected override copy(): void {
    for (const [name, value] of this.#base) this.set(name, value);
    for (const [name, value] of this.#assigned) this.set(name, value);
  }
}
