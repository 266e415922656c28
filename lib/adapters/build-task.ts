import { untagged, type Image } from '../kolla/image.js';
import { INPUTS_LABEL, referencedImages } from '../kolla/inputs.js';
import { pythonDateTime, pythonDuration } from '../kolla/python-time.js';
import { type BuildLog, type Logger } from './build-log.js';
import { type BuildProgress } from './build-progress.js';
import { type BuildOptions } from './build-options.js';
import { type OutcomeInProgress } from './build-outcome.js';
import { buildxTask, needsBuildx, type BuiltByBuildx } from './buildx-task.js';
import { type Environment } from './docker-host.js';
import { EngineError, type BuildRequest, type Engine } from './engine.js';
import { buildFailure, logFailure, pushFailure } from './failures.js';
import { checkFreshness, externalParentId, type Freshness } from './incremental.js';
import { prepareImage } from './prepare-image.js';
import { type RunState } from './run-state.js';
import { type SourceCache } from './source-cache.js';
import { requireSquash, squashImage, squashVersion } from './squash.js';
import { TaskFailure } from './task-failure.js';

/** What building images needs from outside. */
export interface ImageBuilderDeps {
  readonly engine: Engine;
  readonly log: BuildLog;
  readonly env: Environment;
  readonly signal?: AbortSignal;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Secrets that build steps may mount. */
  readonly secrets: ReadonlyMap<string, Buffer>;
  readonly cache: SourceCache;
  readonly state: RunState;
  readonly progress?: BuildProgress | undefined;
  readonly pinsArchives?: boolean | undefined;
}

/** Lines at the end of a build's output that tell why it failed. */
const TAIL = 200;

/** Builds one image at a time, any number of them at once. */
export class ImageBuilder {
  readonly #options: BuildOptions;
  readonly #deps: ImageBuilderDeps;
  readonly #outcome: (image: Image) => OutcomeInProgress;
  readonly #extraLabels: readonly (readonly [string, string])[];
  readonly #prepared = new Set<Image>();
  readonly #inputLabels = new Map<Image, string>();
  readonly #byBuildx = new Map<Image, BuiltByBuildx>();

