import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { oracle, ROOT } from './requirements.js';

/** What a finished program left. `status` is null where a signal ended it. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to PATH and HOME, which are all that a run sees of this machine's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

// Two cores: more at once only makes each slower, and time limits are per spec.
const LIMIT = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function limited<T>(work: () => Promise<T>): Promise<T> {
  while (running >= LIMIT) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** Runs a program to its end, at most two at a time, in an environment that holds no surprises. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  return limited(
    () =>
      new Promise((resolve, reject) => {
        const child = spawn(command, args, {
          cwd: options.cwd ?? ROOT,
          env: { PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C.UTF-8', ...options.env },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let [stdout, stderr] = ['', ''];
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
        child.once('error', reject);
        child.once('close', (status) => resolve({ status, stdout, stderr }));
      }),
  );
}

/** Runs the compiled `kolla-build` of this repository. */
export const runKollaBuild = (args: readonly string[], options?: RunOptions): Promise<Run> =>
  run(process.execPath, [join(ROOT, 'bin/kolla-build.js'), ...args], options);

/** The same without root's right to read everything (needs util-linux). */
export const runUnprivileged = (args: readonly string[], options?: RunOptions): Promise<Run> => {
  const drop = '-dac_override,-dac_read_search';
  return run(
    'setpriv',
    [
      ...[`--bounding-set=${drop}`, `--inh-caps=${drop}`],
      ...[process.execPath, join(ROOT, 'bin/kolla-build.js')],
      ...args,
    ],
    options,
  );
};

/** Runs the real `kolla-build` of one release. */
export function runReference(
  release: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Run> {
  const program = oracle.kolla(release);
  if (!program) throw new Error(`kolla ${release} is not installed; .ci/oracles does that`);
  return run(program, args, options);
}
