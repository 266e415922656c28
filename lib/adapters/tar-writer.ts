import { constants, createReadStream, type BigIntStats } from 'node:fs';
import { access, lstat, readdir, readlink } from 'node:fs/promises';
import { archiveEnd, memberHeader, padding, TYPE, type TarMember } from './tar-header.js';

/** What of a member is not taken from the file as it lies. */
export interface TarNormalization {
  /** User and group of every member; by default those of the file, without names. */
  readonly owner?: { readonly uid: number; readonly gid: number; readonly name: string };
  /** Time of a member, by its name, in nanoseconds since 1970; where undefined, that of the file. */
  readonly mtime?: (name: string) => bigint | undefined;
  /** Write times as whole seconds. */
  readonly wholeSeconds?: boolean;
}

/** A file or folder to archive, and what it is called in the archive. */
export interface TarSource {
  readonly path: Buffer;
  readonly name: Buffer;
}

/** A file that cannot be read into an archive. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
  constructor(path: Buffer, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Can not read file ${path.toString()}: ${reason}`, { cause });
  }
}

const SLASH = Buffer.from('/');

/** Joins like Python's os.path.join: an empty head is no folder. */
export const joinBytes = (head: Buffer, tail: Buffer): Buffer =>
  head.length === 0 || head.at(-1) === 0x2f
    ? Buffer.concat([head, tail])
    : Buffer.concat([head, SLASH, tail]);

/** Names in a folder in Python's order: code points, which is the order of their UTF-8 bytes. */
export async function sortedNames(folder: Buffer): Promise<Buffer[]> {
  const names = await readdir(folder, { encoding: 'buffer' });
  return (names as Buffer[]).sort(Buffer.compare);
}

/** Walks `source` and all below it, in the order in which Python's `TarFile.add` archives it,
 *  without the paths of `except`: Python does not archive the archive that it writes. */
export async function* walkTree(
  source: TarSource,
  except: readonly Buffer[] = [],
): AsyncGenerator<TarSource & { stat: BigIntStats }> {
  if (except.some((path) => path.equals(source.path))) return;
  const stat = await lstat(source.path, { bigint: true });
  yield { ...source, stat };
  if (!stat.isDirectory()) return;
  for (const name of await sortedNames(source.path)) {
    const entry = { path: joinBytes(source.path, name), name: joinBytes(source.name, name) };
    yield* walkTree(entry, except);
  }
}

function memberType(stat: BigIntStats): TarMember['type'] | undefined {
  if (stat.isFile()) return TYPE.file;
  if (stat.isDirectory()) return TYPE.directory;
  if (stat.isSymbolicLink()) return TYPE.symlink;
  if (stat.isFIFO()) return TYPE.fifo;
  if (stat.isCharacterDevice()) return TYPE.charDevice;
  if (stat.isBlockDevice()) return TYPE.blockDevice;
  return undefined;
}

// glibc's gnu_dev_major and gnu_dev_minor.
const deviceOf = (rdev: bigint): { major: number; minor: number } => ({
  major: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)),
  minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)),
});

/**
 * Streams a tar archive of files as they lie on disk: no file is held in memory. The bytes are those
 * of Python's `tarfile` for the same members. Sockets are left out; a second name of an archived
 * file becomes a hard link. Throws `UnreadableFileError`.
 */
export async function* writeTar(
  members: AsyncIterable<TarSource & { readonly stat: BigIntStats }>,
  normalization: TarNormalization = {},
): AsyncGenerator<Buffer> {
  const archived = new Map<string, Buffer>();
  let written = 0;
  const { owner } = normalization;
  for await (const { path, name, stat } of members) {
    let type = memberType(stat);
    if (type === undefined) continue;
    let linkname: Buffer | undefined;
    if (type === TYPE.symlink) {
      linkname = (await readlink(path, { encoding: 'buffer' })) as Buffer;
    } else if (type === TYPE.file) {
      const inode = `${stat.dev}:${stat.ino}`;
      const first = archived.get(inode);
      if (first !== undefined && stat.nlink > 1n) {
        type = TYPE.hardLink;
        linkname = first;
      } else {
        archived.set(inode, name);
      }
    }
    const size = type === TYPE.file ? Number(stat.size) : 0;
    const isDevice = type === TYPE.charDevice || type === TYPE.blockDevice;
    const header = memberHeader({
      name: name[0] === 0x2f ? name.subarray(name.findIndex((byte) => byte !== 0x2f)) : name,
      type,
      mode: Number(stat.mode & 0o7777n),
      uid: owner?.uid ?? Number(stat.uid),
      gid: owner?.gid ?? Number(stat.gid),
      uname: owner?.name ?? '',
      gname: owner?.name ?? '',
      size,
      mtime: normalization.mtime?.(name.toString()) ?? stat.mtimeNs,
      wholeSeconds: normalization.wholeSeconds,
      ...(linkname === undefined ? {} : { linkname }),
      ...(isDevice ? { device: deviceOf(stat.rdev) } : {}),
    });
    yield header;
    written += header.length;
    if (size === 0) {
      if (type === TYPE.file) await checkReadable(path);
      continue;
    }
    yield* fileBytes(path, size);
    const rest = padding(size);
    if (rest.length > 0) yield rest;
    written += size + rest.length;
  }
  yield archiveEnd(written);
}

// An empty file that nobody may read fails in the reference, so it must not pass here.
async function checkReadable(path: Buffer): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new UnreadableFileError(path, error);
  }
}

// A file may grow or shrink while it is read; its header has already promised `size` bytes.
async function* fileBytes(path: Buffer, size: number): AsyncGenerator<Buffer> {
  let left = size;
  const stream = createReadStream(path, { highWaterMark: 256 * 1024 });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
      left -= part.length;
      if (part.length > 0) yield part;
      if (left === 0) break;
    }
  } catch (error) {
    throw new UnreadableFileError(path, error);
  }
  if (left > 0) throw new UnreadableFileError(path, new Error('it shrank while being read'));
}
