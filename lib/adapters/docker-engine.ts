import type Dockerode from 'dockerode';
import { type Readable } from 'node:stream';
import { contextStream } from './build-context.js';
import { BuildOutput, jsonMessages, type BuildMessage } from './build-output.js';
import { connectDockerode } from './docker-connection.js';
import { describeDockerHost, type DockerHost } from './docker-host.js';
import {
  EngineError,
  type BuildRequest,
  type Engine,
  type EngineImage,
  type EngineInfo,
} from './engine.js';
import { engineError } from './engine-errors.js';
import { type RegistryCredentials } from './registry-credentials.js';

/** How a `DockerEngine` is set up. */
export interface DockerEngineOptions {
  readonly host: DockerHost;
  /** `classic` never uses BuildKit; `buildkit` uses it wherever the daemon has it. */
  readonly builder: 'classic' | 'buildkit';
  readonly credentials: RegistryCredentials;
}

// BuildKit came with this version of the API; only daemons for Linux have it.
const BUILDKIT_API = [1, 39] as const;

const atLeast = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
};

/** A Docker daemon, by its API. */
export class DockerEngine implements Engine {
  readonly kind = 'docker';
  readonly #options: DockerEngineOptions;
  #docker: Promise<Dockerode> | undefined;
  #info: EngineInfo | undefined;

  constructor(options: DockerEngineOptions) {
    this.#options = options;
  }

  /** Where the daemon listens, as text for people. */
  get address(): string {
    return describeDockerHost(this.#options.host);
  }

  async connect(): Promise<EngineInfo> {
    const version = await this.#call('request', (docker) => docker.version());
    this.#info = {
      version: version.Version,
      apiVersion: version.ApiVersion,
      buildkit:
        this.#options.builder === 'buildkit' &&
        version.Os === 'linux' &&
        atLeast(version.ApiVersion, BUILDKIT_API),
    };
    return this.#info;
  }

  async build(request: BuildRequest, onLine: (line: string) => void): Promise<string> {
    const info = this.#info ?? (await this.connect());
    const usesBuildkit = info.buildkit && !request.squash;
    const context = contextStream(request.contextDir);
    const output = new BuildOutput(onLine);
    try {
      const registryconfig = await this.#options.credentials.all();
      const answer = await this.#call('request', (docker) =>
        docker.buildImage(context, {
          ...buildParameters(request, usesBuildkit),
          ...(Object.keys(registryconfig).length > 0 ? { registryconfig } : {}),
          ...(request.signal ? { abortSignal: request.signal } : {}),
        }),
      );
      await this.#read(answer, request.signal, (message) => {
        output.add(message);
      });
    } finally {
      context.destroy();
      output.end();
    }
    if (output.error !== undefined) throw new EngineError('build', output.error);
    if (output.imageId === undefined) {
      throw new EngineError('lost', 'The engine ended the build without naming an image');
    }
    return output.imageId;
  }

  async push(
    name: string,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<string | undefined> {
    const auth = await this.#options.credentials.forImage(name);
    const answer = await this.#call('request', (docker) =>
      docker.getImage(name).push({
        // Newer daemons refuse a push without the header, even where nobody has to log in.
        authconfig: auth ?? { username: '', password: '', serveraddress: '' },
        ...(options.signal ? { abortSignal: options.signal } : {}),
      }),
    );
    let failure: string | undefined;
    let digest: string | undefined;
    await this.#read(answer, options.signal, (message) => {
      if (message.error !== undefined || message.errorDetail !== undefined) {
        failure = message.errorDetail?.message ?? message.error ?? '';
      }
      const aux = message.aux as { Digest?: string } | undefined;
      digest = aux?.Digest ?? digest;
    });
    if (failure !== undefined) throw new EngineError('push', failure);
    return digest;
  }

  async inspect(name: string): Promise<EngineImage | undefined> {
    try {
      const found = await this.#call('request', (docker) => docker.getImage(name).inspect());
      return {
        id: found.Id,
        size: found.Size,
        labels: found.Config.Labels ?? {},
        repoDigests: found.RepoDigests ?? [],
      };
    } catch (error) {
      if (error instanceof EngineError && error.statusCode === 404) return undefined;
      throw error;
    }
  }

  async history(name: string): Promise<{ id: string; tags: string[] }[]> {
    const layers = (await this.#call('request', (docker) => docker.getImage(name).history())) as {
      Id: string;
      Tags: string[] | null;
    }[];
    return layers.map(({ Id, Tags }) => ({ id: Id, tags: Tags ?? [] }));
  }

  async tag(id: string, name: string): Promise<void> {
    const colon = name.lastIndexOf(':');
    const tagged = colon > name.lastIndexOf('/');
    const repo = tagged ? name.slice(0, colon) : name;
    const tag = tagged ? name.slice(colon + 1) : 'latest';
    await this.#call('request', (docker) => docker.getImage(id).tag({ repo, tag }));
  }

  close(): void {
    this.#docker = undefined;
  }

  async #call<T>(failure: 'request', ask: (docker: Dockerode) => Promise<T>): Promise<T> {
    try {
      this.#docker ??= connectDockerode(this.#options.host);
      return await ask(await this.#docker);
    } catch (error) {
      throw engineError(error, failure, this.address);
    }
  }

  async #read(
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
      for await (const message of jsonMessages(stream)) onMessage(message as BuildMessage);
    } catch (error) {
      throw engineError(error, 'lost', this.address);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}

function buildParameters(
  request: BuildRequest,
  usesBuildkit: boolean,
): Dockerode.ImageBuildOptions {
  const { networkMode, platform, buildArgs, labels, cacheFrom } = request;
  return {
    // dockerode opens a session, and loads gRPC for it, if the version is text; the daemon's BuildKit
    // takes an uploaded context without.
    ...(usesBuildkit ? { version: 2 as unknown as '2' } : {}),
    // Several names travel as several `t` parameters.
    t: (request.alsoNamed.length > 0
      ? [request.name, ...request.alsoNamed]
      : request.name) as string,
    rm: true,
    forcerm: !request.keep,
    nocache: !request.cache,
    pull: request.pull,
    ...(networkMode ? { networkmode: networkMode } : {}),
    ...(platform ? { platform } : {}),
    ...(buildArgs.size > 0 ? { buildargs: Object.fromEntries(buildArgs) } : {}),
    ...(labels.size > 0 ? { labels: Object.fromEntries(labels) } : {}),
    ...(cacheFrom.length > 0 ? { cachefrom: JSON.stringify(cacheFrom) } : {}),
    ...(request.squash ? { squash: true } : {}),
  };
}
