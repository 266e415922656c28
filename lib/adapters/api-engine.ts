import type Dockerode from 'dockerode';
import { type Readable } from 'node:stream';
import { digestOf, errorOf, jsonMessages, type BuildMessage } from './build-output.js';
import { connectDockerode } from './docker-connection.js';
import { describeDockerHost, type DockerHost } from './docker-host.js';
import { EngineError, type EngineImage, type Stoppable } from './engine.js';
import { engineError } from './engine-errors.js';
import { DOCKER_HUB, registryOf, type RegistryCredentials } from './registry-credentials.js';

/** The same dockerode, whose requests a signal stops, those included that take none themselves. */
function stoppable(docker: Dockerode, signal: AbortSignal): Dockerode {
  const { modem } = docker as { modem: { dial(options: object, done: unknown): void } };
  const dial = (options: object, done: unknown): void =>
    modem.dial({ ...options, abortSignal: signal }, done);
  const own: unknown = Object.assign(Object.create(modem), { dial });
  return Object.create(docker, { modem: { value: own } }) as Dockerode;
}

/** What helps against a registry that lets nobody, or not this user, push. */
function loginHint(failure: string, name: string): string {
  if (!/no basic auth credentials|unauthorized|denied|authentication required/i.test(failure)) {
    return '';
  }
  const registry = registryOf(name);
  const host = registry === DOCKER_HUB ? '' : ` ${registry}`;
  return `\n"docker login${host}" stores a login that may push there`;
}

/** As long as kolla waits for an engine to say what it is. */
const ANSWER_MS = 60_000;

/** What Docker and Podman share: an HTTP API of the same shape. */
export abstract class ApiEngine {
  readonly #host: DockerHost;
  readonly #prefix: string | undefined;
  #docker: Promise<Dockerode> | undefined;
  protected readonly credentials: RegistryCredentials;

  /** `prefix` is what the paths of the API begin with. */
  protected constructor(host: DockerHost, credentials: RegistryCredentials, prefix?: string) {
    this.#host = host;
    this.#prefix = prefix;
    this.credentials = credentials;
  }

  /** Where the engine listens, as text for people. */
  get address(): string {
    return describeDockerHost(this.#host);
  }

  /** What the engine says it is. Rejects where something else, or nothing, answers. */
  protected async version(): Promise<Dockerode.DockerVersion> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), ANSWER_MS);
    try {
      const version = await this.call((docker) => docker.version(), limit.signal);
      if (typeof (version as typeof version | null)?.ApiVersion === 'string') return version;
      throw new EngineError('request', `What listens at ${this.address} is no container engine`);
    } catch (error) {
      if (!limit.signal.aborted) throw error;
      const text = `${this.address} did not answer within ${ANSWER_MS / 1000} s`;
      throw new EngineError('unreachable', text, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async push(name: string, options: Stoppable = {}): Promise<string | undefined> {
    const auth = await this.credentials.forImage(name);
    const answer = await this.call((docker) =>
      docker.getImage(name).push({
        // Newer daemons refuse a push without the header, even where nobody has to log in.
        authconfig: auth ?? { username: '', password: '', serveraddress: '' },
        ...(options.signal ? { abortSignal: options.signal } : {}),
      }),
    );
    let failure: string | undefined;
    let digest: string | undefined;
    await this.read(answer, options.signal, (message) => {
      failure = errorOf(message) ?? failure;
      digest = digestOf(message) ?? digest;
    });
    if (failure !== undefined) throw new EngineError('push', failure + loginHint(failure, name));
    return digest;
  }

  async pull(name: string, options: Stoppable = {}): Promise<string> {
    const auth = await this.credentials.forImage(name);
    const answer = await this.call((docker) =>
      docker.pull(name, {
        ...(auth ? { authconfig: auth } : {}),
        ...(options.signal ? { abortSignal: options.signal } : {}),
      }),
    );
    let failure: string | undefined;
    await this.read(answer as NodeJS.ReadableStream, options.signal, (message) => {
      failure = errorOf(message) ?? failure;
    });
    if (failure !== undefined) throw new EngineError('request', failure);
    const image = await this.inspect(name, options);
    if (!image) throw new EngineError('request', `No such image after it was pulled: ${name}`);
    return image.id;
  }

  async inspect(name: string, { signal }: Stoppable = {}): Promise<EngineImage | undefined> {
    try {
      const found = await this.call((docker) => docker.getImage(name).inspect(), signal);
      return {
        // Podman leaves the algorithm out.
        id: found.Id.includes(':') ? found.Id : `sha256:${found.Id}`,
        size: found.Size,
        labels: (found.Config as typeof found.Config | undefined)?.Labels ?? {},
        repoDigests: found.RepoDigests ?? [],
      };
    } catch (error) {
      if (error instanceof EngineError && error.statusCode === 404) return undefined;
      throw error;
    }
  }

  async history(
    name: string,
    { signal }: Stoppable = {},
  ): Promise<{ id: string; tags: string[] }[]> {
    const layers = (await this.call((docker) => docker.getImage(name).history(), signal)) as {
      Id: string;
      Tags: string[] | null;
    }[];
    return layers.map(({ Id, Tags }) => ({ id: Id, tags: Tags ?? [] }));
  }

  async tag(id: string, name: string, { signal }: Stoppable = {}): Promise<void> {
    const colon = name.lastIndexOf(':');
    const tagged = colon > name.lastIndexOf('/');
    const repo = tagged ? name.slice(0, colon) : name;
    const tag = tagged ? name.slice(colon + 1) : 'latest';
    await this.call((docker) => docker.getImage(id).tag({ repo, tag }), signal);
  }

  /** Asks the engine; whatever goes wrong becomes an `EngineError`. */
  protected async call<T>(
    ask: (docker: Dockerode) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      this.#docker ??= connectDockerode(this.#host, this.#prefix);
      const docker = await this.#docker;
      return await ask(signal ? stoppable(docker, signal) : docker);
    } catch (error) {
      throw engineError(error, 'request', this.address);
    }
  }

  /** Reads the messages that an answer consists of, to its end. */
  protected async read(
    answer: NodeJS.ReadableStream,
    signal: AbortSignal | undefined,
    onMessage: (message: BuildMessage) => void,
  ): Promise<void> {
    // The request is over once its answer begins, so the signal no longer reaches the stream.
    const stream = answer as Readable;
    const abort = (): void => {
      stream.destroy(new EngineError('cancelled', 'Stopped'));
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      for await (const message of jsonMessages(stream)) onMessage(message);
    } catch (error) {
      throw engineError(error, 'lost', this.address);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}
