import { TaskQueue } from '../kolla/queue.js';

/** Runs waiting tasks, at most `size` at a time, the most urgent first. Nothing polls: a task starts
 *  when it is added or when another one ends. */
export class WorkerPool<T> {
  readonly #size: number;
  readonly #run: (task: T) => Promise<void>;
  readonly #waiting = new TaskQueue<T>();
  #running = 0;
  #stopped = false;
  #idle: (() => void)[] = [];

  /** `run` settles the task, whatever becomes of it; a rejection is a defect and ends the process. */
  constructor(size: number, run: (task: T) => Promise<void>) {
    this.#size = size;
    this.#run = run;
  }

  /** Adds tasks at once, so that the most urgent of them starts first. */
  add(tasks: readonly T[], urgency: (task: T) => number): void {
    if (this.#stopped) return;
    for (const task of tasks) this.#waiting.add(task, urgency(task));
    this.#start();
  }

  /** Lets what runs come to its end and starts nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.drain();
    this.#settle();
  }

  get busy(): boolean {
    return this.#running > 0 || this.#waiting.size > 0;
  }

  /** Resolves as soon as nothing runs and nothing waits. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#settle();
    });
  }

  #start(): void {
    while (this.#running < this.#size) {
      const task = this.#waiting.take();
      if (task === undefined) return;
      this.#running += 1;
      void this.#run(task).finally(() => {
        this.#running -= 1;
        this.#start();
        this.#settle();
      });
    }
  }

  #settle(): void {
    if (this.busy) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
