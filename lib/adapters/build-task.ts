import { type Image } from '../kolla/image.js';
import { pythonDateTime, pythonDuration } from '../kolla/python-time.js';
import { type BuildLog, type Logger } from './build-log.js';
import { type BuildOptions } from './build-options.js';
import { type OutcomeInProgress } from './build-outcome.js';
import { type Environment } from './docker-host.js';
import { type BuildRequest, type Engine } from './engine.js';
import { buildFailure, logFailure } from './failures.js';
import { prepareImage } from './prepare-image.js';
import { squashImage } from './squash.js';
import { TaskFailure } from './task-failure.js';

/** What building an image needs from outside. */
export interface ImageBuilderDeps {
  readonly engine: Engine;
  readonly log: BuildLog;
  readonly env: Environment;
  readonly signal?: AbortSignal;
  /** Secrets that build steps may mount. */
  readonly secrets: ReadonlyMap<string, Buffer>;
}

/** Lines at the end of a build's output that tell why it failed. */
const TAIL = 200;

/** Builds one image at a time, any number of them at once. */
export class ImageBuilder {
  readonly #options: BuildOptions;
  readonly #deps: ImageBuilderDeps;
  readonly #outcome: (image: Image) => OutcomeInProgress;
  readonly #buildArgs: ReadonlyMap<string, string>;
  readonly #extraLabels: readonly (readonly [string, string])[];

  constructor(
    options: BuildOptions,
    deps: ImageBuilderDeps,
    buildArgs: ReadonlyMap<string, string>,
    outcome: (image: Image) => OutcomeInProgress,
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#outcome = outcome;
    this.#buildArgs = buildArgs;
    this.#extraLabels = options.extraLabel.map((text) => {
      const equals = text.indexOf('=');
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    });
  }

  /** All names that an image gets, its full name first. */
  namesOf(image: Image): string[] {
    const name = image.canonicalName;
    const untagged = name.slice(0, name.lastIndexOf(':'));
    return [name, ...this.#options.extraTag.map((tag) => `${untagged}:${tag}`)];
  }

  /** Builds an image and notes it in its outcome. Rejects with a `TaskFailure`, once it is logged. */
  async build(image: Image): Promise<void> {
    const { log, signal } = this.#deps;
    const outcome = this.#outcome(image);
    const logger = log.image(image.name);
    const began = new Date();
    logger.debug('Processing');
    outcome.attempts += 1;
    outcome.started ??= began.getTime();
    const { started } = outcome;
    try {
      outcome.status = 'building';
      logger.info(`Building started at ${pythonDateTime(began)}`);
      await prepareImage(image, {
        timeout: this.#options.timeout,
        debianArch: this.#options.debianArch,
        env: this.#deps.env,
        logger,
        signal,
      });
      await this.#checkParentImage(image);
      outcome.imageId = await this.#buildInEngine(image, logger);
    } catch (error) {
      if (!signal?.aborted) logFailure(logger, error);
      throw buildFailure(error);
    } finally {
      outcome.seconds = (Date.now() - started) / 1000;
    }
    outcome.status = 'built';
    delete outcome.reason;
    const now = new Date();
    const took = pythonDuration(now.getTime() - began.getTime());
    logger.info(`Built at ${pythonDateTime(now)} (took ${took})`);
  }

  /** A child must stand on the parent that this run built, not on what took its name since. */
  async #checkParentImage({ parent }: Image): Promise<void> {
    const built = parent && this.#outcome(parent).imageId;
    if (built === undefined) return;
    const found = await this.#deps.engine.inspect(parent!.canonicalName);
    if (found?.id === built) return;
    const what = found ? 'is no longer the image that this run built' : 'has been removed';
    throw new TaskFailure(`Parent image ${parent!.canonicalName} ${what}; build it again`);
  }

  async #buildInEngine(image: Image, logger: Logger): Promise<string> {
    const { engine } = this.#deps;
    const { squash, squashCleanup, squashTmpDir, buildTimeout } = this.#options;
    const tail: string[] = [];
    const limit = new AbortController();
    const timer =
      buildTimeout > 0 ? setTimeout(() => limit.abort(), buildTimeout * 1000) : undefined;
    const { signal: outer } = this.#deps;
    const signal = outer ? AbortSignal.any([outer, limit.signal]) : limit.signal;
    try {
      const id = await engine.build(this.#request(image, signal), (line) => {
        logger.info(line);
        tail.push(line);
        if (tail.length > TAIL) tail.shift();
      });
      if (!squash || engine.kind !== 'docker') return id;
      const [cleanup, tmpDir] = [squashCleanup, squashTmpDir];
      return await squashImage({ engine, image, id, cleanup, tmpDir, logger, signal });
    } catch (error) {
      if (!limit.signal.aborted) throw buildFailure(error, tail);
      throw new TaskFailure(`The build took longer than ${buildTimeout} s and was stopped`);
    } finally {
      clearTimeout(timer);
    }
  }

  #request(image: Image, signal: AbortSignal): BuildRequest {
    const options = this.#options;
    const untagged = image.canonicalName.slice(0, image.canonicalName.lastIndexOf(':'));
    return {
      name: image.canonicalName,
      alsoNamed: this.namesOf(image).slice(1),
      contextDir: image.path,
      pull: options.pull && image.parent === undefined,
      cache: options.cache,
      keep: options.keep,
      networkMode: options.networkMode,
      platform: options.platform,
      buildArgs: this.#buildArgs,
      labels: new Map([...image.labels, ...this.#extraLabels]),
      cacheFrom: options.cacheFrom.map((text) =>
        text.replaceAll('{name}', image.name).replaceAll('{image}', untagged),
      ),
      inlineCache: options.cacheTo === 'inline',
      secrets: this.#deps.secrets,
      signal,
    };
  }
}
