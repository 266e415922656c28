import { type BuildOptions } from './build-options.js';
import { DockerEngine } from './docker-engine.js';
import { findDockerHost, parseDockerHost, type Environment } from './docker-host.js';
import { type Engine } from './engine.js';
import { PodmanEngine } from './podman-engine.js';
import { dockerCredentials } from './registry-credentials.js';

/**
 * The engine that the options name; nothing is connected yet. BuildKit builds wherever the daemon has
 * it, in every series, unless the options forbid it, layers are to be squashed, or the containers of
 * a failed build are to be kept: BuildKit has none. Throws `DockerHostError` for an address that
 * cannot be followed.
 */
export function openEngine(
  options: Pick<BuildOptions, 'engine' | 'podmanBaseUrl' | 'buildkit' | 'squash' | 'keep'>,
  env: Environment,
): Engine {
  const credentials = dockerCredentials(env);
  if (options.engine === 'podman') {
    const host = parseDockerHost(options.podmanBaseUrl);
    return new PodmanEngine({ host, credentials, squash: options.squash });
  }
  const { buildkit, squash, keep } = options;
  const builder = buildkit && !squash && !keep ? 'buildkit' : 'classic';
  return new DockerEngine({ host: findDockerHost(env), builder, credentials });
}
