import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Image } from '../kolla/image.js';
import { junitXml, resultsData, type ImageResult, type RunFacts } from '../kolla/results.js';
import { type ImageOutcome } from './build-outcome.js';
import { attempt } from './docker-dir.js';
import { writeWhole } from './write-whole.js';

/** A run that has ended. */
export interface FinishedRun {
  readonly images: readonly Image[];
  /** In the order of `images`. */
  readonly outcomes: readonly ImageOutcome[];
  readonly started: Date;
  readonly finished: Date;
  readonly engine: string;
  readonly interrupted: boolean;
}

/** Where reports go, and what they mention. */
export interface ReportOptions {
  readonly resultsFile: string | null;
  readonly junitFile: string | null;
  readonly logsDir: string | null;
  readonly allowedToFail: readonly string[];
}

/** Images with what became of them, as reports take them. */
export const pairsOf = ({ images, outcomes }: FinishedRun): (readonly [Image, ImageResult])[] =>
  images.map((image, at) => {
    const { started, ...outcome } = outcomes[at]!;
    const startedAt = started === undefined ? {} : { startedAt: new Date(started).toISOString() };
    return [image, { ...outcome, ...startedAt }];
  });

/** Writes the reports that were asked for, each whole or not at all. Throws `TreeError`. */
export function reportResults(run: FinishedRun, options: ReportOptions): void {
  const { resultsFile, junitFile, logsDir } = options;
  if (!resultsFile && !junitFile) return;
  const facts: RunFacts = {
    started: run.started.toISOString(),
    finished: run.finished.toISOString(),
    seconds: (run.finished.getTime() - run.started.getTime()) / 1000,
    engine: run.engine,
    interrupted: run.interrupted,
    allowedToFail: options.allowedToFail,
    log: (name) => (logsDir ? resolve(join(logsDir, `${name}.log`)) : undefined),
  };
  const pairs = pairsOf(run);
  if (resultsFile)
    writeReport(resultsFile, `${JSON.stringify(resultsData(pairs, facts), null, 2)}\n`);
  if (junitFile) writeReport(junitFile, junitXml(pairs, facts));
}

function writeReport(path: string, text: string): void {
  attempt(path, () => mkdirSync(dirname(resolve(path)), { recursive: true }));
  writeWhole(path, text);
}
