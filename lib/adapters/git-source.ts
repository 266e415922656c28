import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { looksTransient } from '../kolla/retry.js';
import { type Environment } from './docker-host.js';
import { archiveFolder } from './make-archive.js';
import { redactAddresses } from './redact.js';
import { TaskFailure } from './task-failure.js';

class GitError extends Error {}

/** Runs git without a terminal, so that it never waits for a password. Returns what it printed. */
function git(
  args: readonly string[],
  options: { env: Environment; cwd?: string; signal?: AbortSignal | undefined },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...options.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-4000);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' && !options.cwd;
      reject(missing ? new GitError('the program git is not installed') : error);
    });
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new GitError(redactAddresses(complaint.trim()) || `git exited with ${code}`));
    });
  });
}

/** A git repository to fetch, and what of it. */
export interface GitSource {
  readonly location: string;
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
  options: { env: Environment; signal?: AbortSignal | undefined },
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
    await git(
      ['-c', 'core.logAllRefUpdates=false', 'clone', '--quiet', '--', location, folder],
      options,
    );
    const inClone = (...args: string[]): Promise<string> =>
      git(['-c', 'core.logAllRefUpdates=false', ...args], { ...options, cwd: folder });
    await inClone('checkout', '--quiet', reference, '--');
    const commit = (await inClone('rev-parse', 'HEAD')).trim();
    await inClone('remote', 'remove', 'origin');
    const seconds = BigInt((await inClone('log', '-1', '--format=%ct')).trim() || '0');
    // An index without the times and inodes of this checkout.
    await rm(join(folder, '.git/index'), { force: true });
    await inClone('read-tree', 'HEAD');
    await rm(join(folder, '.git/logs'), { recursive: true, force: true });
    const mtime = (): bigint => seconds * 1_000_000_000n;
    const { signal } = options;
    await archiveFolder(folder, archive, { topName: basename(folder), mtime, signal });
    return commit;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!(error instanceof GitError)) throw error;
    const where = redactAddresses(location);
    throw new TaskFailure(`Failed to get source from git: ${where}\nError: ${error.message}`, {
      transient: looksTransient(error.message),
      cause: error,
    });
  }
}
