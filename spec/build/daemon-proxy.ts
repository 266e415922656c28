import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { findDockerHost } from '../../lib/adapters/docker-host.js';

/** A socket in front of the Docker daemon, which can be cut off like a daemon that dies, or falls
 *  silent like one that hangs. */
export class DaemonProxy {
  readonly url: string;
  readonly #path: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #held: { pattern: RegExp; reached: () => void } | undefined;
  /** Called with what clients send. */
  onRequest: (text: string) => void = () => undefined;

  constructor(path: string) {
    this.#path = path;
    this.url = `unix://${path}`;
  }

  start(): Promise<void> {
    const host = findDockerHost(process.env);
    this.#server = createServer((client) => {
      const daemon =
        host.kind === 'socket'
          ? connect(host.path)
          : connect(host.kind === 'tcp' ? host.port : 22, host.kind === 'tcp' ? host.host : '');
      for (const socket of [client, daemon]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          daemon.destroy();
        });
      }
      client.on('data', (chunk: Buffer) => {
        const text = chunk.toString('latin1');
        this.onRequest(text);
        if (this.#held?.pattern.test(text)) {
          // Nothing more is read of this connection: its sender waits, for an answer or for room.
          client.pause();
          this.#held.reached();
        } else if (!daemon.write(chunk)) {
          client.pause();
          daemon.once('drain', () => client.resume());
        }
      });
      client.on('end', () => daemon.end());
      daemon.pipe(client);
    });
    return new Promise((resolve) => this.#server!.listen(this.#path, resolve));
  }

  /** Takes up the next request that matches, without an answer. Resolves when it comes. */
  hold(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => (this.#held = { pattern, reached: resolve }));
  }

  /** Breaks every connection off and listens no more. */
  cut(): void {
    this.#server?.close();
    rmSync(this.#path, { force: true });
    for (const socket of this.#sockets) socket.destroy();
  }
}
