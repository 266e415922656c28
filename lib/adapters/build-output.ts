import { StringDecoder } from 'node:string_decoder';
import { decodeTrace, type Trace } from './buildkit-trace.js';

/** Collects text that comes in pieces and hands out whole lines, blank ones left out. */
class Lines {
  #rest = '';
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(piece: string | Buffer): void {
    const parts = (
      this.#rest + (typeof piece === 'string' ? piece : this.#decoder.write(piece))
    ).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#emit(part);
  }

  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    this.#emit(rest);
  }

  #emit(line: string): void {
    const trimmed = line.replace(/\r+$/, '');
    if (trimmed !== '') this.#onLine(trimmed);
  }
}

/** A message of the stream that answers a build. */
export interface BuildMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: unknown;
  /** Podman's name for the digest of what was pushed. */
  readonly manifestdigest?: string;
}

/**
 * Turns the messages of a build, of the classic builder or BuildKit, into one kind of log lines: a
 * `Step 2/5 : RUN ...` line per step, what the step printed, and the closing lines. Keeps the id of
 * the image and the message of the error.
 */
export class BuildOutput {
  imageId: string | undefined;
  error: string | undefined;
  readonly #onLine: (line: string) => void;
  readonly #names: readonly string[];
  readonly #vertexLines = new Map<string, Lines>();
  readonly #announced = new Set<string>();
  #isClassic = false;

  /** `names` are those that the image is to get. */
  constructor(onLine: (line: string) => void, names: readonly string[] = []) {
    this.#onLine = onLine;
    this.#names = names;
  }

  add(message: BuildMessage): void {
    if (message.error !== undefined || message.errorDetail !== undefined) {
      this.error = message.errorDetail?.message ?? message.error ?? '';
    } else if (message.id === 'moby.buildkit.trace' && typeof message.aux === 'string') {
      this.#trace(decodeTrace(message.aux));
    } else if (message.aux !== undefined) {
      const id = (message.aux as { ID?: unknown }).ID;
      if (typeof id === 'string') {
        this.imageId = id;
        // The classic builder says so itself, and tells the id of what it squashed this way.
        if (message.id === 'moby.image.id' && !this.#isClassic) {
          this.#onLine(`Successfully built ${id.replace(/^sha256:/, '').slice(0, 12)}`);
        }
      }
    } else if (message.stream !== undefined) {
      this.#isClassic = true;
      // As kolla logs it: a message ends a line, whether or not it ends with a newline.
      for (const line of message.stream.split('\n')) if (line !== '') this.#onLine(line);
    } else if (message.status !== undefined && !('progressDetail' in message)) {
      this.#onLine(message.status);
    }
  }

  end(): void {
    for (const lines of this.#vertexLines.values()) lines.end();
    if (this.imageId === undefined || this.error !== undefined || this.#isClassic) return;
    // Of BuildKit's daemons, only old ones say so themselves.
    for (const name of this.#names) this.#onLine(`Successfully tagged ${name}`);
  }

  #trace(trace: Trace): void {
    for (const vertex of trace.vertexes) {
      if ((vertex.started || vertex.cached) && !this.#announced.has(vertex.digest)) {
        this.#announced.add(vertex.digest);
        const step = /^\[(?:.* )?(\d+)\/(\d+)\] (.*)$/s.exec(vertex.name);
        if (step) this.#onLine(`Step ${step[1]}/${step[2]} : ${step[3]}`);
        if (step && vertex.cached) this.#onLine(' ---> Using cache');
      }
      if (vertex.completed) this.#vertexLines.get(vertex.digest)?.end();
    }
    for (const { vertex, text } of trace.logs) {
      let lines = this.#vertexLines.get(vertex);
      if (!lines) this.#vertexLines.set(vertex, (lines = new Lines(this.#onLine)));
      lines.add(text);
    }
    for (const warning of trace.warnings) this.#onLine(`WARNING: ${warning}`);
  }
}

/** Reads JSON objects that follow each other, one per line, from a stream of bytes. */
export async function* jsonMessages(
  stream: AsyncIterable<Buffer | string>,
): AsyncGenerator<unknown> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield JSON.parse(rest);
}
