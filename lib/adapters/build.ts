import { buildArguments } from '../kolla/build-args.js';
import { type Image } from '../kolla/image.js';
import { findCycles, longestPaths, planRoots, unlockedChildren } from '../kolla/plan.js';
import { backOff } from '../kolla/retry.js';
import { argumentSecrets, loginSecrets, redactor, secretLines } from '../kolla/secrets.js';
import { type BuildLog } from './build-log.js';
import { type BuildProgress } from './build-progress.js';
import { type BuildOptions } from './build-options.js';
import { type ImageOutcome, type OutcomeInProgress } from './build-outcome.js';
import { readBuildSecrets } from './build-secrets.js';
import { ImageBuilder, type ImageBuilderDeps } from './build-task.js';
import { type Environment } from './docker-host.js';
import { type Engine } from './engine.js';
import { buildFailure, logFailure, pushFailure } from './failures.js';
import { pause } from './pause.js';
import { redactPasswords } from './redact.js';
import { redactingLog, redactingProgress } from './redacting-log.js';
import { storedPasswords } from './registry-credentials.js';
import { defaultStateFile, RunState } from './run-state.js';
import { SourceCache } from './source-cache.js';
import { WorkerPool } from './worker-pool.js';

/** What building needs from outside. */
export interface BuildDeps {
  readonly engine: Engine;
  readonly log: BuildLog;
  readonly env: Environment;
  /** Stops the run: builds are cancelled, nothing new starts. */
  readonly signal?: AbortSignal;
  /** Archives that are made bear no times, as in series from 2026.2 on. */
  readonly pinsArchives?: boolean | undefined;
  /** Gets to hear how the run goes. */
  readonly progress?: BuildProgress | undefined;
  /** Finds out what is not known yet of images that are not matched. It runs while the engine works,
   *  and no failure of it matters. */
  readonly examineUnselected?: (() => Promise<void>) | undefined;
}

/**
 * Builds, and with `push` pushes, every matched image, parents before children, the image with the
 * longest path below it first. Returns what became of each of `images`, in their order; a failed
 * image is an outcome, never a rejection. The images themselves are left as they are.
 * Source: kolla: image/build.py, image/tasks.py.
 */
export async function buildImages(
  images: readonly Image[],
  options: BuildOptions,
  deps: BuildDeps,
): Promise<ImageOutcome[]> {
  const secrets = await readBuildSecrets(options.buildSecret, deps.env);
  const buildArgs = buildArguments(options, deps.env);
  const hide = await hideSecrets(images, options, deps.env, buildArgs, secrets);
  const log = redactingLog(deps.log, hide);
  const { sourceCache, offline, stateFile } = options;
  const cache = new SourceCache({ folder: sourceCache, offline });
  const state = new RunState(stateFile ?? defaultStateFile(deps.env));
  try {
    const progress = deps.progress && redactingProgress(deps.progress, hide);
    const more = { log, progress, secrets, buildArgs, hide, cache, state };
    return await new BuildRun(images, options, { ...deps, ...more }).run();
  } finally {
    state.flush();
    await cache.close();
  }
}

/** Replaces whatever is secret in a text of the run. */
async function hideSecrets(
  images: readonly Image[],
  options: BuildOptions,
  env: Environment,
  buildArgs: ReadonlyMap<string, string>,
  secrets: ReadonlyMap<string, Buffer>,
): Promise<(text: string) => string> {
  const own = images
    .filter(({ status }) => status === 'matched')
    .map(({ name }) => options.imageSettings(name).buildArgs);
  const sources = images.flatMap(({ source, plugins, additions }) =>
    [source, ...plugins, ...additions].map((one) => one?.source ?? ''),
  );
  const addresses = [...sources, env['all_proxy'] ?? '', env['ALL_PROXY'] ?? ''];
  const texts = [...[...secrets.values()].map(String), ...(await storedPasswords(env))];
  const redact = redactor([
    ...[buildArgs, ...own].flatMap((args) => argumentSecrets(args, options.secretBuildArgs)),
    ...addresses.flatMap(loginSecrets),
    ...texts.flatMap(secretLines),
  ]);
  return (text) => redactPasswords(redact(text));
}

interface RunDeps extends BuildDeps, ImageBuilderDeps {
  readonly hide: (text: string) => string;
}

class BuildRun {
  readonly #images: readonly Image[];
  readonly #options: BuildOptions;
  readonly #deps: RunDeps;
  readonly #outcomes: ReadonlyMap<Image, OutcomeInProgress>;
  readonly #builder: ImageBuilder;
  readonly #roots: readonly Image[];
  readonly #urgency: (image: Image) => number;
  readonly #builds: WorkerPool<Image>;
  readonly #pushes: WorkerPool<Image>;

