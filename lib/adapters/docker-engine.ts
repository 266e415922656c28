import type Dockerode from 'dockerode';
import { Readable } from 'node:stream';
import { ApiEngine } from './api-engine.js';
import { contextStream, needsClassicBuilder } from './build-context.js';
import { BuildOutput } from './build-output.js';
import { type BuildkitSession } from './buildkit-session.js';
import { type DockerHost } from './docker-host.js';
import { EngineError, type BuildRequest, type Engine, type EngineInfo } from './engine.js';
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
// Before, no daemon kept its images in containerd.
const CONTAINERD_API = [1, 42] as const;

const atLeast = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
};

// Older daemons say it at the top, younger ones of each component.
function isExperimental(version: Dockerode.DockerVersion): boolean {
  const { Experimental, Components } = version as Partial<Dockerode.DockerVersion> & {
    Experimental?: boolean;
  };
  const engine = Components?.find(({ Name }) => Name === 'Engine');
  return Experimental === true || engine?.Details?.['Experimental'] === 'true';
}

/** A Docker daemon, by its API. */
export class DockerEngine extends ApiEngine implements Engine {
  readonly kind = 'docker';
  readonly #builder: DockerEngineOptions['builder'];
  #info: EngineInfo | undefined;
  #contextBySession: Promise<boolean> | undefined;

  constructor(options: DockerEngineOptions) {
    super(options.host, options.credentials);
    this.#builder = options.builder;
  }

  async connect(): Promise<EngineInfo> {
    const version = await this.version();
    const isPodman = version.Components?.some(({ Name }) => Name === 'Podman Engine') ?? false;
    const hasBuildkit =
      !isPodman && version.Os === 'linux' && atLeast(version.ApiVersion, BUILDKIT_API);
    const wanted = this.#builder === 'buildkit';
    this.#info = {
      version: version.Version,
      apiVersion: version.ApiVersion,
      buildkit: wanted && hasBuildkit,
      squashes: !isPodman && isExperimental(version),
      ...(wanted && !hasBuildkit
        ? { warning: 'The daemon has no BuildKit: the classic builder builds, which is slower' }
        : {}),
    };
    return this.#info;
  }

  /** Whether images are kept in containerd, whose BuildKit does not take the body of a request as the
   *  context: github.com/moby/moby issue 47717. */
  #takesContextBySession({ apiVersion }: EngineInfo): Promise<boolean> {
    this.#contextBySession ??= (async () => {
      if (!atLeast(apiVersion, CONTAINERD_API)) return false;
      const info = (await this.call((docker) => docker.info())) as {
        DriverStatus?: unknown;
      } | null;
      const pairs: unknown = info?.DriverStatus;
      if (!Array.isArray(pairs)) return false;
      return pairs.some(
        (pair: unknown) =>
          Array.isArray(pair) &&
          pair[0] === 'driver-type' &&
          String(pair[1]).startsWith('io.containerd.snapshotter'),
      );
    })();
    // A failure is not remembered: the next attempt asks again.
    this.#contextBySession.catch(() => (this.#contextBySession = undefined));
    return this.#contextBySession;
  }

  /** Whether BuildKit may ask for a secret or a login. */
  async #mayAsk({ secrets, pull, fetches = true }: BuildRequest): Promise<boolean> {
    return secrets.size > 0 || pull || (fetches && (await this.credentials.any()));
  }

  async build(request: BuildRequest, onLine: (line: string) => void): Promise<string> {
    const info = this.#info ?? (await this.connect());
    if (!info.buildkit && request.secrets.size > 0) {
      throw new EngineError('request', 'Build secrets need BuildKit, which does not build here');
    }
    const classic = info.buildkit ? whyClassic(request) : undefined;
    if (classic !== undefined) onLine(`The classic builder builds this image: ${classic}`);
    const buildkit = info.buildkit && classic === undefined;
    const context = contextStream(request.contextDir, buildkit ? 'buildkit' : 'classic');
    const output = new BuildOutput(onLine, [request.name, ...request.alsoNamed]);
    let session: BuildkitSession | undefined;
    try {
      // The classic builder is told all credentials, BuildKit asks for what it needs.
      const registryconfig = buildkit ? {} : await this.credentials.all();
      const bySession = buildkit && (await this.#takesContextBySession(info));
      if (bySession || (buildkit && (await this.#mayAsk(request)))) {
        const { openSession } = await import('./buildkit-session.js');
        const { secrets } = request;
        const { credentials } = this;
        const content = { secrets, credentials, context: bySession ? context : undefined };
        session = await this.call((docker) => openSession(docker, content));
      }
      const answer = await this.call((docker) =>
        docker.buildImage(bySession ? Readable.from([]) : context, {
          ...buildParameters(request, buildkit),
          ...(session ? { session: session.id } : {}),
          ...(session && bySession ? { remote: session.contextUrl } : {}),
          ...(Object.keys(registryconfig).length > 0 ? { registryconfig } : {}),
          ...(request.signal ? { abortSignal: request.signal } : {}),
        }),
      );
      await this.read(answer, request.signal, (message) => {
        output.add(message);
      });
    } finally {
      session?.close();
      context.destroy();
      output.end();
    }
    if (output.error !== undefined) {
      // BuildKit's words for credentials that it needs and, without a session, cannot ask for.
      const hint = /no active sessions/.test(output.error) ? ': a registry asks for a login' : '';
      throw new EngineError('build', output.error + hint);
    }
    if (output.imageId === undefined) {
      throw new EngineError('lost', 'The engine ended the build without naming an image');
    }
    return output.imageId;
  }
}

/** What BuildKit can not do for a build; where only BuildKit can build, it will say so itself. */
function whyClassic({ networkMode, secrets, contextDir }: BuildRequest): string | undefined {
  if (secrets.size > 0) return undefined;
  if (networkMode && !['default', 'host', 'none'].includes(networkMode)) {
    return `BuildKit does not support network mode ${networkMode}`;
  }
  if (!needsClassicBuilder(contextDir)) return undefined;
  return 'its .dockerignore hides the Dockerfile, which BuildKit would let COPY see';
}

function buildParameters(request: BuildRequest, buildkit: boolean): Dockerode.ImageBuildOptions {
  const { networkMode, platform, labels, cacheFrom } = request;
  const buildArgs = Object.fromEntries(request.buildArgs);
  if (buildkit && request.inlineCache) buildArgs['BUILDKIT_INLINE_CACHE'] = '1';
  const names = [request.name, ...request.alsoNamed];
  return {
    // dockerode opens a session, and loads gRPC for it, if the version is text; the daemon's BuildKit
    // takes an uploaded context without.
    ...(buildkit ? { version: 2 as unknown as '2' } : {}),
    // Several names travel as several `t` parameters.
    t: (names.length > 1 ? names : request.name) as string,
    rm: true,
    forcerm: !request.keep,
    nocache: !request.cache,
    pull: request.pull,
    ...(request.squash ? { squash: true } : {}),
    ...(networkMode ? { networkmode: networkMode } : {}),
    ...(platform ? { platform } : {}),
    ...(Object.keys(buildArgs).length > 0 ? { buildargs: buildArgs } : {}),
    ...(labels.size > 0 ? { labels: Object.fromEntries(labels) } : {}),
    ...(cacheFrom.length > 0 ? { cachefrom: JSON.stringify(cacheFrom) } : {}),
  };
}
