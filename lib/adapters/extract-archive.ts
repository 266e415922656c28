import {
  chmodSync,
  createWriteStream,
  linkSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { decompressedStream } from './decompress.js';
import { isDiskFull } from './full-disk.js';
import { TarFormatError } from './tar-fields.js';
import { TYPE } from './tar-header.js';
import { readTar, type TarEntry } from './tar-reader.js';

/** An archive that can not or must not be unpacked. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** What an archive may unpack to before it counts as a bomb. */
export interface ExtractLimits {
  readonly members: number;
  /** Bytes that any archive may unpack to; a larger one is held to the ratio. */
  readonly bytes: number;
  /** Bytes unpacked per byte of the archive. */
  readonly ratio: number;
}

const LIMITS: ExtractLimits = { members: 1_000_000, bytes: 1024 ** 3, ratio: 100 };

const isInside = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

// Names in archives and on disk are bytes. In here a path is a text with one character per byte.
const onDisk = (path: string): Buffer => Buffer.from(path, 'latin1');
const shown = (name: string): string => onDisk(name).toString('utf8');
const real = (path: string): string => realpathSync(onDisk(path), { encoding: 'latin1' });

/** Bytes of a file that is written at once. Most are small, and for each a trip to Node's thread pool
 *  takes longer than the work: members are put on disk as they come. */
const SMALL = 256 * 1024;

/** What is known of an archive while it is unpacked. */
interface Unpacking {
  readonly archive: string;
  /** The folder that everything stays in. */
  readonly root: string;
  /** Times of members, by their paths. */
  readonly times: Map<string, bigint>;
  /** Modes of folders, by their paths. */
  readonly folders: Map<string, number>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Unpacks a tar archive of any common compression into a folder, which must exist. Members that
 * would land outside it, links that point outside it, device files and archives that unpack to far
 * too much are refused by name: nothing of them is written. Returns the time of every member by its
 * path in the folder. Rejects with an `ArchiveError`, or as the disk or `signal` says.
 */
export async function extractArchive(
  archive: string,
  folder: string,
  options: { limits?: ExtractLimits; signal?: AbortSignal | undefined } = {},
): Promise<Map<string, bigint>> {
  const { limits = LIMITS, signal } = options;
  const root = realpathSync(folder, { encoding: 'latin1' });
  const packed = (await stat(archive)).size;
  const allowed = Math.max(limits.bytes, packed * limits.ratio);
  const to: Unpacking = { archive, root, times: new Map(), folders: new Map(), signal };
  const input = await decompressedStream(archive);
  let members = 0;
  let bytes = 0;
  try {
    for await (const entry of readTar(input)) {
      signal?.throwIfAborted();
      members += 1;
      bytes += entry.size;
      if (members > limits.members || bytes > allowed) {
        throw new ArchiveError(
          `Archive ${archive} unpacks to far more than it holds: refused at ${shown(entry.name)}`,
        );
      }
      await writeMember(entry, to);
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    if (members === 0 && isNoArchive(error)) {
      throw new ArchiveError(`Archive ${archive} is not a tarfile`, { cause: error });
    }
    if (isDiskFull(error) || signal?.aborted) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'Z_BUF_ERROR' ? 'it is cut short' : message;
    throw new ArchiveError(`Archive ${archive} can not be read: ${reason}`, { cause: error });
  } finally {
    input.destroy();
  }
  // Last, since a folder without write permission would keep its own members out.
  for (const [path, mode] of [...to.folders].sort(([a], [b]) => (a < b ? 1 : -1))) {
    chmodSync(onDisk(path), mode);
  }
  const inFolder = (path: string): string => shown(relative(root, path));
  return new Map([...to.times].map(([path, time]) => [inFolder(path), time]));
}

const isNoArchive = (error: unknown): boolean =>
  error instanceof TarFormatError
    ? error.found === 'nothing'
    : /incorrect header check|invalid/i.test((error as Error).message);

function unsafe({ archive }: Unpacking, what: string): ArchiveError {
  return new ArchiveError(`Unsafe filenames in archive ${archive}: ${what}`);
}

async function writeMember(entry: TarEntry, to: Unpacking): Promise<void> {
  const { name, type, mode, mtime } = entry;
  const { root, times } = to;
  const place = resolve(root, name);
  if (!isInside(root, place)) throw unsafe(to, `${shown(name)} leaves the folder`);
  if (type === TYPE.directory) {
    const folder = makeFolder(place, name, to);
    to.folders.set(folder, mode);
    times.set(folder, mtime);
    return;
  }
  if (place === root) throw unsafe(to, shown(name));
  const path = join(makeFolder(dirname(place), name, to), basename(place));
  times.set(path, mtime);
  if (type === TYPE.symlink || type === TYPE.hardLink) {
    makeLink(entry, path, to);
    return;
  }
  if (type === TYPE.charDevice || type === TYPE.blockDevice || type === TYPE.fifo) {
    throw unsafe(to, `${shown(name)} is a ${KINDS[type]}`);
  }
  const found = lstatSync(onDisk(path), { throwIfNoEntry: false });
  if (found && !found.isFile()) rmSync(onDisk(path), { force: true });
  if (entry.size <= SMALL) {
    const content: Buffer[] = [];
    for await (const piece of entry.content) content.push(piece);
    writeFileSync(onDisk(path), Buffer.concat(content));
  } else {
    const { signal } = to;
    await pipeline(entry.content, createWriteStream(onDisk(path)), signal ? { signal } : {});
  }
  chmodSync(onDisk(path), mode);
}

const KINDS = {
  [TYPE.charDevice]: 'character-device',
  [TYPE.blockDevice]: 'block-device',
  [TYPE.fifo]: 'fifo',
} as const;

function makeLink(entry: TarEntry, path: string, to: Unpacking): void {
  const { name, linkname, type, mode, mtime } = entry;
  const { root, times } = to;
  const isHard = type === TYPE.hardLink;
  const from = isHard ? root : dirname(path);
  if (linkname.startsWith('/') || !staysInside(root, from, linkname)) {
    throw unsafe(to, `the link ${shown(name)} to ${shown(linkname)} leaves the folder`);
  }
  rmSync(onDisk(path), { force: true });
  if (!isHard) {
    symlinkSync(onDisk(linkname), onDisk(path));
    return;
  }
  const target = resolve(root, linkname);
  linkSync(onDisk(target), onDisk(path));
  // One file under two names: what is said last holds for both.
  chmodSync(onDisk(path), mode);
  times.set(real(target), mtime);
}

/** Makes a folder and those above it, unless a link on the way leads out. Returns its real path. */
function makeFolder(path: string, name: string, to: Unpacking): string {
  mkdirSync(onDisk(path), { recursive: true });
  const found = real(path);
  if (isInside(to.root, found)) return found;
  throw unsafe(to, `${shown(name)} leaves the folder`);
}

/** Follows a link's target step by step, through the links that are there already. */
function staysInside(root: string, from: string, target: string): boolean {
  let at = real(from);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    at = join(at, part);
    at = realOrItself(at);
    if (!isInside(root, at)) return false;
  }
  return true;
}

function realOrItself(path: string): string {
  try {
    return real(path);
  } catch {
    return path;
  }
}
