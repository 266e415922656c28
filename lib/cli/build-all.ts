import { mkdirSync } from 'node:fs';
import { buildImages } from '../adapters/build.js';
import type { Engine } from '../adapters/engine.js';
import type { PreparedImages } from '../adapters/prepare-images.js';
import { requireTypedSources } from '../kolla/sources.js';
import { exitStatus, summarize } from '../kolla/summary.js';
import { reportSummary } from './report-summary.js';
import type { RunContext } from './run-build.js';
import { catchSignals } from './signals.js';

/** Builds what is selected and reports it. Returns the exit status. */
export async function buildAll(
  { images, workDir }: PreparedImages,
  engine: Engine,
  { options, log, io }: RunContext,
): Promise<number> {
  requireTypedSources(images);
  if (options.logsDir !== null) mkdirSync(options.logsDir, { recursive: true });
  const interruption = catchSignals(log.program, () => workDir.cleanUp());
  try {
    const { signal } = interruption;
    const outcomes = await buildImages(images, options, { engine, log, env: io.env, signal });
    const summary = summarize(outcomes, options.allowedToFail);
    const written = !options.summary || reportSummary(summary, options, log, io);
    return interruption.status() ?? (written ? exitStatus(summary) : 1);
  } finally {
    interruption.release();
  }
}
