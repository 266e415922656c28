import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { looksTransient } from '../kolla/retry.js';
import { type Environment } from './docker-host.js';
import { archiveFolder, type ArchiveOptions } from './make-archive.js';
import { pause } from './pause.js';
import { redactAddresses } from './redact.js';
import { runProgram } from './run-program.js';
import { type SourceCache } from './source-cache.js';
import { TaskFailure } from './task-failure.js';

class GitError extends Error {}

/** Times that a mirror which another run holds is asked again. */
const MAX_LOCKED = 5;

/** Runs git so that it never waits for a password. Returns what it printed. */
async function git(
  args: readonly string[],
  options: { env: Environment; cwd?: string; signal?: AbortSignal | undefined },
): Promise<string> {
  const env = { ...options.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const { status, stdout, stderr } = await runProgram('git', args, { ...options, env }).catch(
    (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' && options.cwd === undefined;
      throw missing ? new GitError('the program git is not installed') : error;
    },
  );
  if (status === 0) return stdout;
  throw new GitError(redactAddresses(stderr.trim().slice(-4000)) || `git exited with ${status}`);
}

function gitFailure(error: unknown, location: string): unknown {
  if (!(error instanceof GitError)) return error;
  const where = redactAddresses(location);
  return new TaskFailure(`Failed to get source from git: ${where}\nError: ${error.message}`, {
    transient: looksTransient(error.message),
    cause: error,
  });
}

/** A git repository to fetch, and what of it. */
export interface GitSource {
  /** Its address, which messages name. */
  readonly location: string;
  /** A copy to clone instead. */
  readonly mirror?: string;
  /** Branch, tag or commit. */
  readonly reference: string;
}

/**
 * Clones a repository next to the archive, checks the reference out and archives the clone with its
 * `.git`, which version numbers are computed from. The remote is removed, so that an address with a
 * password reaches no image. Files bear the time of the commit: the same commit gives the same
 * archive, as far as git's own files allow. Returns the commit.
 */
export async function fetchGit(
  source: GitSource,
  archive: string,
  options: GitOptions & Pick<ArchiveOptions, 'pinned'>,
): Promise<string> {
  const { location, reference } = source;
  const folder = `${archive}-${reference.replaceAll('/', '-')}`;
  await rm(folder, { recursive: true, force: true });
  if (reference.startsWith('-') || location.startsWith('-')) {
    throw new TaskFailure(
      `Failed to get source from git: ${location} ${reference} begins with "-"`,
    );
  }
  try {
    await git(['clone', '--quiet', '--', source.mirror ?? location, folder], options);
    const inClone = (...args: string[]): Promise<string> => git(args, { ...options, cwd: folder });
    await inClone('checkout', '--quiet', reference, '--').catch((error: unknown) => {
      if (!(error instanceof GitError) || !/invalid reference|did not match/.test(error.message)) {
        throw error;
      }
      const hint = `There is no branch, tag or commit ${reference} in that repository`;
      throw new GitError(`${error.message}\n${hint}`);
    });
    const commit = (await inClone('rev-parse', 'HEAD')).trim();
    await inClone('remote', 'remove', 'origin');
    const seconds = BigInt((await inClone('log', '-1', '--format=%ct')).trim() || '0');
    // An index without the times and inodes of this checkout.
    await rm(join(folder, '.git/index'), { force: true });
    await inClone('read-tree', 'HEAD');
    // Logs of references hold the time of this clone.
    await rm(join(folder, '.git/logs'), { recursive: true, force: true });
    const mtime = (): bigint => seconds * 1_000_000_000n;
    const { signal, pinned } = options;
    await archiveFolder(folder, archive, { topName: basename(folder), mtime, pinned, signal });
    return commit;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw gitFailure(error, location);
  }
}

/**
 * Where to clone a repository from: its copy in the source cache, brought up to date unless the run
 * is offline, or its own address where nothing is cached. Rejects with a `TaskFailure`.
 */
export async function mirrorOf(
  location: string,
  cache: SourceCache,
  options: { env: Environment; signal?: AbortSignal | undefined },
): Promise<string> {
  const folder = await cache.gitFolder();
  const shown = redactAddresses(location);
  if (folder === undefined) {
    if (!cache.offline) return location;
    throw new TaskFailure(`${shown} can not be cloned: --offline fetches nothing`);
  }
  const mirror = join(folder, `${createHash('sha256').update(location).digest('hex')}.git`);
  return cache.once(mirror, async () => {
    try {
      if (!existsSync(join(mirror, 'HEAD'))) {
        if (cache.offline) throw new GitError('it is not in the source cache');
        await makeMirror(location, mirror, options);
      } else if (!cache.offline) await updateMirror(location, mirror, options);
    } catch (error) {
      throw gitFailure(error, location);
    }
    return mirror;
  });
}

interface GitOptions {
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** Clones a repository for the cache. */
async function makeMirror(
  location: string,
  mirror: string,
  options: GitOptions & { readonly replace?: boolean },
): Promise<void> {
  const part = `${mirror}.${randomUUID()}`;
  const old = `${part}-old`;
  try {
    await git(['clone', '--quiet', '--bare', '--', location, part], options);
    // Its configuration would keep the address, with the login in it.
    await git(['remote', 'remove', 'origin'], { ...options, cwd: part });
    if (options.replace) await rename(mirror, old).catch(() => undefined);
    // Another run may have been faster: its clone is as good.
    await rename(part, mirror).catch((error: NodeJS.ErrnoException) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
    });
  } finally {
    for (const folder of [part, old]) await rm(folder, { recursive: true, force: true });
  }
}

async function updateMirror(location: string, mirror: string, options: GitOptions): Promise<void> {
  // Not all references: review systems have as many as changes.
  const refs = ['heads', 'tags'].map((kind) => `+refs/${kind}/*:refs/${kind}/*`);
  const fetch = ['fetch', '--quiet', '--prune', '--no-write-fetch-head', '--', location, ...refs];
  for (let attempt = 1; ; attempt++) {
    try {
      await git(['--git-dir', mirror, ...fetch], options);
      return;
    } catch (error) {
      if (!(error instanceof GitError) || looksTransient(error.message)) throw error;
      // Another run that updates it holds a lock, and soon is done.
      const locked = /\block\b|\.lock/i.test(error.message);
      if (!locked || attempt > MAX_LOCKED) break;
      await pause(200 * attempt, options.signal);
    }
  }
  // What is damaged is made anew; if it is the repository that fails, so does this, and says why.
  await makeMirror(location, mirror, { ...options, replace: true });
}

/** The commit that a reference stands for at its server; nothing is cloned. Rejects with a
 *  `TaskFailure`. */
export async function commitOf(
  source: GitSource,
  options: { env: Environment; signal?: AbortSignal | undefined },
): Promise<string> {
  const { location, reference } = source;
  if (/^[0-9a-f]{40}$/.test(reference)) return reference;
  let listed: string;
  try {
    listed = await git(['ls-remote', '--', location], options);
  } catch (error) {
    throw gitFailure(error, location);
  }
  const commits = new Map(
    listed.split('\n').map((line): [string, string] => {
      const [commit = '', name = ''] = line.split('\t');
      return [name, commit];
    }),
  );
  // As git's checkout does: a branch goes before a tag, an annotated tag is what it points at.
  const names = ['refs/heads/', 'refs/tags/', ''].map((prefix) => prefix + reference);
  for (const name of names) {
    const commit = commits.get(`${name}^{}`) ?? commits.get(name);
    if (commit !== undefined) return commit;
  }
  // A shortened commit, or one that is no branch's end: only the text itself is known.
  return reference;
}
