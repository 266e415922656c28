import { randomUUID } from 'node:crypto';
import type Dockerode from 'dockerode';
import { type ServerHttp2Stream } from 'node:http2';
import { type Socket } from 'node:net';
import { type RegistryCredentials } from './registry-credentials.js';

/** What BuildKit may ask for while it builds. */
export interface SessionContent {
  readonly secrets: ReadonlyMap<string, Buffer>;
  readonly credentials: RegistryCredentials;
}

/** An open session. */
export interface BuildkitSession {
  /** What a build names it by. */
  readonly id: string;
  close(): void;
}

// The methods of BuildKit's session services that we answer.
// Source: github.com/moby/buildkit session/auth/auth.proto, session/secrets/secrets.proto.
const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials';
const GET_SECRET = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const HEALTH = '/grpc.health.v1.Health/Check';

/** gRPC status codes. */
const OK = 0;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;

/** A field of a protocol buffer that holds text or bytes. */
function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  if (bytes.length === 0) return Buffer.alloc(0);
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  length.push(rest);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
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
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  // Each message is preceded by a byte that tells about compression and four of length.
  const request = Buffer.concat(chunks).subarray(5);
  const { status, message } = await answer(method, request, content).catch((): Answer => ({
    status: INTERNAL,
  }));
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  const trailers = { 'grpc-status': String(status) };
  if (message === undefined) {
    stream.respond({ ...headers, ...trailers }, { endStream: true });
    return;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([prefix, message]));
}

/**
 * Opens a session on the daemon, through which its BuildKit asks for secrets and for the credentials
 * of registries. The connection is turned round: the daemon is the client, and we serve it gRPC.
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
          'X-Docker-Expose-Session-Grpc-Method': [CREDENTIALS, GET_SECRET],
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
    close: () => {
      socket.destroy();
    },
  };
}
