import { randomUUID } from 'node:crypto';
import type Dockerode from 'dockerode';
import { type ServerHttp2Stream } from 'node:http2';
import { type Socket } from 'node:net';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type RegistryCredentials } from './registry-credentials.js';

/** What BuildKit may ask for while it builds. */
export interface SessionContent {
  readonly secrets: ReadonlyMap<string, Buffer>;
  readonly credentials: RegistryCredentials;
  /** The build context as a tar stream, for daemons that do not take it as the body of a request. */
  readonly context?: Readable | undefined;
}

/** An open session. */
export interface BuildkitSession {
  /** What a build names it by. */
  readonly id: string;
  /** Address of the context, for the build alone. */
  readonly contextUrl: string;
  close(): void;
}

// The methods of BuildKit's session services that we answer.
// Source: github.com/moby/buildkit session/auth/auth.proto, session/secrets/secrets.proto,
// session/upload/upload.proto.
const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials';
const GET_SECRET = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const UPLOAD = '/moby.upload.v1.Upload/Pull';
const HEALTH = '/grpc.health.v1.Health/Check';

/** gRPC status codes. */
const OK = 0;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;

/** What a field of a protocol buffer that holds text or bytes begins with. */
function fieldStart(number: number, length: number): Buffer {
  const bytes = [(number << 3) | 2];
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  return bytes.length === 0 ? bytes : Buffer.concat([fieldStart(number, bytes.length), bytes]);
}

/** What precedes a message: a byte that tells about compression and four of length. */
function prefixOf(length: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

/** Bytes as a stream of messages that hold them. */
async function* byteMessages(bytes: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    const start = fieldStart(1, chunk.length);
    yield Buffer.concat([prefixOf(start.length + chunk.length), start]);
    yield chunk;
  }
}

/** The first field of a message, when that is a text: all that the requests above hold for us. */
function firstText(message: Buffer): string {
  if (message[0] !== ((1 << 3) | 2)) return '';
  let at = 1;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = message[at++] ?? 0;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return message.subarray(at, at + length).toString();
}

interface Answer {
  readonly status: number;
  readonly message?: Buffer;
}

async function answer(method: string, request: Buffer, content: SessionContent): Promise<Answer> {
  switch (method) {
    case HEALTH:
      // ServingStatus SERVING.
      return { status: OK, message: Buffer.from([0x08, 0x01]) };
    case GET_SECRET: {
      const secret = content.secrets.get(firstText(request));
      return secret ? { status: OK, message: field(1, secret) } : { status: NOT_FOUND };
    }
    case CREDENTIALS: {
      const host = firstText(request);
      const isHub = host === 'registry-1.docker.io' || host.endsWith('docker.io');
      const found = await content.credentials.forImage(isHub ? 'hub' : `${host}/any`);
      if (!found) return { status: OK, message: Buffer.alloc(0) };
      const message = found.identitytoken
        ? field(2, found.identitytoken)
        : Buffer.concat([field(1, found.username), field(2, found.password)]);
      return { status: OK, message };
    }
    default:
      return { status: UNIMPLEMENTED };
  }
}

async function serve(
  stream: ServerHttp2Stream,
  method: string,
  content: SessionContent,
): Promise<void> {
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  if (method === UPLOAD && content.context) {
    stream.respond(headers, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(OK) }));
    await pipeline(byteMessages(content.context), stream);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  const request = Buffer.concat(chunks).subarray(prefixOf(0).length);
  const { status, message } = await answer(method, request, content).catch((): Answer => ({
    status: INTERNAL,
  }));
  const trailers = { 'grpc-status': String(status) };
  if (message === undefined) {
    stream.respond({ ...headers, ...trailers }, { endStream: true });
    return;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(Buffer.concat([prefixOf(message.length), message]));
}

/**
 * Opens a session on the daemon, through which its BuildKit asks for secrets, for the credentials of
 * registries and for the build context. The connection is turned round: the daemon is the client, and we serve it gRPC.
 */
export async function openSession(
  docker: Dockerode,
  content: SessionContent,
): Promise<BuildkitSession> {
  const id = randomUUID();
  const socket = await new Promise<Socket>((resolve, reject) => {
    docker.modem.dial(
      {
        method: 'POST',
        path: '/session',
        hijack: true,
        headers: {
          Upgrade: 'h2c',
          'X-Docker-Expose-Session-Uuid': id,
          'X-Docker-Expose-Session-Name': 'kollage',
          'X-Docker-Expose-Session-Grpc-Method': [CREDENTIALS, GET_SECRET, UPLOAD],
        },
        statusCodes: { 200: true, 101: true },
      },
      (error, connection) => {
        if (error) reject(error);
        else resolve(connection as Socket);
      },
    );
  });
  // Most builds need no session.
  const { constants, performServerHandshake } = await import('node:http2');
  // Not a server that is handed the connection: it looks for ALPN on one with TLS.
  const session = performServerHandshake(socket);
  session.on('error', () => undefined);
  session.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const method = String(headers[constants.HTTP2_HEADER_PATH]);
    void serve(stream, method, content).catch(() => stream.close());
  });
  socket.on('error', () => undefined);
  return {
    id,
    contextUrl: `http://buildkit-session/${id}`,
    close: () => {
      socket.destroy();
    },
  };
}
