import type { BuildLog, Logger } from '../adapters/build-log.js';
import type { BuildProgress } from '../adapters/build-progress.js';
import type { RunLog } from '../adapters/log.js';
import type { Options } from '../kolla/options.js';
import type { Io } from './io.js';

/** How a run is shown while it goes on. */
export interface ProgressDisplay {
  readonly log: BuildLog;
  readonly progress?: BuildProgress;
  /** A table of times is wanted at the end. */
  readonly table: boolean;
  close(): void;
}

/**
 * The live view where `--progress` asks for it, or a terminal allows it; else log lines as kolla
 * prints them. With the view, images' lines go to their files alone, and the program's errors and
 * warnings scroll by above it.
 */
export async function showProgress(
  total: number,
  options: Pick<Options, 'progress' | 'debug' | 'quiet' | 'logsDir'>,
  log: RunLog,
  io: Io,
): Promise<ProgressDisplay> {
  const { progress } = options;
  const live =
    progress === 'tty' || (progress === 'auto' && io.rows !== undefined && !options.debug);
  if (!live) {
    const quiet = options.quiet || progress === 'none';
    if (quiet !== options.quiet) log.configure({ ...options, quiet });
    return { log, table: progress === 'plain', close: () => undefined };
  }
  const [{ LiveView }, { Chalk }] = await Promise.all([
    import('../adapters/live-view.js'),
    import('chalk'),
  ]);
  const noColor = Boolean(io.env['NO_COLOR']);
  const view = new LiveView(
    {
      write: io.stderr,
      columns: io.columns,
      rows: io.rows ?? 24,
      palette: new Chalk(noColor ? { level: 0 } : { level: 1 }),
      now: () => performance.now(),
    },
    total,
  );
  log.configure({ ...options, quiet: true });
  const above = (write: (message: string) => void) => (message: string) => {
    view.pause();
    write(message);
  };
  const program: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warning: above(log.program.warning),
    error: above(log.program.error),
  };
  return {
    log: { program, image: log.image },
    progress: view,
    table: true,
    close: () => {
      view.close();
      log.configure(options);
    },
  };
}
