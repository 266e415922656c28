import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { ROOT } from '../support/requirements.js';
import { docker, importShell, writeCollection } from './collection.js';

/** What a whole run left. `status` is null where a signal ended it. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that goes on. */
export interface Going {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once its log contains a text. */
  until(text: string): Promise<void>;
}

/** Whole runs of kolla-build on a daemon, and what must not be left of them. */
export interface Stage {
  /** Folder of the spec file; `tree` in it holds its images. */
  readonly work: string;
  /** Temporary folder of the runs of one test. */
  readonly temporary: string;
  /** Image that those of the file are built on. */
  readonly base: string;
  /** A command that never ends, and that no other spec runs. */
  readonly forever: string;
  /** Writes images, and returns the options that select this collection. */
  collection(
    name: string,
    images: Readonly<Record<string, readonly [string, string]>>,
    from?: string,
  ): string[];
  /** Writes a configuration file of sections, and returns the options that name it. */
  config(sections: Readonly<Record<string, Readonly<Record<string, string>>>>): string[];
  /** `under` is a command that takes the program as its arguments. */
  start(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    under?: readonly string[],
  ): Going;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Nothing is left: no temporary file, no container, no process of a step. */
  leavesNothing(): Promise<void>;
}

/** Statuses of the images that failed. */
export const failed = ({ stdout }: Pick<Ended, 'stdout'>): Record<string, string> =>
  Object.fromEntries(
    (JSON.parse(stdout) as { failed: { name: string; status: string }[] }).failed.map(
      ({ name, status }) => [name, status],
    ),
  );

/** Names of the images that were built. */
export const built = ({ stdout }: Pick<Ended, 'stdout'>): string[] =>
  (JSON.parse(stdout) as { built: { name: string }[] }).built.map(({ name }) => name);

/** Waits for something that soon is so. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 600) throw new Error(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Processes of this machine whose command line contains a text: that line by process id. */
export function processesWith(text: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || name === String(process.pid)) continue;
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (line.includes(text)) found.set(Number(name), line);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** Kills processes whose command line contains a text that only a spec's own processes have. */
export function endProcessesWith(text: string): void {
  for (const pid of processesWith(text).keys()) process.kill(pid, 'SIGKILL');
}

/** Sets a stage up around the tests of a file. Image names begin with `prefix`. */
export function useStage(prefix: string): Stage {
  const base = `kollage-spec/${prefix}-shell:1`;
  const namespace = 'kollage-spec';
  const seconds = `600.${process.pid}`;
  let work = '';
  let stock = '';
  let temporary = '';

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    importShell(base);
    // The smallest collection that counts as one: its image is selected by no run.
    stock = join(work, 'stock');
    writeCollection(join(stock, 'docker'), base, { base: ['', 'ENV STOCK=1'] });
  }, 120_000);

  afterAll(() => {
    // What lost its name to a later build goes by its id, unless something stands on it.
    const format = '{{.Repository}}:{{.Tag}} {{.ID}}';
    for (const column of [0, 1]) {
      const made = docker('images', '--format', format).split('\n');
      const ours = made.filter((line) => line.includes(`/${prefix}-`));
      const names = ours.map((line) => line.split(' ')[column]!);
      const known = names.filter((name) => !name.includes('<none>'));
      spawnSync('docker', ['rmi', '--force', ...new Set(known)], { stdio: 'ignore' });
    }
    rmSync(work, { recursive: true, force: true });
  }, 120_000);

  beforeEach(() => {
    temporary = mkdtempSync(join(work, 'tmp-'));
  });

  const start: Stage['start'] = (args, env = {}, under = []) => {
    const all = [
      ...['--images-dir', stock, '--kolla-series', '2026.1', '--base', 'debian', '--nopull'],
      ...['--network_mode', 'none', '--namespace', namespace, '--tag', prefix, '--retries', '0'],
      ...args,
    ];
    const [command = '', ...words] = [...under, process.execPath, join(ROOT, 'bin/kolla-build.js')];
    const child = spawn(command, [...words, ...all], {
      env: {
        PATH: process.env['PATH'],
        HOME: join(work, 'home'),
        TMPDIR: temporary,
        ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
    });
    const until = (text: string): Promise<void> =>
      eventually(`${text} in\n${stderr}`, () => {
        const over = child.exitCode !== null || child.signalCode !== null;
        if (!stderr.includes(text) && over) {
          throw new Error(`it never said ${text}:\n${stderr}`);
        }
        return stderr.includes(text);
      });
    return { child, ended, until };
  };

  return {
    get work() {
      return work;
    },
    get temporary() {
      return temporary;
    },
    base,
    forever: `sleep ${seconds}`,
    collection(name, images, from = base) {
      const folder = join(work, name);
      writeCollection(folder, from, images);
      return ['--docker-dir', folder];
    },
    config(sections) {
      const lines = Object.entries(sections).flatMap(([name, values]) => [
        `[${name}]`,
        ...Object.entries(values).map(([key, value]) => `${key} = ${value}`),
      ]);
      const file = join(mkdtempSync(join(work, 'config-')), 'kolla-build.conf');
      writeFileSync(file, `${lines.join('\n')}\n`);
      return ['--config-file', file];
    },
    start,
    run: (args, env) => start(args, env).ended,
    async leavesNothing() {
      expect(readdirSync(temporary)).toEqual([]);
      await eventually('no step runs', () => processesWith(`sleep ${seconds}`).size === 0);
      await eventually('no container is left', () => {
        const containers = docker('ps', '--all', '--no-trunc', '--format', '{{.Command}}');
        return !containers.includes(seconds);
      });
    },
  };
}
