import {
  accessSync,
  constants,
  createReadStream,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type BigIntStats,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { archiveEnd, memberHeader, padding, TYPE, type TarMember } from './tar-header.js';

/** What of a member is not taken from the file as it lies. */
export interface TarNormalization {
  /** User and group of every member; by default those of the file, without names. */
  readonly owner?: { readonly uid: number; readonly gid: number; readonly name: string };
  /** Time of a member, by its name, in nanoseconds since 1970; where undefined, that of the file. */
  readonly mtime?: (name: string) => bigint | undefined;
  /** Permission bits that every member has, whatever its file has. */
  readonly mode?: number;
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

/** Bytes that go on together. */
export const CHUNK = 64 * 1024;

const SLASH = Buffer.from('/');

/** Joins like Python's os.path.join: an empty head is no folder. */
export const joinBytes = (head: Buffer, tail: Buffer): Buffer =>
  head.length === 0 || head.at(-1) === 0x2f
    ? Buffer.concat([head, tail])
    : Buffer.concat([head, SLASH, tail]);

// What follows asks the file system without waiting in line for Node's thread pool: an archive of
// small files takes a tenth of the time, and `inChunks` lets others have their turn.

/** Names in a folder in Python's order: code points, which is the order of their UTF-8 bytes. */
export function sortedNames(folder: Buffer): Buffer[] {
  const names = readdirSync(folder, { encoding: 'buffer' }) as Buffer[];
  return names.sort(Buffer.compare);
}

/** Walks `source` and all below it, in the order in which Python's `TarFile.add` archives it,
 *  without the paths of `except`: Python does not archive the archive that it writes. */
export function* walkTree(
  source: TarSource,
  except: readonly Buffer[] = [],
): Generator<TarSource & { stat: BigIntStats }> {
  if (except.some((path) => path.equals(source.path))) return;
  const stat = lstatSync(source.path, { bigint: true });
  yield { ...source, stat };
  if (!stat.isDirectory()) return;
  for (const name of sortedNames(source.path)) {
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
  members: Iterable<TarSource & { readonly stat: BigIntStats }>,
  normalization: TarNormalization = {},
): AsyncGenerator<Buffer> {
  const archived = new Map<string, Buffer>();
  let written = 0;
  const { owner } = normalization;
  for (const { path, name, stat } of members) {
    let type = memberType(stat);
    if (type === undefined) continue;
    let linkname: Buffer | undefined;
    if (type === TYPE.symlink) {
      linkname = readlinkSync(path, { encoding: 'buffer' }) as Buffer;
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
      mode: Number(stat.mode & 0o7777n) | (normalization.mode ?? 0),
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
      if (type === TYPE.file) checkReadable(path);
      continue;
    }
    if (size <= CHUNK) yield smallFile(path, size);
    else yield* fileBytes(path, size);
    const rest = padding(size);
    if (rest.length > 0) yield rest;
    written += size + rest.length;
  }
  yield archiveEnd(written);
}

// An empty file that nobody may read fails in the reference, so it must not pass here.
function checkReadable(path: Buffer): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new UnreadableFileError(path, error);
  }
}

// A file may grow or shrink while it is read; its header has already promised `size` bytes.
function smallFile(path: Buffer, size: number): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UnreadableFileError(path, error);
  }
  if (bytes.length < size) throw shrunk(path);
  return bytes.subarray(0, size);
}

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
  if (left > 0) throw shrunk(path);
}

const shrunk = (path: Buffer): UnreadableFileError =>
  new UnreadableFileError(path, new Error('it shrank while being read'));

/** Puts small pieces together, as each costs whoever takes them. Lets others have their turn after
 *  each chunk. */
export async function* inChunks(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < CHUNK) continue;
    yield waiting.length === 1 ? piece : Buffer.concat(waiting, size);
    waiting = [];
    size = 0;
    await setImmediate();
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}
