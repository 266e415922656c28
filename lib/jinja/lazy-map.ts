/**
 * A map that is read where its values lie: most templates look up a few names of many, so nothing is
 * copied until somebody changes it or asks for all of it.
 */
export abstract class LazyMap<V> extends Map<string, V> {
  #filled = false;

  /** Sets every name, in the order in which Python's dict would hold them. */
  protected abstract fill(): void;

  /** The value of a name before the map is filled. */
  protected find(name: string): V | undefined {
    return this.#all().get(name);
  }

  /** Whether a name is there before the map is filled. */
  protected holds(name: string): boolean {
    return this.#all().has(name);
  }

  #all(): this {
    if (this.#filled) return this;
    this.#filled = true;
    this.fill();
    return this;
  }

  override get(name: string): V | undefined {
    return this.#filled ? super.get(name) : this.find(name);
  }

  override has(name: string): boolean {
    return this.#filled ? super.has(name) : this.holds(name);
  }

  override set(name: string, value: V): this {
    this.#all();
    return super.set(name, value);
  }

  override delete(name: string): boolean {
    this.#all();
    return super.delete(name);
  }

  override clear(): void {
    this.#filled = true;
    super.clear();
  }

  override get size(): number {
    this.#all();
    return super.size;
  }

  override forEach(callback: (value: V, name: string, map: Map<string, V>) => void): void {
    this.#all();
    super.forEach(callback);
  }

  override entries(): MapIterator<[string, V]> {
    this.#all();
    return super.entries();
  }

  override keys(): MapIterator<string> {
    this.#all();
    return super.keys();
  }

  override values(): MapIterator<V> {
    this.#all();
    return super.values();
  }

  override [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }
}
