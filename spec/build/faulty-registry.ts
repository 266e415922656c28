import { createServer, request, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What goes wrong: an HTTP status, a connection that is cut, or no answer. */
export type RegistryFault = number | 'cut' | 'silence';

/** A registry on loopback in front of a real one, which fails at the last step of a push. */
export class FaultyRegistry {
  /** `127.0.0.1:<port>` */
  host = '';
  fault: RegistryFault | undefined;
  /** Pushes that got to the last step. */
  attempts = 0;
  /** Pushes that fail before one succeeds. */
  patience = Infinity;
  readonly #real: string;
  #server: Server | undefined;

  constructor(real: string) {
    this.#real = real;
  }

  async start(): Promise<this> {
    const [host = '', port = ''] = this.#real.split(':');
    const server = createServer((incoming, response) => {
      const { method = '', url = '', headers } = incoming;
      if (method === 'PUT' && url.includes('/manifests/')) {
        this.attempts += 1;
        if (this.fault === 'silence' && this.attempts <= this.patience) return;
        if (this.fault === 'cut' && this.attempts <= this.patience) {
          incoming.socket.destroy();
          return;
        }
        if (typeof this.fault === 'number' && this.attempts <= this.patience) {
          incoming.resume();
          const code = { 401: 'UNAUTHORIZED', 403: 'DENIED', 429: 'TOOMANYREQUESTS' }[this.fault];
          const errors = [{ code: code ?? 'UNKNOWN', message: `fault ${this.fault}` }];
          response.writeHead(this.fault, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ errors }));
          return;
        }
      }
      const forwarded = request({ host, port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      forwarded.on('error', () => response.destroy());
      incoming.pipe(forwarded);
    });
    this.#server = server;
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    this.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  /** From now on, the first `patience` pushes fail like that. */
  fail(fault: RegistryFault | undefined, patience = Infinity): void {
    [this.fault, this.attempts, this.patience] = [fault, 0, patience];
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}
