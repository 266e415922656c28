import type { ImageOutcome } from './adapters/build-outcome.js';
import { expandPatterns } from './adapters/expand-patterns.js';
import { createLog, type RunLog } from './adapters/log.js';
import type { PreparedImages } from './adapters/prepare-images.js';
import { processIo, type Io } from './cli/io.js';
import { prepare } from './cli/prepare.js';
import { connect, type RunContext } from './cli/run-build.js';
import { findSurroundings, readOptions } from './cli/session.js';
import type { OptionValues } from './kolla/options.js';
import type { Image } from './kolla/image.js';
import { planRoots, unlockedChildren } from './kolla/plan.js';
import { summarize, summaryData, type SummaryJson } from './kolla/summary.js';

export type { ImageOutcome } from './adapters/build-outcome.js';
export type { Image, ImageSource } from './kolla/image.js';
export type { OptionValues } from './kolla/options.js';
export type { Status } from './kolla/status.js';
export type { SummaryJson } from './kolla/summary.js';
export { EngineError } from './adapters/engine.js';
export { TreeError } from './adapters/docker-dir.js';
export { ConfigError, InvalidValueError, UsageError } from './kolla/config/errors.js';
export { RenderError } from './kolla/find-images.js';
export { ImageGraphError } from './kolla/parents.js';

type Settable<T> = T extends ReadonlyMap<string, string> ? T | Record<string, string> : T;

/** Options of kolla-build by camelCase name (`baseTag`, `templateOverride`), as far as they differ
 *  from what configuration files, the environment (`OS_DEFAULT__...`) and the series say. */
export type KollaOptions = { readonly [Name in keyof OptionValues]?: Settable<OptionValues[Name]> };

/** How a run sees the world. */
export interface RunSettings {
  /** Configuration files, in place of the default ones. */
  readonly configFiles?: readonly string[];
  /** Environment in place of that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears log lines, `LEVEL:kolla.common.utils[.<image>]:<message>` without line end. */
  readonly onLog?: (line: string) => void;
}

/** A rendered collection. */
export interface Rendered {
  /** Absolute path of the working tree, with a folder per image. */
  readonly path: string;
  /** Every image of the collection; `status` tells which are selected (`matched`). */
  readonly images: readonly Image[];
}

/** What a build would do. */
export interface Plan {
  /** Every image of the collection. */
  readonly images: readonly Image[];
  /** The images to build, each after the one that it is built on. */
  readonly order: readonly Image[];
}

/** What a build did. */
export interface BuildResult {
  /** No image failed that is not allowed to. */
  readonly ok: boolean;
  /** What became of each image of the collection. */
  readonly outcomes: readonly ImageOutcome[];
  /** kolla's JSON summary. */
  readonly summary: SummaryJson;
}

/**
 * Writes the Dockerfiles of the selected images, as `kolla-build --template-only` does, to
 * `<options.workDir>/docker`, or to a new temporary folder that the caller removes. Rejects with
 * `UsageError`, `InvalidValueError`, `ConfigError`, `TreeError`, `RenderError` or `ImageGraphError`;
 * nothing half written stays.
 */
export async function render(
  options: KollaOptions = {},
  settings?: RunSettings,
): Promise<Rendered> {
  return withRun({ ...options, templateOnly: true }, settings, async (context) => {
    const { images, workDir } = await prepareIn(context);
    return { path: workDir.path, images };
  });
}

/** Tells which images a build would build, and in which order, without touching an engine. Rejects as
 *  `render` does. Source: kolla: image/kolla_worker.py build_queue. */
export async function plan(options: KollaOptions = {}, settings?: RunSettings): Promise<Plan> {
  return withRun({ ...options, listImages: true }, settings, async (context) => {
    const { images, workDir } = await prepareIn(context);
    workDir.cleanUp();
    const order = planRoots(images);
    for (const image of order) order.push(...unlockedChildren(image));
    return { images, order };
  });
}

/**
 * Builds the selected images, and pushes them with `push`. A failed image is an outcome; the promise
 * rejects with `EngineError` where no engine answers, and as `render` does. `signal` cancels: with its reason
 * as the rejection while Dockerfiles are written, later with what was built as the result.
 */
export async function build(
  options: KollaOptions = {},
  settings: RunSettings & { readonly signal?: AbortSignal } = {},
): Promise<BuildResult> {
  return withRun(options, settings, async (context) => {
    const { options: resolved, log, io } = context;
    const engine = await connect(context);
    const prepared = await prepareIn(context, engine, settings.signal);
    const { images, workDir, examineUnselected } = prepared;
    try {
      const { buildImages } = await import('./adapters/build.js');
      const outcomes = await buildImages(images, resolved, {
        engine,
        log,
        env: io.env,
        examineUnselected,
        pinsArchives: context.surroundings.facts.traits.pinnedArchives,
        ...(settings.signal && { signal: settings.signal }),
      });
      const summary = summarize(outcomes, resolved.allowedToFail);
      const ok = summary.failed.every((image) => image.allowedToFail);
      return { ok, outcomes, summary: summaryData(summary) };
    } finally {
      workDir.cleanUp();
    }
  });
}

async function withRun<T>(
  values: KollaOptions,
  settings: RunSettings = {},
  work: (context: RunContext) => Promise<T>,
): Promise<T> {
  const { onLog } = settings;
  const log: RunLog = createLog((text) => onLog?.(text.replace(/\n$/, '')));
  const io: Io = { ...processIo(), ...(settings.env && { env: settings.env }) };
  const argv = (settings.configFiles ?? []).map((path) => `--config-file=${path}`);
  const surroundings = await findSurroundings(argv, io, values);
  const resolved = readOptions(argv, io, surroundings, values);
  if ('exit' in resolved) throw new Error('options ask for help only');
  const options = await expandPatterns(resolved.options);
  log.configure(options);
  try {
    return await work({ ...resolved, options, surroundings, io, log, face: 'kollage' });
  } finally {
    log.close();
  }
}

function prepareIn(
  context: RunContext,
  engine?: Parameters<typeof prepare>[2],
  signal?: AbortSignal,
): Promise<PreparedImages> {
  const { imagesDir } = context.surroundings;
  if (imagesDir instanceof Error) throw imagesDir;
  return prepare(context, imagesDir, engine, { signal });
}
