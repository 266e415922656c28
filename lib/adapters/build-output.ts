import { StringDecoder } from 'node:string_decoder';
import { decodeTrace, type Trace } from './buildkit-trace.js';
import { EngineError } from './engine.js';

/** Collects text that comes in pieces and hands out whole lines, blank ones left out. */
class Lines {
  /** Pieces of a line that has not ended: searched once each, however long it grows. */
  #rest: string[] = [];
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(piece: string | Buffer): void {
    const parts = (typeof piece === 'string' ? piece : this.#decoder.write(piece)).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) this.#emit(part);
    if (last !== '') this.#rest.push(last);
  }

  end(): void {
    this.#emit(this.#decoder.end());
  }

  #emit(end: string): void {
    this.#rest.push(end);
    const line = this.#rest.join('').replace(/\r+$/, '');
    this.#rest = [];
    if (line !== '') this.#onLine(line);
  }
}

/** A message of the stream that answers a build, a push or a pull, as it came. */
export interface BuildMessage {
  readonly stream?: unknown;
  readonly status?: unknown;
  readonly id?: unknown;
  readonly error?: unknown;
  readonly errorDetail?: unknown;
  readonly aux?: unknown;
  /** Podman's name for the digest of what was pushed. */
  readonly manifestdigest?: unknown;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** A field of what may be anything. */
const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** What a message says that went wrong; `undefined` if it tells of no error. */
export function errorOf({ error, errorDetail }: BuildMessage): string | undefined {
  if (!isGiven(error) && !isGiven(errorDetail)) return undefined;
  const said = [fieldOf(errorDetail, 'message'), errorDetail, error].find(isText);
  if (said !== undefined) return said;
  const rest = JSON.stringify(isGiven(error) && error !== '' ? error : errorDetail);
  return rest === undefined || rest === '{}' ? 'The engine did not say why' : rest;
}

// A daemon that keeps its images in containerd tells it in a line alone.
const PUSHED = /: digest: (sha256:[0-9a-f]{64}) size: \d+$/;

/** What the registry calls an image that was pushed, if a message tells it. */
export function digestOf({ aux, manifestdigest, status }: BuildMessage): string | undefined {
  const told = isText(status) ? PUSHED.exec(status)?.[1] : undefined;
  return [fieldOf(aux, 'Digest'), manifestdigest, told].find(isText);
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
  #missesTraces = false;

  /** `names` are those that the image is to get. */
  constructor(onLine: (line: string) => void, names: readonly string[] = []) {
    this.#onLine = onLine;
    this.#names = names;
  }

  add(message: BuildMessage): void {
    const { id, aux, stream, status } = message;
    const error = errorOf(message);
    const image = fieldOf(aux, 'ID');
    if (error !== undefined) {
      this.error = error;
    } else if (id === 'moby.buildkit.trace' && typeof aux === 'string') {
      this.#trace(aux);
    } else if (isText(image)) {
      this.imageId = image;
      // The classic builder says so itself, and tells the id of what it squashed this way.
      if (id === 'moby.image.id' && !this.#isClassic) {
        this.#onLine(`Successfully built ${image.replace(/^sha256:/, '').slice(0, 12)}`);
      }
    } else if (isText(stream)) {
      this.#isClassic = true;
      // As kolla logs it: a message ends a line, whether or not it ends with a newline.
      for (const line of stream.split('\n')) if (line !== '') this.#onLine(line);
    } else if (isText(status) && !('progressDetail' in message)) {
      this.#onLine(status);
    }
  }

  end(): void {
    for (const lines of this.#vertexLines.values()) lines.end();
    if (this.imageId === undefined || this.error !== undefined || this.#isClassic) return;
    // Of BuildKit's daemons, only old ones say so themselves.
    for (const name of this.#names) this.#onLine(`Successfully tagged ${name}`);
  }

  #trace(aux: string): void {
    let trace: Trace;
    try {
      trace = decodeTrace(aux);
    } catch (error) {
      // It is there to be shown: what becomes of the build, other messages tell.
      if (!this.#missesTraces) this.#onLine(`WARNING: ${(error as Error).message}`);
      this.#missesTraces = true;
      return;
    }
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

/** Characters of a wrong answer that are quoted. */
const QUOTED = 200;

/** The message that a line holds; `undefined` for a blank one and for other values than objects. */
function messageOf(line: string): BuildMessage | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    const quoted = text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text;
    throw new EngineError('lost', `What came is no message of a container engine: ${quoted}`, {
      cause: error,
    });
  }
}

/** Reads JSON objects that follow each other, one per line, from a stream of bytes. Throws
 *  `EngineError` for what is none. */
export async function* jsonMessages(
  stream: AsyncIterable<Buffer | string>,
): AsyncGenerator<BuildMessage> {
  let whole: string[] = [];
  const lines = new Lines((line) => whole.push(line));
  for await (const chunk of stream) {
    lines.add(chunk);
    const found = whole;
    whole = [];
    for (const line of found) {
      const message = messageOf(line);
      if (message) yield message;
    }
  }
  lines.end();
  for (const line of whole) {
    const message = messageOf(line);
    if (message) yield message;
  }
}
