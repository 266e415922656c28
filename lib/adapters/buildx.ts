import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Environment } from './docker-host.js';
import { EngineError, type BuildRequest } from './engine.js';
import { runProgram } from './run-program.js';
import { TaskFailure } from './task-failure.js';

/** What a build needs that only the program buildx does. */
export interface BuildxRequest extends BuildRequest {
  /** Name of a builder; `null`: the one that is in use. */
  readonly builder: string | null;
  /** Caches to fill and to use, as buildx spells them. */
  readonly cacheTo: readonly string[];
  /** `push` to the registry, where an image of several platforms can only go, or `load` into the
   *  daemon. */
  readonly output: 'push' | 'load';
  /** Secrets that steps may mount, as buildx spells them. */
  readonly secretOptions: readonly string[];
  /** Images that the Dockerfile names, and the digests that this run gave them. */
  readonly pinned: ReadonlyMap<string, string>;
}

/** An image that buildx has built. */
export interface BuildxImage {
  /** Digest of its configuration; of the list, for several platforms. */
  readonly id: string;
  /** What the registry calls it, where it was pushed. */
  readonly digest?: string;
}

/** What buildx needs from outside. */
export interface BuildxDeps {
  readonly env: Environment;
  readonly onLine: (line: string) => void;
}

const MISSING =
  '"docker buildx" is not available. Install the docker-buildx-plugin or disable BuildKit with "--nobuildkit".';

/** Throws a `TaskFailure` if there is no buildx. Source: kolla: common/utils.py check_docker_buildx. */
export async function requireBuildx(env: Environment): Promise<void> {
  const { status } = await runProgram('docker', ['buildx', 'version'], { env }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new TaskFailure('"docker" command is not found.', { cause: error });
    },
  );
  if (status !== 0) throw new TaskFailure(MISSING);
}

// Variables that change what the docker program itself does, or where it looks.
const READ_BY_DOCKER =
  /^(?:DOCKER|BUILDX|BUILDKIT|OTEL|SSH|LD)_|^(?:GO[A-Z]+|PATH|HOME|TMPDIR|NO_COLOR)$/;

/** Build arguments as options. Values travel in the environment: anybody may read command lines. */
function buildArguments(
  given: ReadonlyMap<string, string>,
  env: Environment,
): { args: string[]; env: Record<string, string> } {
  const args: string[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of given) {
    const isOurs = READ_BY_DOCKER.test(name) || (env[name] ?? value) !== value;
    if (!isOurs) values[name] = value;
    args.push('--build-arg', isOurs ? `${name}=${value}` : name);
  }
  return { args, env: values };
}

/** The command line of a build. Source: kolla: image/tasks.py _build_buildkit. */
function commandLine(request: BuildxRequest, buildArgs: readonly string[]): string[] {
  const { builder, networkMode, platform } = request;
  const each = (option: string, values: Iterable<string>): string[] =>
    [...values].flatMap((value) => [option, value]);
  return [
    ...['buildx', 'build', '--progress=plain'],
    ...(builder === null ? [] : ['--builder', builder]),
    ...(request.pull ? ['--pull'] : []),
    ...(request.cache ? [] : ['--no-cache']),
    ...(networkMode ? ['--network', networkMode] : []),
    ...(platform ? ['--platform', platform] : []),
    ...each('-t', [request.name, ...request.alsoNamed]),
    `--${request.output}`,
    ...buildArgs,
    ...each(
      '--label',
      [...request.labels].map(([name, value]) => `${name}=${value}`),
    ),
    ...each('--cache-from', request.cacheFrom),
    ...each('--cache-to', request.cacheTo),
    ...each('--secret', request.secretOptions),
    ...each(
      '--build-context',
      [...request.pinned].map(([name, digest]) => `${name}=docker-image://${name}@${digest}`),
    ),
  ];
}

interface Metadata {
  readonly 'containerimage.config.digest'?: string;
  readonly 'containerimage.digest'?: string;
}

/** Builds an image with the program `docker buildx`. Rejects with an `EngineError`. */
export async function buildWithBuildx(
  request: BuildxRequest,
  { env, onLine }: BuildxDeps,
): Promise<BuildxImage> {
  const { contextDir, signal, output } = request;
  // Beside the context, which it must not be part of; a temporary tree takes it along.
  const metadataFile = join(dirname(contextDir), `.${basename(contextDir)}.${randomUUID()}.json`);
  const buildArgs = buildArguments(request.buildArgs, env);
  const args = [
    ...commandLine(request, buildArgs.args),
    ...['--metadata-file', metadataFile, contextDir],
  ];
  let complaint = '';
  try {
    const { status } = await runProgram('docker', args, {
      env: { ...env, ...buildArgs.env, NO_COLOR: '1' },
      signal,
      onLine: (line) => {
        const text = line.trimEnd();
        if (text.startsWith('ERROR: ')) complaint = text.slice('ERROR: '.length);
        onLine(text);
      },
    });
    if (status !== 0) {
      const failure = /\bfailed to push\b|\bpush access denied\b/.test(complaint)
        ? 'push'
        : 'build';
      throw new EngineError(failure, complaint || `docker buildx failed (exit ${status})`);
    }
    const metadata = JSON.parse(await readFile(metadataFile, 'utf8')) as Metadata;
    const digest = metadata['containerimage.digest'];
    const id = metadata['containerimage.config.digest'] ?? digest;
    if (id === undefined) {
      throw new EngineError('lost', 'docker buildx ended the build without naming an image');
    }
    return output === 'push' && digest !== undefined ? { id, digest } : { id };
  } finally {
    await rm(metadataFile, { force: true });
  }
}
