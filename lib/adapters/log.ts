import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { BuildLog, Logger } from './build-log.js';
import { attempt } from './docker-dir.js';

/** Name of the program's logger; images' loggers are named below it. */
export const LOGGER_NAME = 'kolla.common.utils';

const SEVERITY = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40 } as const;
type Level = keyof typeof SEVERITY;

/** How a run logs. */
export interface LogOptions {
  /** Show debug messages of images, on the console and in their files. */
  readonly debug: boolean;
  /** Keep images' messages off the console. */
  readonly quiet: boolean;
  /** Folder of `<image>.log` files; made when needed. */
  readonly logsDir: string | null;
  /** Show the program's own debug messages; kolla-build never does. */
  readonly programDebug?: boolean;
}

/** The loggers of a run. */
export interface RunLog extends BuildLog {
  /** Takes over the options once they are known. */
  configure(options: LogOptions): void;
  /** Closes the files. */
  close(): void;
}

// A process may not have thousands of files open; images being built are few at a time.
const OPEN_FILES = 64;

/**
 * Loggers in kolla's shape, `LEVEL:kolla.common.utils[.<image>]:<message>`, one call one line, as they
 * come. `write` gets the console's text; files are appended to. Source: kolla: common/utils.py
 * make_a_logger.
 */
export function createLog(write: (text: string) => void): RunLog {
  let options: LogOptions = { debug: false, quiet: false, logsDir: null };
  const files = new LogFiles();

  const logger = (emit: (level: Level, message: string) => void): Logger => ({
    debug: (message) => emit('DEBUG', message),
    info: (message) => emit('INFO', message),
    warning: (message) => emit('WARNING', message),
    error: (message) => emit('ERROR', message),
  });

  return {
    program: logger((level, message) => {
      const least = options.programDebug ? SEVERITY.DEBUG : SEVERITY.INFO;
      if (SEVERITY[level] >= least) write(`${level}:${LOGGER_NAME}:${message}\n`);
    }),
    image: (name) =>
      logger((level, message) => {
        const least = options.debug ? SEVERITY.DEBUG : SEVERITY.INFO;
        if (SEVERITY[level] < least) return;
        const line = `${level}:${LOGGER_NAME}.${name}:${message}\n`;
        if (!options.quiet) write(line);
        if (options.logsDir === null) return;
        const problem = files.append(options.logsDir, name, line);
        if (problem !== undefined) write(`ERROR:${LOGGER_NAME}:${problem}\n`);
      }),
    configure(given) {
      options = given;
    },
    close: () => files.close(),
  };
}

class LogFiles {
  readonly #open = new Map<string, number>();
  readonly #broken = new Set<string>();

  /** Returns what to tell users when a file can not be written, once per file: a full disk must not
   *  fail a build. */
  append(folder: string, name: string, line: string): string | undefined {
    const path = join(folder, `${name}.log`);
    if (this.#broken.has(path)) return undefined;
    try {
      attempt(path, () => writeLine(this.#descriptor(folder, path), Buffer.from(line)));
      return undefined;
    } catch (error) {
      this.#broken.add(path);
      return `Failed to write a log, which ends here: ${(error as Error).message}`;
    }
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }

  #descriptor(folder: string, path: string): number {
    let descriptor = this.#open.get(path);
    if (descriptor === undefined) {
      mkdirSync(folder, { recursive: true });
      descriptor = openSync(path, 'a');
    }
    // Deleting and adding moves the file to the end: the first one is the longest unused.
    this.#open.delete(path);
    this.#open.set(path, descriptor);
    const [idle] = this.#open;
    if (this.#open.size > OPEN_FILES && idle) {
      closeSync(idle[1]);
      this.#open.delete(idle[0]);
    }
    return descriptor;
  }
}

/** Writes a line, or nothing: where a disk is full, what fitted of it goes again. */
function writeLine(descriptor: number, line: Buffer): void {
  let written = 0;
  try {
    while (written < line.length) written += writeSync(descriptor, line, written);
  } catch (error) {
    if (written > 0) ftruncateSync(descriptor, fstatSync(descriptor).size - written);
    throw error;
  }
}

/** Points `<folder>/000_FAILED_<image>.log` at the image's log, in place of an older link. Throws
 *  `TreeError`. */
export function linkFailedLog(folder: string, image: string): void {
  const link = join(folder, `000_FAILED_${image}.log`);
  attempt(link, () => {
    mkdirSync(folder, { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(`${image}.log`, link);
  });
}
