import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { findDockerHost } from '../../lib/adapters/docker-host.js';

/** A socket in front of the Docker daemon, which can be cut off like a daemon that dies. */
export class DaemonProxy {
  readonly url: string;
  readonly #path: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
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
      client.on('data', (chunk: Buffer) => this.onRequest(chunk.toString('latin1')));
      client.pipe(daemon);
      daemon.pipe(client);
    });
    return new Promise((resolve) => this.#server!.listen(this.#path, resolve));
  }

  /** Breaks every connection off and listens no more. */
  cut(): void {
    this.#server?.close();
    rmSync(this.#path, { force: true });
    for (const socket of this.#sockets) socket.destroy();
  }
}
