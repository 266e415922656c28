import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { join } from 'node:path';
import { ROOT } from '../../support/requirements.js';
import { type Answer, type CaseSpec } from './case.js';

export interface Versions {
  readonly jinja2: string;
  readonly python: string;
}

/** Names of filters, tests, globals and `type.method`. */
export interface Names {
  readonly filters: readonly string[];
  readonly tests: readonly string[];
  readonly globals: readonly string[];
  readonly methods: readonly string[];
}

/** One Python process that answers batches of cases, one line in, one line out. */
export class PythonOracle {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #errors = '';
  #ended = false;

  constructor(python: string) {
    this.#process = spawn(python, [join(ROOT, 'spec/oracle/jinja_oracle.py')], {
      // Sets print in hash order; a fixed seed makes the answers repeatable.
      env: { ...process.env, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' },
    });
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#lines.on('line', (line) => this.#waiting.shift()?.resolve(line));
    this.#process.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#process.on('close', () => {
      this.#ended = true;
      for (const { reject } of this.#waiting) reject(this.#end());
    });
  }

  #end(): Error {
    return new Error(`the oracle has ended: ${this.#errors}`);
  }

  async #request(request: object): Promise<unknown> {
    if (this.#ended) throw this.#end();
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    });
    return JSON.parse(line) as unknown;
  }

  async answers(cases: readonly CaseSpec[]): Promise<readonly Answer[]> {
    return ((await this.#request({ cases })) as { answers: readonly Answer[] }).answers;
  }

  /** The names that the cases use. */
  async cover(cases: readonly CaseSpec[]): Promise<Names> {
    return (await this.#request({ cover: cases })) as Names;
  }

  /** Every name that Jinja2 and Python's built-in types have. */
  async names(): Promise<Names> {
    return (await this.#request({ names: true })) as Names;
  }

  async versions(): Promise<Versions> {
    return (await this.#request({ versions: true })) as Versions;
  }

  close(): void {
    this.#lines.close();
    this.#process.stdin.end();
  }
}
