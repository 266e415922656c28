import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Logger } from '../adapters/build-log.js';

/** Signals that end a run, with its exit status. SIGHUP comes when a terminal is closed. */
const STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const STREAMS = [0, 1, 2];
const onTerminal = (): boolean => STREAMS.some((descriptor) => isatty(descriptor));

/** Stops a run on a signal. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Exit status that the signal asks for, once one has come. */
  status(): number | undefined;
  /** Lets signals end the process again, unless one has come: the exit status stays its own. */
  release(): void;
}

/**
 * The first signal cancels what is running, so that the run can end in order, with its summary; a
 * second one ends the process at once. `cleanUp` runs before that, and before an end that nobody
 * foresaw. A run without a terminal goes on when one is closed: Node forgets what `nohup` asked for.
 */
export function catchSignals(
  log: Logger,
  cleanUp: () => void,
  hasTerminal = onTerminal(),
): Interruption {
  const controller = new AbortController();
  let status: number | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    if (name === 'SIGHUP') {
      if (!hasTerminal) return;
      process.once('exit', leaveTerminal);
    }
    if (status !== undefined) {
      log.warning('Force exits');
      process.exit(status);
    }
    status = STATUS[name as keyof typeof STATUS];
    log.info('Waiting for daemon threads exit. Push Ctrl + c again to force exit');
    controller.abort();
  };
  for (const name of Object.keys(STATUS)) process.on(name, onSignal);
  process.on('exit', cleanUp);
  return {
    signal: controller.signal,
    status: () => status,
    release: () => {
      process.off('exit', cleanUp);
      if (status === undefined) {
        for (const name of Object.keys(STATUS)) process.off(name, onSignal);
        return;
      }
      // Between the end of an interrupted run and the exit, a second signal must not kill. Node lets
      // go of signals as it shuts down in order, so it leaves at once.
      process.once('exit', () => process.exit());
    },
  };
}

/** Node aborts when it cannot set a terminal back that is closed, unless it holds it no more. */
function leaveTerminal(): void {
  for (const descriptor of STREAMS) {
    try {
      closeSync(descriptor);
    } catch {
      // It was closed before.
    }
  }
}