  constructor(images: readonly Image[], options: BuildOptions, deps: RunDeps) {
    this.#images = images;
    this.#options = options;
    this.#deps = deps;
    this.#outcomes = new Map(
      images.map((image) => {
        const { name, canonicalName, status } = image;
        return [image, { name, canonicalName, status, attempts: 0 }];
      }),
    );
    this.#builder = new ImageBuilder(options, deps, (image) => this.#outcome(image));
    this.#roots = planRoots(images);
    const paths = longestPaths(
      this.#roots,
      ({ canonicalName }) => deps.state.get(canonicalName)?.seconds,
    );
    this.#urgency = (image) => paths.get(image) ?? 0;
    this.#builder.remember(images.filter(({ status }) => status === 'matched'));
    this.#builds = new WorkerPool(options.threads, (image) => this.#runBuild(image));
    this.#pushes = new WorkerPool(options.pushThreads, (image) => this.#runPush(image));
  }

  async run(): Promise<ImageOutcome[]> {
    const { log, signal } = this.#deps;
    const stop = (): void => this.#stop();
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    for (const cycle of findCycles(this.#images.filter(({ status }) => status === 'matched'))) {
      const names = [...cycle, cycle[0]!].map(({ name }) => name).join(' -> ');
      log.program.error(`Images are built on each other and can not be built: ${names}`);
    }
    for (const image of this.#roots) log.program.info(`Added image ${image.name} to queue`);
    this.#builds.add(this.#roots, this.#urgency);
    const examined = this.#deps.examineUnselected?.().catch(() => undefined);
    // A build that ends may have added a push; a push never adds a build.
    await this.#builds.idle();
    await this.#pushes.idle();
    await examined;
    signal?.removeEventListener('abort', stop);
    return this.#images.map((image) => {
      const outcome = this.#outcome(image);
      if (outcome.status === 'unmatched') outcome.status = image.status;
      return outcome;
    });
  }

  #outcome(image: Image): OutcomeInProgress {
    return this.#outcomes.get(image)!;
  }

  #stop(): void {
    this.#builds.stop();
    this.#pushes.stop();
  }

  async #runBuild(image: Image): Promise<void> {
    const { log } = this.#deps;
    const { progress } = this.#deps;
    progress?.started(image.name, 'build');
    const built = await this.#attempt(`BuildTask(${image.name})`, image, () =>
      this.#builder.build(image),
    );
    progress?.ended(image.name, 'build', this.#outcome(image).status);
    if (!built) return;
    if (this.#options.push && !this.#builder.hasPushed(image)) {
      const task = `PushTask(${image.name})`;
      log.program.info(`Added next task PushIntoQueueTask(${task}) to queue`);
      log.program.info(`Attempt number: 1 to run task: PushIntoQueueTask(${task}) `);
      this.#pushes.add([image], this.#urgency);
    }
    const children = unlockedChildren(image);
    for (const { name } of children) {
      log.program.info(`Added next task BuildTask(${name}) to queue`);
    }
    this.#builds.add(children, this.#urgency);
  }

  async #runPush(image: Image): Promise<void> {
    const { progress } = this.#deps;
    progress?.started(image.name, 'push');
    await this.#attempt(`PushTask(${image.name})`, image, () => this.#push(image));
    progress?.ended(image.name, 'push', this.#outcome(image).status);
  }

  /** Runs a task until it succeeds, can not succeed any more, or is out of attempts. */
  async #attempt(task: string, image: Image, run: () => Promise<void>): Promise<boolean> {
    const { log, signal } = this.#deps;
    const outcome = this.#outcome(image);
    for (let attempt = 1; attempt <= this.#builder.retriesOf(image) + 1; attempt++) {
      if (attempt > 1) await pause(backOff(attempt, Math.random()), signal);
      if (signal?.aborted) return false;
      log.program.info(`Attempt number: ${attempt} to run task: ${task} `);
      try {
        await run();
        return true;
      } catch (error) {
        // A build that was cancelled has not failed: it stays what it was, being built.
        if (signal?.aborted) return false;
        const failure = buildFailure(error);
        outcome.status = failure.status;
        outcome.reason = this.#deps.hide(failure.message);
        if (!failure.transient) break;
      }
    }
    const tolerated = this.#options.allowedToFail.includes(image.name);
    if (this.#options.failFast && !tolerated) this.#stop();
    return false;
  }

  async #push(image: Image): Promise<void> {
    const { engine, log, signal } = this.#deps;
    const outcome = this.#outcome(image);
    const logger = log.image(image.name);
    outcome.pushAttempts = (outcome.pushAttempts ?? 0) + 1;
    logger.info('Trying to push the image');
    try {
      for (const name of this.#builder.namesOf(image)) {
        const digest = await engine.push(name, { signal });
        if (digest !== undefined) outcome.digest ??= digest;
      }
    } catch (error) {
      if (!signal?.aborted) logFailure(logger, error);
      throw pushFailure(error);
    }
    // What was left alone stays what it is; an earlier failure to push is made good.
    if (outcome.status !== 'skipped') {
      outcome.status = 'built';
      delete outcome.reason;
    }
    logger.info('Pushed successfully');
  }
}
