import type { BuildLog } from '../adapters/build-log.js';
import { linkFailedLog } from '../adapters/log.js';
import { writeWhole } from '../adapters/write-whole.js';
import type { Options } from '../kolla/options.js';
import { summaryJson, summaryLines, type Summary } from '../kolla/summary.js';
import type { Io } from './io.js';

/**
 * Logs the summary and writes its JSON. Returns `false` if the file for the JSON cannot be written.
 * `lineEnd` follows the JSON on standard output: old series print one.
 * Source: kolla: image/kolla_worker.py summary.
 */
export function reportSummary(
  summary: Summary,
  options: Options,
  log: BuildLog,
  io: Io,
  lineEnd = '',
): boolean {
  for (const { level, text } of summaryLines(summary)) log.program[level](text);
  if (options.logsDir !== null) {
    for (const { name, status } of summary.failed) {
      if (status === 'error') linkLog(options.logsDir, name, log);
    }
  }
  if (options.format !== 'json') return true;
  const path = options.summaryJsonFile;
  if (path === null || path === '') {
    io.stdout(`${summaryJson(summary, 'line')}${lineEnd}`);
    return true;
  }
  try {
    writeWhole(path, summaryJson(summary, 'file'));
    return true;
  } catch (error) {
    log.program.error(`Failed to write JSON build summary to ${path}`);
    log.program.error(
      `Exception caught: ${error instanceof Error ? error.message : String(error)}`,
    );
    return false;
  }
}

function linkLog(folder: string, name: string, log: BuildLog): void {
  try {
    linkFailedLog(folder, name);
  } catch (error) {
    // The summary tells of the failure, too.
    log.program.error(`Failed to link the log of ${name}: ${(error as Error).message}`);
  }
}
