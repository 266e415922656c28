import { type BuildOptions } from './build-options.js';
import { DockerEngine } from './docker-engine.js';
import { findDockerHost, parseDockerHost, type Environment } from './docker-host.js';
import { type Engine } from './engine.js';
import { PodmanEngine } from './podman-engine.js';
import { dockerCredentials } from './registry-credentials.js';

/**
 * The engine that the options name; nothing is connected yet. BuildKit builds wherever the daemon has
 * it, in every series, unless the options forbid it or layers are to be squashed. Throws
 * `DockerHostError` for an address that cannot be followed.
 */
export function openEngine(
  options: Pick<BuildOptions, 'engine' | 'podmanBaseUrl' | 'buildkit' | 'squash'>,
  env: Environment,
): Engine {
  const credentials = dockerCredentials(env);
  if (options.engine === 'podman') {
    const host = parseDockerHost(options.podmanBaseUrl);
    return new PodmanEngine({ host, credentials, squash: options.squash });
  }
  const builder = options.buildkit && !options.squash ? 'buildkit' : 'classic';
  return new DockerEngine({ host: findDockerHost(env), builder, credentials });
}
