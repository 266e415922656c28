/**
 * Tasks that wait for a worker, the most urgent first; equally urgent ones in the order in which
 * they came. A binary heap, so that thousands of images cost no more than their sorting.
 */
export class TaskQueue<T> {
  readonly #heap: { readonly task: T; readonly urgency: number; readonly turn: number }[] = [];
  #turn = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Adds a task; the higher `urgency`, the earlier its turn. */
  add(task: T, urgency = 0): void {
    const heap = this.#heap;
    heap.push({ task, urgency, turn: this.#turn++ });
    for (let at = heap.length - 1; at > 0;) {
      const above = (at - 1) >> 1;
      if (!this.#precedes(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  /** Removes and returns the most urgent task. */
  take(): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first.task;
  }

  /** Removes everything, in no particular order. */
  drain(): T[] {
    return this.#heap.splice(0).map((entry) => entry.task);
  }

  #sink(): void {
    const size = this.#heap.length;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= size) return;
      const right = left + 1;
      const best = right < size && this.#precedes(right, left) ? right : left;
      if (!this.#precedes(best, at)) return;
      this.#swap(best, at);
      at = best;
    }
  }

  #precedes(a: number, b: number): boolean {
    const x = this.#heap[a]!;
    const y = this.#heap[b]!;
    return x.urgency === y.urgency ? x.turn < y.turn : x.urgency > y.urgency;
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  }
}
