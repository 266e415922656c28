import { expandPatterns } from '../adapters/expand-patterns.js';
import { createLog } from '../adapters/log.js';
import { commandLineArguments, type EarlyExit } from '../kolla/config/command-line.js';
import { UsageError } from '../kolla/config/errors.js';
import { formatHelp, formatUsage } from '../kolla/config/help.js';
import type { Io } from './io.js';
import { reportError } from './report-error.js';
import { runBuild } from './run-build.js';
import { findSurroundings, readOptions, type Surroundings } from './session.js';
import { warnOfUnreadKeys } from './unread-warnings.js';

/**
 * Runs `kolla-build`. Returns the exit status: 0, 1 (an image failed, or the work could not be done)
 * or 2 (wrong usage). Source: kolla: cmd/build.py, image/build.py run_build.
 */
export async function kollaBuild(argv: readonly string[], io: Io): Promise<number> {
  const log = createLog(io.stderr);
  let overrides: readonly string[] = [];
  let debug = argv.some((word) => word === '--debug' || /^-[a-z]*d/.test(word));
  try {
    const surroundings = await findSurroundings(argv, io);
    try {
      const resolved = readOptions(argv, io, surroundings);
      if ('exit' in resolved) return await exitEarly(resolved, surroundings, io);
      for (const line of resolved.unreadSources) io.stderr(`${line}\n`);
      debug = resolved.options.debug;
      warnOfUnreadKeys(resolved.unreadKeys, log, debug ? 'all' : 'probable');
      log.configure(resolved.options);
      const options = await expandPatterns(resolved.options);
      overrides = options.templateOverride;
      return await runBuild({ ...resolved, options, surroundings, io, log, face: 'kolla-build' });
    } catch (error) {
      if (error instanceof UsageError) io.stderr(usage(surroundings, io));
      throw error;
    }
  } catch (error) {
    const report = reportError(error, debug, overrides);
    io.stderr(report.text);
    return report.status;
  } finally {
    log.close();
  }
}

// argparse leaves two columns free.
const widthOf = (io: Io): number => io.columns - 2;

function usage({ table }: Surroundings, io: Io): string {
  const positional = table.find((option) => option.positional);
  return formatUsage(commandLineArguments(table), positional, widthOf(io));
}

async function exitEarly(
  { exit }: EarlyExit,
  { table, version }: Surroundings,
  io: Io,
): Promise<number> {
  const known = commandLineArguments(table);
  if (exit === 'version') io.stdout(`${version}\n`);
  else if (exit === 'help') io.stdout(formatHelp(known, table, widthOf(io)));
  else {
    const { completionScript } = await import('./completion.js');
    io.stdout(completionScript(exit === 'completion-zsh' ? 'zsh' : 'bash', known));
  }
  return 0;
}
