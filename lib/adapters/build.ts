import { buildArguments } from '../kolla/build-args.js';
import { type Image } from '../kolla/image.js';
import { findCycles, longestPaths, planRoots, unlockedChildren } from '../kolla/plan.js';
import { pythonDateTime, pythonDuration } from '../kolla/python-time.js';
import { backOff, looksTransient } from '../kolla/retry.js';
import { STATUS_ERRORS, type Status } from '../kolla/status.js';
import { type BuildLog, type Logger } from './build-log.js';
import { type BuildOptions } from './build-options.js';
import { type Environment } from './docker-host.js';
import { EngineError, type Engine } from './engine.js';
import { prepareImage } from './prepare-image.js';
import { squashImage } from './squash.js';
import { TaskFailure } from './task-failure.js';
import { WorkerPool } from './worker-pool.js';

/** What building needs from outside. */
export interface BuildDeps {
  readonly engine: Engine;
  readonly log: BuildLog;
  readonly env: Environment;
  /** Stops the run: builds are cancelled, nothing new starts. */
  readonly signal?: AbortSignal;
}

/** What became of one image. */
export interface ImageOutcome {
  readonly name: string;
  readonly status: Status;
  /** Builds that were started. */
  readonly attempts: number;
  /** When the first build started, in milliseconds since 1970. */
  readonly started?: number;
  /** Seconds that building took, all attempts together. */
  readonly seconds?: number;
  readonly imageId?: string;
  /** What the registry called it when it was pushed. */
  readonly digest?: string;
  /** Why it failed, in one line or a few. */
  readonly error?: string;
}

type Progress = { -readonly [Key in keyof Omit<ImageOutcome, 'name'>]: ImageOutcome[Key] };

/**
 * Builds, and with `push` pushes, every matched image, parents before children. Returns what became
 * of each of `images`, in their order; a failed image is an outcome, never a rejection. The images
 * themselves are left as they are.
 * Source: kolla: image/build.py, image/tasks.py.
 */
export async function buildImages(
  images: readonly Image[],
  options: BuildOptions,
  deps: BuildDeps,
): Promise<ImageOutcome[]> {
  return new BuildRun(images, options, deps).run();
}

class BuildRun {
  readonly #images: readonly Image[];
  readonly #options: BuildOptions;
  readonly #deps: BuildDeps;
  readonly #progress: Map<Image, Progress>;
  readonly #buildArgs: ReadonlyMap<string, string>;
  readonly #urgency: ReadonlyMap<Image, number>;
  readonly #roots: readonly Image[];
  readonly #builds: WorkerPool<Image>;
  readonly #pushes: WorkerPool<Image>;

  constructor(images: readonly Image[], options: BuildOptions, deps: BuildDeps) {
    this.#images = images;
    this.#options = options;
    this.#deps = deps;
    this.#progress = new Map(images.map((image) => [image, { status: image.status, attempts: 0 }]));
    this.#buildArgs = buildArguments(options.buildArgs, deps.env);
    this.#roots = planRoots(images);
    this.#urgency = longestPaths(this.#roots, () => undefined);
    this.#builds = new WorkerPool(options.threads, (image) => this.#runBuild(image));
    this.#pushes = new WorkerPool(options.pushThreads, (image) => this.#runPush(image));
  }

  async run(): Promise<ImageOutcome[]> {
    const { log, signal } = this.#deps;
    const stop = (): void => {
      this.#builds.stop();
      this.#pushes.stop();
    };
    signal?.addEventListener('abort', stop, { once: true });
    for (const cycle of findCycles(this.#images.filter((image) => image.status === 'matched'))) {
      const names = [...cycle, cycle[0]!].map((image) => image.name).join(' -> ');
      log.program.error(`Images are built on each other and can not be built: ${names}`);
    }
    for (const image of this.#roots) log.program.info(`Added image ${image.name} to queue`);
    for (const image of this.#roots) this.#builds.add(image, this.#urgency.get(image));
    // A build that ends may have added a push; a push never adds a build.
    await this.#builds.idle();
    await this.#pushes.idle();
    signal?.removeEventListener('abort', stop);
    return this.#images.map((image) => {
      return { name: image.name, ...this.#state(image) };
    });
  }

  #state(image: Image): Progress {
    return this.#progress.get(image)!;
  }

  async #runBuild(image: Image): Promise<void> {
    const { log } = this.#deps;
    const succeeded = await this.#attempt(`BuildTask(${image.name})`, image, () =>
      this.#build(image),
    );
    if (!succeeded || this.#deps.signal?.aborted) return;
    if (this.#options.push) {
      const task = `PushTask(${image.name})`;
      log.program.info(`Added next task PushIntoQueueTask(${task}) to queue`);
      log.program.info(`Attempt number: 1 to run task: PushIntoQueueTask(${task}) `);
      this.#pushes.add(image, this.#urgency.get(image));
    }
    for (const child of unlockedChildren(image)) {
      log.program.info(`Added next task BuildTask(${child.name}) to queue`);
      this.#builds.add(child, this.#urgency.get(child));
    }
  }

