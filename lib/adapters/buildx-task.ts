import { untagged, type Image } from '../kolla/image.js';
import { type Logger } from './build-log.js';
import { type BuildOptions } from './build-options.js';
import { buildWithBuildx, type BuildxImage } from './buildx.js';
import { type Environment } from './docker-host.js';
import { EngineError, type BuildRequest, type Engine } from './engine.js';
import { TaskFailure } from './task-failure.js';

type BuildxOptions = Pick<
  BuildOptions,
  | 'engine'
  | 'buildkit'
  | 'squash'
  | 'keep'
  | 'buildkitBuilder'
  | 'platform'
  | 'cacheFrom'
  | 'cacheTo'
  | 'push'
  | 'buildSecret'
>;

const isMultiPlatform = (platform: string | null): boolean => platform?.includes(',') ?? false;

// The daemon's own builder reads images as caches and writes caches into images, and no others.
const isForeignSource = (cache: string): boolean =>
  cache.includes('=') && !/^type=registry,ref=[^,]*$/.test(cache);
const isForeignTarget = (cache: string | null): boolean =>
  Boolean(cache) && cache !== 'inline' && cache !== 'type=inline';

/** Whether an image is one for `docker buildx`: of several platforms, by a builder that is not the
 *  daemon's own, or with caches that only buildx fills or reads. `own` is the image's own platform. */
export function needsBuildx(options: BuildxOptions, own: string | null): boolean {
  if (options.engine !== 'docker') return false;
  const { buildkitBuilder } = options;
  const named = buildkitBuilder !== null && buildkitBuilder !== '' && buildkitBuilder !== 'default';
  return whyBuildx(options, own) !== undefined || (named && obstacle(options) === undefined);
}

/** What of a build only buildx does. A builder is none: it has a say only where BuildKit builds. */
function whyBuildx(options: BuildxOptions, own: string | null): string | undefined {
  const { cacheTo } = options;
  const platform = own ?? options.platform;
  if (isMultiPlatform(platform)) return `A build for several platforms (${platform})`;
  if (isForeignTarget(cacheTo)) return `--cache-to ${cacheTo}`;
  const foreign = options.cacheFrom.find(isForeignSource);
  return foreign === undefined ? undefined : `--cache-from ${foreign}`;
}

/** The option with which BuildKit does not build. */
function obstacle({ buildkit, squash, keep }: BuildxOptions): string | undefined {
  if (!buildkit) return '--nobuildkit';
  if (squash) return '--squash';
  return keep ? '--keep' : undefined;
}

/** One image that buildx is to build. */
export interface BuildxTask {
  readonly image: Image;
  readonly request: BuildRequest;
  readonly options: BuildxOptions;
  readonly engine: Engine;
  readonly env: Environment;
  readonly logger: Logger;
  readonly onLine: (line: string) => void;
  /** What the parent has become, if buildx built it in this run. */
  readonly parent: BuiltByBuildx | undefined;
}

/** An image that buildx has built. */
export interface BuiltByBuildx extends BuildxImage {
  /** It is in the registry already. */
  readonly pushed: boolean;
  /** The engine has it under its name. */
  readonly inEngine: boolean;
}

/**
 * Builds an image with buildx and, with `push`, pushes it at once: a builder of its own takes the
 * parents of later images from the registry, at the digest that this run gave them. An image of one
 * platform goes into the engine, too. Rejects with an `EngineError` or a `TaskFailure`.
 * Source: kolla: image/tasks.py _build_buildkit.
 */
export async function buildxTask(task: BuildxTask): Promise<BuiltByBuildx> {
  const { image, request, options, engine, parent, logger, env, onLine } = task;
  const { push, buildkitBuilder, cacheTo } = options;
  const { platform, signal } = request;
  const several = isMultiPlatform(platform);
  const hindrance = obstacle(options);
  if (hindrance !== undefined) {
    const what = whyBuildx(options, platform);
    throw new TaskFailure(`${what} needs BuildKit, which does not build with ${hindrance}`);
  }
  if (several && !push) {
    throw new TaskFailure(
      'Multi-platform buildkit build requires --push: docker buildx does not support --load for multi-platform output.',
    );
  }
  const named = (text: string): string =>
    text.replaceAll('{name}', image.name).replaceAll('{image}', untagged(image));
  const pin = parent?.inEngine === false ? parent.digest : undefined;
  const onlyPush = push && (several || !platform);
  const built = await buildWithBuildx(
    {
      ...request,
      builder: buildkitBuilder || null,
      cacheFrom: options.cacheFrom.map(named),
      cacheTo: cacheTo ? [named(cacheTo === 'inline' ? 'type=inline' : cacheTo)] : [],
      output: onlyPush ? 'push' : 'load',
      secretOptions: options.buildSecret,
      pinned: new Map(pin === undefined ? [] : [[image.parentName, pin]]),
    },
    { env, onLine },
  ).catch((error: unknown) => {
    throw hinted(error, task);
  });
  if (onlyPush) return { ...built, pushed: true, inEngine: false };
  const found = await engine.inspect(image.canonicalName, { signal });
  const id = found?.id ?? built.id;
  const inEngine = found !== undefined;
  if (!push) return { id, pushed: false, inEngine };
  logger.info('Trying to push the image');
  let digest: string | undefined;
  for (const name of [request.name, ...request.alsoNamed]) {
    digest = (await engine.push(name, { signal })) ?? digest;
  }
  logger.info('Pushed successfully');
  return { id, pushed: true, inEngine, ...(digest === undefined ? {} : { digest }) };
}

/** Adds what to do where users hear of a builder first. */
function hinted(error: unknown, { image, parent, options }: BuildxTask): unknown {
  if (!(error instanceof EngineError)) return error;
  const { failure, message } = error;
  let hint: string | undefined;
  if (/^no builder ".*" found$/.test(message)) {
    hint = '"docker buildx ls" shows the builders, "docker buildx create" makes one';
  } else if (image.parent && !parent?.pushed && message.includes(untagged(image.parent))) {
    const builder = options.buildkitBuilder ?? 'in use';
    hint = `the builder ${builder} does not see images of the daemon; with --push it takes them from the registry`;
  }
  return hint === undefined
    ? error
    : new EngineError(failure, `${message}: ${hint}`, { cause: error });
}
