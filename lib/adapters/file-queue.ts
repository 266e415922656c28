type Done = (error?: Error | null) => void;

/**
 * Runs callback-style file operations, a few at a time, while the program goes on rendering. After
 * the first error no further operation starts. Callbacks cost a third of what promises do, which is
 * felt with a thousand files.
 */
export class FileQueue {
  readonly #waiting: ((done: Done) => void)[] = [];
  readonly #limit: number;
  #next = 0;
  #running = 0;
  #error: Error | undefined;
  #idle: { resolve: () => void; reject: (error: Error) => void }[] = [];

  /** @param limit how many operations are handed to Node's pool at once. It must not run dry while a
   *  template is being rendered. */
  constructor(limit = 32) {
    this.#limit = limit;
  }

  /** Adds an operation, which reports its end through its argument. */
  add(operation: (done: Done) => void): void {
    this.#waiting.push(operation);
    this.#advance();
  }

  /** Starts nothing more; what runs comes to its end. */
  stop(): void {
    this.#error ??= new Error('stopped');
  }

  /** Settles once everything added so far, and what that adds, is done. Throws the first error. */
  idle(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#idle.push({ resolve, reject });
      this.#settle();
    });
  }

  #advance(): void {
    while (this.#running < this.#limit && this.#error === undefined) {
      const operation = this.#waiting[this.#next];
      if (operation === undefined) return;
      this.#next++;
      this.#running++;
      operation((error) => {
        this.#running--;
        if (error) this.#error ??= error;
        this.#advance();
        this.#settle();
      });
    }
  }

  #settle(): void {
    if (this.#running > 0) return;
    if (this.#error === undefined && this.#next < this.#waiting.length) return;
    const waiters = this.#idle;
    this.#idle = [];
    for (const { resolve, reject } of waiters) {
      if (this.#error === undefined) resolve();
      else reject(this.#error);
    }
  }
}