  async #runPush(image: Image): Promise<void> {
    await this.#attempt(`PushTask(${image.name})`, image, () => this.#push(image));
  }

  /** Runs a task until it succeeds, can not succeed any more, or is out of attempts. */
  async #attempt(task: string, image: Image, run: () => Promise<void>): Promise<boolean> {
    const { log, signal } = this.#deps;
    const state = this.#state(image);
    for (let attempt = 1; attempt <= this.#options.retries + 1; attempt++) {
      if (attempt > 1) await pause(backOff(attempt, Math.random()), signal);
      if (signal?.aborted) return false;
      log.program.info(`Attempt number: ${attempt} to run task: ${task} `);
      try {
        await run();
        return true;
      } catch (error) {
        const failure = asTaskFailure(error);
        state.status = failure.status;
        state.error = failure.message;
        const logger = log.image(image.name);
        if (!(error instanceof TaskFailure || error instanceof EngineError)) {
          logger.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
        }
        if (!failure.transient) return false;
      }
    }
    return false;
  }

  async #build(image: Image): Promise<void> {
    const state = this.#state(image);
    const logger = this.#deps.log.image(image.name);
    const began = new Date();
    logger.debug('Processing');
    state.status = 'building';
    state.attempts += 1;
    state.started ??= began.getTime();
    logger.info(`Building started at ${pythonDateTime(began)}`);
    try {
      await this.#checkParent(image);
      await prepareImage(image, {
        timeout: this.#options.timeout,
        debianArch: this.#options.debianArch,
        env: this.#deps.env,
        logger,
        signal: this.#deps.signal,
      });
      state.imageId = await this.#buildInEngine(image, logger);
    } catch (error) {
      logFailure(logger, error);
      throw error;
    } finally {
      state.seconds = (Date.now() - (state.started ?? began.getTime())) / 1000;
    }
    state.status = 'built';
    delete state.error;
    const now = new Date();
    const took = pythonDuration(now.getTime() - began.getTime());
    logger.info(`Built at ${pythonDateTime(now)} (took ${took})`);
  }

  /** A child must stand on the parent that this run built, not on what took its name since. */
  async #checkParent(image: Image): Promise<void> {
    const { parent } = image;
    if (!parent) return;
    const { status, imageId } = this.#state(parent);
    if (STATUS_ERRORS.has(status)) {
      throw new TaskFailure(`Parent image error'd with message "${status}"`, {
        status: 'parent_error',
      });
    }
    if (imageId === undefined) return;
    const found = await this.#deps.engine.inspect(parent.canonicalName);
    if (found?.id === imageId) return;
    const what = found ? 'is no longer the image that this run built' : 'has been removed';
    throw new TaskFailure(`Parent image ${parent.canonicalName} ${what}; build it again`);
  }

  async #buildInEngine(image: Image, logger: Logger): Promise<string> {
    const { engine, signal } = this.#deps;
    const options = this.#options;
    const tail: string[] = [];
    const onLine = (line: string): void => {
      logger.info(line);
      tail.push(line);
      if (tail.length > 200) tail.shift();
    };
    let id: string;
    try {
      id = await engine.build(
        {
          name: image.canonicalName,
          alsoNamed: [],
          contextDir: image.path,
          pull: options.pull && image.parent === undefined,
          cache: options.cache,
          keep: options.keep,
          networkMode: options.networkMode,
          platform: options.platform,
          buildArgs: this.#buildArgs,
          labels: image.labels,
          squash: false,
          cacheFrom: [],
          cacheTo: [],
          secrets: new Map(),
          signal,
        },
        onLine,
      );
    } catch (error) {
      if (!(error instanceof EngineError) || error.failure !== 'build') throw error;
      const transient = looksTransient(`${tail.join('\n')}\n${error.message}`);
      throw new TaskFailure(error.message, { transient, cause: error });
    }
    if (!options.squash || engine.kind !== 'docker') return id;
    return squashImage({
      engine,
      image,
      id,
      cleanup: options.squashCleanup,
      tmpDir: options.squashTmpDir,
      logger,
      signal,
    });
  }

  async #push(image: Image): Promise<void> {
    const { engine, log, signal } = this.#deps;
    const state = this.#state(image);
    const logger = log.image(image.name);
    logger.info('Trying to push the image');
    try {
      const digest = await engine.push(image.canonicalName, { signal });
      if (digest !== undefined) state.digest = digest;
    } catch (error) {
      const failure = pushFailure(error);
      logger.error(failure.message);
      throw failure;
    }
    state.status = 'built';
    delete state.error;
    logger.info('Pushed successfully');
  }
}

function logFailure(logger: Logger, error: unknown): void {
  if (error instanceof TaskFailure && error.cause instanceof EngineError) {
    logger.error("Error'd with the following message");
  }
  const message = error instanceof Error ? error.message : String(error);
  for (const line of message.split('\n')) if (line !== '') logger.error(line);
}

function asTaskFailure(error: unknown): TaskFailure {
  if (error instanceof TaskFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof EngineError)) return new TaskFailure(message, { cause: error });
  const transient =
    error.failure === 'lost' ||
    error.failure === 'unreachable' ||
    (error.failure === 'request' &&
      (error.statusCode === 429 || ((error.statusCode ?? 0) >= 500 && looksTransient(message))));
  return new TaskFailure(message, { transient, cause: error });
}

function pushFailure(error: unknown): TaskFailure {
  if (!(error instanceof EngineError)) {
    const message = error instanceof Error ? error.message : String(error);
    return new TaskFailure(message, { status: 'push_error', cause: error });
  }
  const { failure, message, statusCode } = error;
  if (failure === 'unreachable' || failure === 'lost') {
    return new TaskFailure(message, { status: 'connection_error', transient: true, cause: error });
  }
  const transient = failure !== 'cancelled' && (statusCode === 429 || looksTransient(message));
  return new TaskFailure(message, { status: 'push_error', transient, cause: error });
}

/** Waits, unless the run is stopped. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
}