  constructor(
    options: BuildOptions,
    deps: ImageBuilderDeps,
    outcome: (image: Image) => OutcomeInProgress,
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#outcome = outcome;
    this.#extraLabels = options.extraLabel.map((text) => {
      const equals = text.indexOf('=');
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    });
  }

  /** All names that an image gets, its full name first. */
  namesOf(image: Image): string[] {
    return [
      image.canonicalName,
      ...this.#options.extraTag.map((tag) => `${untagged(image)}:${tag}`),
    ];
  }

  /** Extra attempts that an image gets. */
  retriesOf(image: Image): number {
    return this.#options.imageSettings(image.name).retries ?? this.#options.retries;
  }

  /** Whether an image went to its registry as it was built. */
  hasPushed(image: Image): boolean {
    return this.#byBuildx.get(image)?.pushed ?? false;
  }

  /** Builds an image, or leaves it alone, and notes it in its outcome. Rejects with a `TaskFailure`,
   *  once it is logged. */
  async build(image: Image): Promise<void> {
    const { log, signal, state, env, cache } = this.#deps;
    const { timeout, debianArch } = this.#options;
    const outcome = this.#outcome(image);
    const logger = log.image(image.name);
    const began = new Date();
    logger.debug('Processing');
    outcome.started ??= began.getTime();
    const { started } = outcome;
    try {
      if (await this.#leaveAlone(image, logger)) return;
      outcome.attempts += 1;
      outcome.status = 'building';
      const buildx = needsBuildx(this.#options, this.#settings(image).platform);
      logger.info(`Building started at ${pythonDateTime(began)}`);
      if (!this.#prepared.has(image)) {
        const { pinsArchives: pinned } = this.#deps;
        await prepareImage(image, { timeout, debianArch, env, cache, logger, signal, pinned });
        this.#prepared.add(image);
      }
      await this.#checkParent(image);
      outcome.imageId = await this.#buildInEngine(image, logger, buildx);
      const digest = this.#byBuildx.get(image)?.digest;
      if (digest !== undefined) outcome.digest = digest;
      if (this.#options.resultsFile) {
        const { size } = (await this.#deps.engine.inspect(outcome.imageId, { signal })) ?? {};
        if (size !== undefined) outcome.size = size;
      }
    } catch (error) {
      if (!signal?.aborted) logFailure(logger, error);
      throw buildFailure(error);
    } finally {
      outcome.seconds = (Date.now() - started) / 1000;
    }
    outcome.status = 'built';
    delete outcome.reason;
    const now = new Date();
    const milliseconds = now.getTime() - began.getTime();
    const { imageId } = outcome;
    state.finish(image.canonicalName, { imageId, seconds: milliseconds / 1000 });
    logger.info(`Built at ${pythonDateTime(now)} (took ${pythonDuration(milliseconds)})`);
  }

  /** Whether, and why, an image would be built. For an image whose parent will be built anew there
   *  is nothing to compare. */
  async explain(image: Image): Promise<Freshness> {
    const { engine, signal, buildArgs, env, cache } = this.#deps;
    const { debianArch, secretBuildArgs, timeout } = this.#options;
    const { parent } = image;
    const pull = this.#options.pull && parent === undefined;
    const parentId =
      (parent && this.#outcome(parent).imageId) ??
      (await externalParentId(engine, image.parentName, pull, signal));
    const settings = this.#settings(image);
    return checkFreshness({
      image,
      parentId,
      labels: this.#labels(image),
      buildArgs: new Map([...buildArgs, ...settings.buildArgs]),
      secretBuildArgs,
      platform: settings.platform,
      debianArch,
      timeout,
      env,
      engine,
      cache,
      signal,
    });
  }

  async #leaveAlone(image: Image, logger: Logger): Promise<boolean> {
    const { resume, incremental } = this.#options;
    const { engine, state, signal } = this.#deps;
    const outcome = this.#outcome(image);
    let kept: { id: string; reason: string } | undefined;
    const finished = resume ? this.#finishedBefore.get(image) : undefined;
    if (finished !== undefined && this.#parentWasKept(image)) {
      const found = await engine.inspect(image.canonicalName, { signal });
      if (found?.id === finished) kept = { id: found.id, reason: 'built by the last run' };
    }
    if (!kept && incremental) {
      const { id, reason, label } = await this.explain(image);
      this.#inputLabels.set(image, label[1]);
      if (id !== undefined) kept = { id, reason };
      else logger.info(`To be built: ${reason}`);
    }
    if (!kept) return false;
    for (const name of this.namesOf(image).slice(1)) await engine.tag(kept.id, name, { signal });
    outcome.status = 'skipped';
    outcome.imageId = kept.id;
    outcome.reason = kept.reason;
    state.finish(image.canonicalName, { imageId: kept.id });
    logger.info(`Left alone: ${kept.reason}`);
    return true;
  }

  readonly #finishedBefore = new Map<Image, string>();

  /** Notes what the last run finished, before this one begins. */
  remember(images: readonly Image[]): void {
    const { state } = this.#deps;
    for (const image of images) {
      const id = state.get(image.canonicalName)?.imageId;
      if (id !== undefined) this.#finishedBefore.set(image, id);
    }
    state.begin(images.map((image) => image.canonicalName));
  }

  #parentWasKept({ parent }: Image): boolean {
    return parent === undefined || this.#outcome(parent).status === 'skipped';
  }

  /** A child must stand on the parent that this run built, not on what took its name since. */
  async #checkParent({ parent }: Image): Promise<void> {
    const built = parent && this.#outcome(parent).imageId;
    // What is not in the engine is taken by its digest.
    if (built === undefined || this.#byBuildx.get(parent!)?.inEngine === false) return;
    const { engine, signal } = this.#deps;
    const found = await engine.inspect(parent!.canonicalName, { signal });
    if (found?.id === built) return;
    const what = found ? 'is no longer the image that this run built' : 'has been removed';
    throw new TaskFailure(`Parent image ${parent!.canonicalName} ${what}; build it again`);
  }

  async #buildInEngine(image: Image, logger: Logger, buildx: boolean): Promise<string> {
    const { engine, env, progress } = this.#deps;
    const { squash, squashCleanup, squashTmpDir } = this.#options;
    const { buildTimeout } = this.#settings(image);
    const tail: string[] = [];
    const limit = new AbortController();
    const timer =
      buildTimeout > 0 ? setTimeout(() => limit.abort(), buildTimeout * 1000) : undefined;
    const { signal: outer } = this.#deps;
    const signal = outer ? AbortSignal.any([outer, limit.signal]) : limit.signal;
    const onLine = (line: string): void => {
      logger.info(line);
      progress?.line(image.name, line);
      tail.push(line);
      if (tail.length > TAIL) tail.shift();
    };
    try {
      if (buildx) {
        const request = this.#request(image, signal);
        const parent = image.parent && this.#byBuildx.get(image.parent);
        const options = this.#options;
        const task = { image, request, options, engine, env, logger, onLine, parent };
        const built = await buildxTask(task);
        this.#byBuildx.set(image, built);
        return built.id;
      }
      const byDaemon = squash && engine.kind === 'docker' && (await this.#daemonSquashes());
      const request = { ...this.#request(image, signal), squash: byDaemon };
      const id = await engine.build(request, onLine);
      if (!squash || byDaemon || engine.kind !== 'docker') return id;
      const [cleanup, tmpDir] = [squashCleanup, squashTmpDir];
      return await squashImage({ engine, image, id, cleanup, tmpDir, logger, signal });
    } catch (error) {
      if (limit.signal.aborted) {
        throw new TaskFailure(`The build took longer than ${buildTimeout} s and was stopped`);
      }
      if (error instanceof EngineError && error.failure === 'push') throw pushFailure(error);
      throw buildFailure(error, tail);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether a build may need an image that this run has not seen in the engine. */
  #fetches({ parent, parentName, dockerfile }: Image): boolean {
    if (!parent || this.#outcome(parent).imageId === undefined || dockerfile === null) return true;
    return /^#\s*syntax/im.test(dockerfile) || referencedImages(dockerfile, parentName).length > 0;
  }

  #squashedByDaemon: Promise<boolean> | undefined;

  #daemonSquashes(): Promise<boolean> {
    return (this.#squashedByDaemon ??= squashVersion().then(async (version) => {
      if (version !== undefined) return false;
      requireSquash(await this.#deps.engine.connect());
      return true;
    }));
  }

  #settings(image: Image): {
    platform: string | null;
    networkMode: string | null;
    buildArgs: ReadonlyMap<string, string>;
    buildTimeout: number;
  } {
    const own = this.#options.imageSettings(image.name);
    return {
      platform: own.platform ?? this.#options.platform,
      networkMode: own.networkMode ?? this.#options.networkMode,
      buildArgs: own.buildArgs,
      buildTimeout: own.buildTimeout ?? this.#options.buildTimeout,
    };
  }

  #labels(image: Image): ReadonlyMap<string, string> {
    return new Map([...image.labels, ...this.#extraLabels]);
  }

  #request(image: Image, signal: AbortSignal): BuildRequest {
    const options = this.#options;
    const settings = this.#settings(image);
    const inputs = this.#inputLabels.get(image);
    const { parent } = image;
    return {
      name: image.canonicalName,
      alsoNamed: this.namesOf(image).slice(1),
      contextDir: image.path,
      pull: options.pull && parent === undefined,
      fetches: this.#fetches(image),
      cache: options.cache,
      keep: options.keep,
      networkMode: settings.networkMode,
      platform: settings.platform,
      buildArgs: new Map([...this.#deps.buildArgs, ...settings.buildArgs]),
      labels: new Map([
        ...this.#labels(image),
        ...(inputs === undefined ? [] : [[INPUTS_LABEL, inputs] as const]),
      ]),
      cacheFrom: options.cacheFrom.map((text) =>
        text
          .replace(/^type=registry,ref=/, '')
          .replaceAll('{name}', image.name)
          .replaceAll('{image}', untagged(image)),
      ),
      inlineCache: options.cacheTo === 'inline' || options.cacheTo === 'type=inline',
      secrets: this.#deps.secrets,
      signal,
    };
  }
}
