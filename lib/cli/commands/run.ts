import { expandPatterns } from '../../adapters/expand-patterns.js';
import { createLog } from '../../adapters/log.js';
import type { Io } from '../io.js';
import { connect, type RunContext } from '../run-build.js';
import { findSurroundings, readOptions } from '../session.js';
import { toArgv } from '../table-options.js';
import { warnOfUnreadKeys } from '../unread-warnings.js';
import { withImages, type ImagesAtHand } from '../with-images.js';
import type { Parsed } from './command.js';

/** Makes the context of a run from what yargs parsed, calls `work` and closes the log. `values` are
 *  options that the command itself sets. */
export async function withContext(
  parsed: Parsed,
  io: Io,
  values: Readonly<Record<string, unknown>>,
  work: (context: RunContext) => Promise<number>,
): Promise<number> {
  const argv = toArgv(parsed);
  const log = createLog(io.stderr);
  const surroundings = await findSurroundings(argv, io);
  const resolved = readOptions(argv, io, surroundings, values);
  if ('exit' in resolved) return 0;
  const { unreadKeys, unreadSources } = resolved;
  for (const line of unreadSources) io.stderr(`${line}\n`);
  const options = await expandPatterns(resolved.options);
  log.configure({
    debug: options.debug,
    quiet: options.quiet,
    logsDir: options.logsDir,
    programDebug: options.debug,
  });
  warnOfUnreadKeys(unreadKeys, log, 'all');
  try {
    return await work({ ...resolved, options, surroundings, io, log, face: 'kollage' });
  } finally {
    log.close();
  }
}

/** Renders and selects; asks the engine only for `--skip-existing`. */
export async function withRendered(
  context: RunContext,
  work: (images: ImagesAtHand) => void,
): Promise<number> {
  const engine = context.options.skipExisting ? await connect(context) : undefined;
  return withImages(context, engine, (images) => {
    work(images);
    return Promise.resolve(0);
  });
}
