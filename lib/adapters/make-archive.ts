import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inChunks, walkTree, writeTar } from './tar-writer.js';

// Python Build Reasonableness refuses a checkout that belongs to somebody else, hence kolla's owner.
const ROOT = { uid: 0, gid: 0, name: 'root' } as const;

const PINNED = { mtime: () => 0n, wholeSeconds: true, mode: 0o200 } as const;

/** How `archiveFolder` differs from taking files as they lie. */
export interface ArchiveOptions {
  /** What the folder is called in the archive; empty for none. */
  readonly topName: string;
  /** Time of a member, by its name, in nanoseconds since 1970. */
  readonly mtime?: (name: string) => bigint | undefined;
  /** No time counts, and the owner may write to everything: as kolla archives from series 2026.2. */
  readonly pinned?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a folder into an uncompressed tar archive, with the bytes of Python's `tarfile` and root as
 * the owner, as kolla does. The archive appears under its name when it is whole, with its time at 0.
 */
export async function archiveFolder(
  folder: string,
  archive: string,
  options: ArchiveOptions,
): Promise<void> {
  const target = resolve(archive);
  const part = `${target}.part`;
  // A slash at the end follows a link to a folder.
  const path = resolve(folder) + (folder.endsWith('/') ? '/' : '');
  const source = { path: Buffer.from(path), name: Buffer.from(options.topName) };
  const members = walkTree(source, [Buffer.from(target), Buffer.from(part)]);
  const bytes = writeTar(members, {
    owner: ROOT,
    ...(options.mtime ? { mtime: options.mtime } : {}),
    ...(options.pinned ? PINNED : {}),
  });
  try {
    await writeFile(part, inChunks(bytes), options.signal ? { signal: options.signal } : {});
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await utimes(target, 0, 0);
}
