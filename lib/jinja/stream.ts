import { PyValueError } from './value/py-error.js';

/**
 * The output of a template in chunks: one per printed piece, or, buffered, one per several pieces.
 * Source: jinja2 3.1.6 environment.TemplateStream.
 */
export class TemplateStream implements IterableIterator<string> {
  private size = 0;

  constructor(private readonly chunks: Iterator<string>) {}

  /** Whether pieces are put together. */
  get buffered(): boolean {
    return this.size > 0;
  }

  /** Puts `size` pieces that are not empty into one chunk. Throws ValueError below 2. */
  enableBuffering(size = 5): void {
    if (size <= 1) throw new PyValueError('buffer size too small');
    this.size = size;
  }

  disableBuffering(): void {
    this.size = 0;
  }

  next(): IteratorResult<string, undefined> {
    if (this.size === 0) return this.piece();
    let text = '';
    let count = 0;
    while (count < this.size) {
      const step = this.piece();
      if (step.done === true) break;
      text += step.value;
      if (step.value !== '') count++;
    }
    return count === 0 ? { done: true, value: undefined } : { done: false, value: text };
  }

  private piece(): IteratorResult<string, undefined> {
    const step = this.chunks.next();
    return step.done === true ? { done: true, value: undefined } : step;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Hands every chunk to a writer, such as a file's stream. */
  dump(writer: { write(chunk: string): unknown }): void {
    for (const chunk of this) writer.write(chunk);
  }
}
