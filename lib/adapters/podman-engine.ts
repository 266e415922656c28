import type Dockerode from 'dockerode';
import { ApiEngine } from './api-engine.js';
import { contextStream } from './build-context.js';
import { BuildOutput } from './build-output.js';
import { type DockerHost } from './docker-host.js';
import { EngineError, type BuildRequest, type Engine, type EngineInfo } from './engine.js';
import { type RegistryCredentials } from './registry-credentials.js';

/** How a `PodmanEngine` is set up. */
export interface PodmanEngineOptions {
  readonly host: DockerHost;
  readonly credentials: RegistryCredentials;
  /** Keep one layer per image instead of one per step. */
  readonly squash: boolean;
}

/** Podman's own API: with the Docker one, images would be named after Docker Hub. */
const API = 'v4.0.0/libpod';

/** A Podman service, by its API. Source: kolla: image/tasks.py, engine_adapter/engine.py. */
export class PodmanEngine extends ApiEngine implements Engine {
  readonly kind = 'podman';
  readonly #squash: boolean;

  constructor(options: PodmanEngineOptions) {
    super(options.host, options.credentials, API);
    this.#squash = options.squash;
  }

  async connect(): Promise<EngineInfo> {
    try {
      const version = await this.version();
      return { version: version.Version, apiVersion: version.ApiVersion, buildkit: false };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new EngineError(
        error.failure,
        `${error.message}. Check if podman service is active and the address to podman.sock is ` +
          'set correctly through --podman_base_url',
        { cause: error },
      );
    }
  }

  async build(request: BuildRequest, onLine: (line: string) => void): Promise<string> {
    const context = contextStream(request.contextDir, 'podman');
    let id: string | undefined;
    // The last line is the whole id, alone.
    const output = new BuildOutput((line) => {
      id = /^[0-9a-f]{64}$/.test(line) ? line : undefined;
      onLine(line);
    });
    try {
      const registryconfig = await this.credentials.all();
      const answer = await this.call((docker) =>
        docker.buildImage(context, {
          ...this.#parameters(request),
          ...(Object.keys(registryconfig).length > 0 ? { registryconfig } : {}),
          ...(request.signal ? { abortSignal: request.signal } : {}),
        }),
      );
      await this.read(answer, request.signal, (message) => {
        output.add(message);
      });
    } finally {
      context.destroy();
      output.end();
    }
    if (output.error !== undefined) throw new EngineError('build', output.error);
    if (id === undefined) {
      throw new EngineError('lost', 'The engine ended the build without naming an image');
    }
    for (const name of request.alsoNamed) await this.tag(id, name);
    return `sha256:${id}`;
  }

  #parameters(request: BuildRequest): Dockerode.ImageBuildOptions {
    const { networkMode, platform, buildArgs, labels, cacheFrom } = request;
    const own = {
      dockerfile: 'Dockerfile',
      // Podman's "squash" is another thing than Docker's; without layers the result is the same.
      ...(this.#squash ? { squash: false, layers: false } : { layers: true }),
      outputformat: 'application/vnd.oci.image.manifest.v1+json',
      ...(buildArgs.size > 0 ? { buildargs: Object.fromEntries(buildArgs) } : {}),
      ...(labels.size > 0 ? { labels: Object.fromEntries(labels) } : {}),
      ...(cacheFrom.length > 0 ? { cachefrom: JSON.stringify(cacheFrom) } : {}),
    };
    return {
      ...own,
      t: request.name,
      rm: true,
      forcerm: !request.keep,
      nocache: !request.cache,
      pull: request.pull,
      ...(networkMode ? { networkmode: networkMode } : {}),
      ...(platform ? { platform } : {}),
    };
  }
}
