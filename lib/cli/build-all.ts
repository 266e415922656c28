import { mkdirSync } from 'node:fs';
import { buildImages } from '../adapters/build.js';
import type { BuildLog } from '../adapters/build-log.js';
import { needsBuildx } from '../adapters/buildx-task.js';
import { requireBuildx } from '../adapters/buildx.js';
import { attempt } from '../adapters/docker-dir.js';
import type { Engine } from '../adapters/engine.js';
import { pairsOf, reportResults } from '../adapters/report-results.js';
import type { PreparedImages } from '../adapters/prepare-images.js';
import { TaskFailure } from '../adapters/task-failure.js';
import type { Image } from '../kolla/image.js';
import type { Options } from '../kolla/options.js';
import { requireTypedSources } from '../kolla/sources.js';
import { timesTable } from '../kolla/results.js';
import { exitStatus, summarize } from '../kolla/summary.js';
import { nameFailedParents } from './parent-errors.js';
import type { Io } from './io.js';
import { releaseFolders } from './release-folders.js';
import { reportSummary } from './report-summary.js';
import type { RunContext } from './run-build.js';
import { showProgress } from './show-progress.js';
import type { Interruption } from './signals.js';

/** Builds what is selected and reports it. Returns the exit status. */
export async function buildAll(
  { images, workDir, examineUnselected }: PreparedImages,
  engine: Engine,
  { options, log, io, face, surroundings }: RunContext,
  interruption: Interruption,
): Promise<number> {
  requireTypedSources(images);
  if (!(await checkBuildx(images, options, io.env, log))) return 1;
  const { logsDir } = options;
  if (logsDir !== null) attempt(logsDir, () => mkdirSync(logsDir, { recursive: true }));
  const { signal } = interruption;
  const started = new Date();
  const total = images.filter(({ status }) => status === 'matched').length;
  const display = await showProgress(total, options, log, io);
  const { log: shownLog } = display;
  const progress = releaseFolders(images, workDir, display.progress);
  const { pinnedArchives: pinsArchives } = surroundings.facts.traits;
  const deps = {
    ...{ engine, env: io.env, signal, log: shownLog, progress, examineUnselected },
    pinsArchives,
  };
  const found = await buildImages(images, options, deps).finally(() => display.close());
  const outcomes = face === 'kollage' ? nameFailedParents(images, found) : found;
  const run = {
    images,
    outcomes,
    started,
    finished: new Date(),
    engine: options.engine,
    interrupted: interruption.status() !== undefined,
  };
  const reported = tryReport(() => reportResults(run, options), log);
  if (display.table) for (const line of timesTable(pairsOf(run))) log.program.info(line);
  const summary = summarize(outcomes, options.allowedToFail);
  // The option came with the summary that ends without a newline.
  const lineEnd = 'summary-json-file' in surroundings.facts.options ? '' : '\n';
  const written = !options.summary || reportSummary(summary, options, log, io, lineEnd);
  return interruption.status() ?? (reported && written ? exitStatus(summary) : 1);
}

/** Whether there is a buildx, if an image needs it: nobody waits hours to hear that there is none. */
async function checkBuildx(
  images: readonly Image[],
  options: Options,
  env: Io['env'],
  { program }: BuildLog,
): Promise<boolean> {
  const matched = images.filter(({ status }) => status === 'matched');
  try {
    if (matched.some(({ name }) => needsBuildx(options, options.imageSettings(name).platform))) {
      await requireBuildx(env);
    }
    return true;
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    program.error(error.message);
    return false;
  }
}

/** What was built is told even where a report of it can not be written. */
function tryReport(report: () => void, { program }: BuildLog): boolean {
  try {
    report();
    return true;
  } catch (error) {
    program.error(`Failed to write a report: ${(error as Error).message}`);
    return false;
  }
}
