import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Environment } from './docker-host.js';

/** How a program is run. */
export interface ProgramOptions {
  /** Default: our own. */
  readonly env?: Environment;
  readonly cwd?: string;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
  /** What stops it; default SIGTERM. */
  readonly stopWith?: NodeJS.Signals;
  /** Gets the lines of both outputs as they come. Without it, they are collected. */
  readonly onLine?: (line: string) => void;
}

/** A program that has ended. */
export interface ProgramEnd {
  /** `null` where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<() => void>();
let watched = false;

/** Ends what still runs when our own process ends. */
function watchExit(): void {
  if (watched) return;
  watched = true;
  process.once('exit', () => {
    for (const stop of running) stop();
  });
}

/**
 * Runs a program without a terminal, in a process group of its own: what it starts ends with it.
 * When it is stopped, this waits for it, since it may still clean up, and then rejects with the
 * signal's reason. Rejects with the system's error if it can not be started.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramEnd> {
  const { signal, onLine, stopWith = 'SIGTERM' } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd !== undefined ? { cwd: options.cwd } : {}),
    });
    const stop = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, stopWith);
      } catch {
        // It has ended by itself.
      }
    };
    watchExit();
    running.add(stop);
    signal?.addEventListener('abort', stop, { once: true });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      if (onLine) createInterface({ input: child[name], crlfDelay: Infinity }).on('line', onLine);
      else child[name].on('data', (text: string) => (texts[name] += text));
    }
    child.once('error', reject);
    child.once('close', (status) => {
      signal?.removeEventListener('abort', stop);
      running.delete(stop);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve({ status, ...texts });
    });
  });
}
