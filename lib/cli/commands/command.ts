import type { Options as YargsOptions } from 'yargs';
import type { Io } from '../io.js';

/** Values as yargs parsed them, by option and positional name. */
export type Parsed = Readonly<Record<string, unknown>>;

/** One command of `kollage`. */
export interface Command {
  /** Name and positionals, as yargs writes them: `list [regex..]`. */
  readonly usage: string;
  readonly summary: string;
  /** Command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly options: Readonly<Record<string, YargsOptions>>;
  /** Does the work. Returns the exit status. */
  run(parsed: Parsed, io: Io): Promise<number>;
}

/** The switch of every command that prints data. */
export const JSON_OPTION: Readonly<Record<string, YargsOptions>> = {
  json: { type: 'boolean', default: false, describe: 'Print JSON.' },
};

/** Data as this program prints it: indented, with a final newline. */
export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
