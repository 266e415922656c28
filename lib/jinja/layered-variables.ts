type VariableRecord = Readonly<Record<string, unknown>>;

/**
 * The variables of a rendering over its globals, read where they lie: most templates look up a few
 * names of many, so nothing is copied until somebody asks for all of them.
 */
export class LayeredVariables extends Map<string, unknown> {
  #gathered = false;
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

  override get(name: string): unknown {
    if (this.#gathered) return super.get(name);
    if (Object.hasOwn(this.#variables, name)) return this.#variables[name];
    if (this.#globals.size > 0 && this.#globals.has(name)) return this.#globals.get(name);
    if (Object.hasOwn(this.#environmentGlobals, name)) return this.#environmentGlobals[name];
    return undefined;
  }

  override has(name: string): boolean {
    if (this.#gathered) return super.has(name);
    return (
      Object.hasOwn(this.#variables, name) ||
      this.#globals.has(name) ||
      Object.hasOwn(this.#environmentGlobals, name)
    );
  }

  /** Copies all layers, the globals first, as Python's dict would hold them. */
  #gather(): this {
    if (this.#gathered) return this;
    this.#gathered = true;
    for (const name of Object.keys(this.#environmentGlobals)) {
      this.set(name, this.#environmentGlobals[name]);
    }
    for (const [name, value] of this.#globals) this.set(name, value);
    for (const name of Object.keys(this.#variables)) this.set(name, this.#variables[name]);
    return this;
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
