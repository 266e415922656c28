/** A step of a BuildKit build. */
export interface TraceVertex {
  readonly digest: string;
  readonly name: string;
  readonly cached: boolean;
  readonly started: boolean;
  readonly completed: boolean;
  readonly error: string;
}

/** What one `moby.buildkit.trace` message of the daemon tells. */
export interface Trace {
  readonly vertexes: readonly TraceVertex[];
  readonly logs: readonly { readonly vertex: string; readonly text: Buffer }[];
  readonly warnings: readonly string[];
}

/** Numbers count up to 2^53: those that are looked at are booleans and lengths. */
type Field = { readonly number: number; readonly value: Buffer | number };

// Protocol buffers' wire format: https://protobuf.dev/programming-guides/encoding/
function* fields(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let weight = 1; weight < 2 ** 70; weight *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('BuildKit trace message is cut short');
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
    }
    throw new Error('BuildKit trace message has a number that does not end');
  };
  const bytes = (length: number): Buffer => {
    if (at + length > message.length) throw new Error('BuildKit trace message is cut short');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key & 7) {
      case 0:
        yield { number, value: varint() };
        break;
      case 1:
        yield { number, value: bytes(8) };
        break;
      case 2:
        yield { number, value: bytes(varint()) };
        break;
      case 5:
        yield { number, value: bytes(4) };
        break;
      default:
        throw new Error(`BuildKit trace message has wire type ${key & 7}`);
    }
  }
}

const text = (value: Buffer | number): string => (Buffer.isBuffer(value) ? value.toString() : '');

function vertex(message: Buffer): TraceVertex {
  const found = {
    digest: '',
    name: '',
    cached: false,
    started: false,
    completed: false,
    error: '',
  };
  for (const { number, value } of fields(message)) {
    if (number === 1) found.digest = text(value);
    else if (number === 3) found.name = text(value);
    else if (number === 4) found.cached = value === 1;
    else if (number === 5) found.started = true;
    else if (number === 6) found.completed = true;
    else if (number === 7) found.error = text(value);
  }
  return found;
}

function log(message: Buffer): { vertex: string; text: Buffer } {
  const found = { vertex: '', text: Buffer.alloc(0) as Buffer };
  for (const { number, value } of fields(message)) {
    if (number === 1) found.vertex = text(value);
    else if (number === 4 && Buffer.isBuffer(value)) found.text = value;
  }
  return found;
}

function warning(message: Buffer): string {
  for (const { number, value } of fields(message)) if (number === 3) return text(value);
  return '';
}

/** Decodes the `aux` text of a trace message: a base64 protocol buffer, BuildKit's `StatusResponse`.
 *  Source: github.com/moby/buildkit api/services/control/control.proto. */
export function decodeTrace(aux: string): Trace {
  const vertexes: TraceVertex[] = [];
  const logs: { vertex: string; text: Buffer }[] = [];
  const warnings: string[] = [];
  for (const { number, value } of fields(Buffer.from(aux, 'base64'))) {
    if (!Buffer.isBuffer(value)) continue;
    if (number === 1) vertexes.push(vertex(value));
    else if (number === 3) logs.push(log(value));
    else if (number === 4) warnings.push(warning(value));
  }
  return { vertexes, logs, warnings };
}
