import {
  EngineError,
  type BuildRequest,
  type Engine,
  type EngineImage,
} from '../../lib/adapters/engine.js';

type BuildStep = (request: BuildRequest, onLine: (line: string) => void) => Promise<void> | void;

/** An engine in memory. Builds succeed unless `onBuild` throws; ids count up. */
export class FakeEngine implements Engine {
  readonly kind = 'docker';
  readonly images = new Map<string, EngineImage>();
  readonly builds: string[] = [];
  readonly requests: BuildRequest[] = [];
  readonly pushes: string[] = [];
  running = 0;
  mostRunning = 0;
  onBuild: BuildStep = () => undefined;
  onPush: (name: string) => void = () => undefined;
  #made = 0;

  connect(): Promise<{ version: string; apiVersion: string; buildkit: boolean }> {
    return Promise.resolve({ version: '1', apiVersion: '1.41', buildkit: true });
  }

  async build(request: BuildRequest, onLine: (line: string) => void): Promise<string> {
    this.builds.push(request.name);
    this.requests.push(request);
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      await Promise.race([this.onBuild(request, onLine), aborted(request.signal)]);
    } finally {
      this.running -= 1;
    }
    return this.add(request.name, Object.fromEntries(request.labels), request.alsoNamed);
  }

  /** Puts an image there and returns its id. */
  add(
    name: string,
    labels: Record<string, string> = {},
    alsoNamed: readonly string[] = [],
  ): string {
    const id = `sha256:${String((this.#made += 1)).padStart(64, '0')}`;
    for (const one of [name, ...alsoNamed, id]) {
      this.images.set(one, { id, size: 1000 + this.#made, labels, repoDigests: [] });
    }
    return id;
  }

  push(name: string): Promise<string> {
    this.pushes.push(name);
    this.onPush(name);
    return Promise.resolve(`sha256:digest-of-${name}`);
  }

  pull(name: string): Promise<string> {
    const found = this.images.get(name);
    return found
      ? Promise.resolve(found.id)
      : Promise.reject(new EngineError('request', 'pull access denied', { statusCode: 404 }));
  }

  inspect(name: string): Promise<EngineImage | undefined> {
    return Promise.resolve(this.images.get(name));
  }

  history(): Promise<[]> {
    return Promise.resolve([]);
  }

  tag(id: string, name: string): Promise<void> {
    this.images.set(name, this.images.get(id)!);
    return Promise.resolve();
  }
}

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new EngineError('cancelled', 'Stopped'));
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
