import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ORACLES, ROOT } from './requirements.js';

/** One invocation, as both programs get it. */
export interface KollaCase {
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What the real program's configuration holds, or how parsing ended. */
export type OptionsAnswer =
  | {
      readonly values: Readonly<Record<string, unknown>>;
      readonly profiles: Readonly<Record<string, unknown>>;
      readonly sections: readonly string[];
      readonly sources: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      readonly users: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    }
  | { readonly exit: number; readonly stdout: string; readonly stderr: string }
  | { readonly raises: string };

/** Asks the real kolla of one release, which is loaded once for all questions. */
export class KollaOracle {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: ((line: string) => void)[] = [];

  constructor(release: string) {
    const python = join(ORACLES, `kolla-${release}/bin/python`);
    this.#process = spawn(python, [join(ROOT, 'spec/oracle/kolla_oracle.py')], {
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
    });
    this.#process.stderr.on('data', (text: Buffer) => process.stderr.write(text));
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.#waiting.shift()?.(line);
    });
  }

  /** Parses only. `sources` and `users` name sections to read, too. */
  options(
    asked: KollaCase & { readonly sources?: readonly string[]; readonly users?: readonly string[] },
  ): Promise<OptionsAnswer> {
    return this.#ask({ options: asked }) as Promise<OptionsAnswer>;
  }

  /** Runs the whole program; `prefix` stands for Python's `sys.prefix`. Returns its exit status. */
  async run(
    asked: KollaCase & {
      readonly prefix: string;
      readonly stdout: string;
      readonly stderr: string;
    },
  ): Promise<number | null> {
    const { status } = (await this.#ask({ run: asked })) as { status: number | null };
    return status;
  }

  close(): void {
    this.#process.stdin.end();
  }

  #ask(request: object): Promise<unknown> {
    return new Promise((resolve) => {
      this.#waiting.push((line) => resolve(JSON.parse(line)));
      this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
}
