import { createWriteStream } from 'node:fs';
import { chmod, link, lstat, mkdir, realpath, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Extract, Header } from 'tar-stream';
import { decompressedStream } from './decompress.js';
import { isDiskFull } from './full-disk.js';

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

/** Nanoseconds of a PAX time as Python keeps it: through a double, rounded down. */
function memberTime(header: Header): bigint {
  const text = (header.pax as Record<string, string> | null | undefined)?.['mtime'];
  const seconds = text === undefined ? header.mtime.getTime() / 1000 : Number(text);
  const whole = Math.floor(seconds);
  return BigInt(whole) * 1_000_000_000n + BigInt(Math.floor((seconds - whole) * 1e9));
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
  const { extract } = await import('tar-stream');
  const root = await realpath(folder);
  const packed = (await stat(archive)).size;
  const allowed = Math.max(limits.bytes, packed * limits.ratio);
  const times = new Map<string, bigint>();
  const folders: { path: string; mode: number }[] = [];
  const parser = extract();
  const input = await decompressedStream(archive);
  void feed(input, parser);
  let members = 0;
  let bytes = 0;
  try {
    for await (const entry of parser) {
      signal?.throwIfAborted();
      const { header } = entry;
      members += 1;
      bytes += header.size;
      if (members > limits.members || bytes > allowed) {
        throw new ArchiveError(
          `Archive ${archive} unpacks to far more than it holds: refused at ${header.name}`,
        );
      }
      const path = safePath(root, header.name, archive);
      times.set(relative(root, path), memberTime(header));
      await writeMember(entry, path, root, archive, folders, signal);
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    if (members === 0 && isNotTar(error)) {
      throw new ArchiveError(`Archive ${archive} is not a tarfile`, { cause: error });
    }
    if (isDiskFull(error) || signal?.aborted) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'Z_BUF_ERROR' ? 'it is cut short' : message;
    throw new ArchiveError(`Archive ${archive} can not be read: ${reason}`, { cause: error });
  } finally {
    input.destroy();
    parser.destroy();
  }
  if (packed === 0) throw new ArchiveError(`Archive ${archive} is not a tarfile`);
  // Last, since a folder without write permission would keep its own members out.
  for (const { path, mode } of folders.reverse()) await chmod(path, mode);
  return times;
}

type Entry = Extract extends AsyncIterable<infer E> ? E : never;

// The parser's streams are not Node's, so errors and pressure are passed on by hand.
async function feed(input: AsyncIterable<Buffer>, parser: Extract): Promise<void> {
  try {
    for await (const chunk of input) {
      if (!parser.write(chunk)) {
        await new Promise<void>((resolve) => {
          const go = (): void => {
            parser.off('drain', go).off('close', go);
            resolve();
          };
          parser.on('drain', go).on('close', go);
        });
      }
      if (parser.destroyed) return;
    }
    parser.end(null);
  } catch (error) {
    parser.destroy(error as Error);
  }
}

const isNotTar = (error: unknown): boolean =>
  /invalid tar header|unexpected end of data|incorrect header check|invalid/i.test(
    (error as Error).message,
  );

function safePath(root: string, name: string, archive: string): string {
  const path = resolve(root, name);
  if (isInside(root, path)) return path;
  throw new ArchiveError(`Unsafe filenames in archive ${archive}: ${name} leaves the folder`);
}

async function writeMember(
  entry: Entry,
  path: string,
  root: string,
  archive: string,
  folders: { path: string; mode: number }[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { header } = entry;
  const { name, type, linkname } = header;
  const mode = header.mode & 0o7777;
  if (type === 'directory') {
    await makeFolder(path, root, name, archive);
    folders.push({ path, mode });
    entry.resume();
    return;
  }
  await makeFolder(dirname(path), root, name, archive);
  if (path === root) throw new ArchiveError(`Unsafe filenames in archive ${archive}: ${name}`);
  if (type === 'symlink' || type === 'link') {
    const from = type === 'link' ? root : dirname(path);
    if (linkname.startsWith('/') || !(await staysInside(root, from, linkname))) {
      throw new ArchiveError(
        `Unsafe filenames in archive ${archive}: the link ${name} to ${linkname} leaves the folder`,
      );
    }
    await rm(path, { force: true });
    if (type === 'symlink') await symlink(linkname, path);
    else await link(resolve(root, linkname), path);
    entry.resume();
    return;
  }
  if (type === 'character-device' || type === 'block-device' || type === 'fifo') {
    throw new ArchiveError(`Unsafe filenames in archive ${archive}: ${name} is a ${type}`);
  }
  const found = await lstat(path).catch(() => undefined);
  if (found && !found.isFile()) await rm(path, { force: true });
  const content = entry as unknown as AsyncIterable<Buffer>;
  await pipeline(content, createWriteStream(path), signal ? { signal } : {});
  await chmod(path, mode);
}

/** Makes a folder and those above it, unless a link on the way leads out. */
async function makeFolder(
  path: string,
  root: string,
  name: string,
  archive: string,
): Promise<void> {
  await mkdir(path, { recursive: true });
  if (isInside(root, await realpath(path))) return;
  throw new ArchiveError(`Unsafe filenames in archive ${archive}: ${name} leaves the folder`);
}

/** Follows a link's target step by step, through the links that are there already. */
async function staysInside(root: string, from: string, target: string): Promise<boolean> {
  let at = await realpath(from);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    at = join(at, part);
    at = await realpath(at).catch(() => at);
    if (!isInside(root, at)) return false;
  }
  return true;
}
