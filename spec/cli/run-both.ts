import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kollaBuild } from '../../lib/cli/kolla-build.js';
import type { KollaOracle } from '../support/kolla-oracle.js';
import { readTree } from '../support/tree.js';
import { makePrefix, TINY, writeFiles } from './tiny-collection.js';

export const RELEASE = '22.0.0';

/** One invocation. `{dir}` in any text is the case's folder: the home and working directory. */
export interface Invocation {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files in the folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Changes to the stock collection; an empty text removes a file. */
  readonly collection?: Readonly<Record<string, string>>;
  /** The real program ends with a Python traceback: ours says the same in its own way. The text that
   *  must be in our message; without it, the text of the exception. */
  readonly traceback?: string;
}

/** What an invocation leaves, with everything masked that may differ. */
export interface Trace {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: Readonly<Record<string, string>>;
}

type Runner = (asked: {
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  prefix: string;
}) => Promise<{ status: number | null; stdout: string; stderr: string }>;

/** Runs an invocation in a folder of its own. */
async function traceOf(given: Invocation, run: Runner, release: string): Promise<Trace> {
  const root = mkdtempSync(join(tmpdir(), 'kollage-cli-'));
  const cwd = join(root, 'case');
  const prefix = join(root, 'prefix');
  const here = (text: string): string => text.replaceAll('{dir}', cwd);
  try {
    mkdirSync(join(cwd, 'tmp'), { recursive: true });
    const collection = Object.entries({ ...TINY, ...given.collection });
    makePrefix(prefix, release, Object.fromEntries(collection.filter(([, text]) => text !== '')));
    const texts = Object.entries(given.files ?? {}).map(([path, text]) => [path, here(text)]);
    writeFiles(cwd, Object.fromEntries(texts) as Record<string, string>);
    const env: Record<string, string> = {
      HOME: cwd,
      PATH: '/usr/bin:/bin',
      TMPDIR: join(cwd, 'tmp'),
      XDG_CACHE_HOME: join(root, 'cache'),
      VIRTUAL_ENV: prefix,
      DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    };
    for (const [name, value] of Object.entries(given.env ?? {})) env[name] = here(value);
    const left = await run({ argv: (given.argv ?? []).map(here), env, cwd, prefix });
    const mask = masker(cwd, prefix);
    return {
      status: left.status,
      stdout: mask(left.stdout),
      stderr: mask(left.stderr),
      files: filesOf(cwd, mask),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const masker =
  (cwd: string, prefix: string) =>
  (text: string): string =>
    text
      .replaceAll(cwd, '{dir}')
      .replaceAll(prefix, '{prefix}')
      .replace(/kolla-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_\w+/g, 'kolla-{time}');

function filesOf(folder: string, mask: (text: string) => string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [path, entry] of readTree(folder)) {
    // Temporary folders are left behind by the real program and never by ours.
    if (path === 'tmp' || path.startsWith('tmp/')) continue;
    const content = entry.kind === 'link' ? entry.content : undefined;
    const text = content ?? (entry.kind === 'file' ? readFileSync(join(folder, path)) : '');
    files[path] = `${entry.kind} ${entry.mode} ${mask(text.toString())}`;
  }
  return files;
}

/** What the real program leaves. */
export const reference = (
  oracle: KollaOracle,
  given: Invocation,
  release = RELEASE,
): Promise<Trace> =>
  traceOf(
    given,
    async ({ argv, env, cwd, prefix }) => {
      const [stdout, stderr] = [join(cwd, '..', 'stdout'), join(cwd, '..', 'stderr')];
      const status = await oracle.run({ argv, env, cwd, prefix, stdout, stderr });
      const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
      return { status, stdout: read(stdout), stderr: read(stderr) };
    },
    release,
  );

/** What ours leaves. */
export const ours = (given: Invocation, release = RELEASE): Promise<Trace> =>
  traceOf(
    given,
    async ({ argv, env, cwd }) => {
      const before = process.cwd();
      const temporary = process.env['TMPDIR'];
      let [stdout, stderr] = ['', ''];
      process.chdir(cwd);
      process.env['TMPDIR'] = env['TMPDIR'];
      try {
        const status = await kollaBuild(argv, {
          env,
          columns: 80,
          machine: 'x86_64',
          stdout: (text) => void (stdout += text),
          stderr: (text) => void (stderr += text),
        });
        return { status, stdout, stderr };
      } finally {
        process.chdir(before);
        if (temporary === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = temporary;
      }
    },
    release,
  );

/** The exception that ended the real program, without its module; `undefined` if none did. Of chained
 *  ones it is the last. */
export function exceptionIn(stderr: string): string | undefined {
  const at = stderr.lastIndexOf('Traceback (most recent call last):\n');
  if (at < 0) return undefined;
  const lines = stderr.slice(at).split('\n').slice(1);
  return lines
    .slice(lines.findIndex((line) => /^\S/.test(line)))
    .join('\n')
    .trim();
}
