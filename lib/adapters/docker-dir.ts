import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { DISK_FULL } from './full-disk.js';

/** A file or folder of a template tree. */
export interface TreeEntry {
  /** Where it is read from. */
  readonly source: string;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly atime: number;
  readonly mtime: number;
}

/** Raised for a template tree that cannot be read. The message names the path. */
export class TreeError extends Error {
  override name = 'TreeError';
}

/** Template trees laid over each other. Paths are relative, with forward slashes; the empty path is
 *  the top folder. */
export class DockerTree {
  readonly folders = new Map<string, TreeEntry>();
  readonly files = new Map<string, TreeEntry>();
  readonly #texts = new Map<string, string>();

  /** Folders with a file of that name, sorted part by part, parents before what is in them. */
  foldersWith(name: string): string[] {
    const found: string[] = [];
    for (const path of this.folders.keys()) {
      if (this.files.has(path === '' ? name : `${path}/${name}`)) found.push(path);
    }
    return found.sort(comparePaths);
  }

  /** Text of a file; `null` if there is none. Throws `TreeError` if it is not UTF-8. */
  text(path: string): string | null {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const entry = this.files.get(path);
    if (!entry) return null;
    const text = readText(entry.source);
    this.#texts.set(path, text);
    return text;
  }
}

/** Compares paths part by part, so that a folder stands next to what is in it. */
export function comparePaths(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let at = 0; at < left.length && at < right.length; at++) {
    const x = left[at] ?? '';
    const y = right[at] ?? '';
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

/** Reads a UTF-8 file. Throws `TreeError`. */
export function readText(path: string): string {
  const bytes = attempt(path, () => readFileSync(path));
  if (!isUtf8(bytes)) throw new TreeError(`${path}: not UTF-8 text`);
  return bytes.toString('utf8');
}

/**
 * Reads the shape of template trees, later ones over earlier ones: folders merge, files replace.
 * Symbolic links are followed. Throws `TreeError` for a folder that is missing or unreadable, a
 * dangling link, links in a circle and a folder where another tree has a file.
 * Source: kolla: image/kolla_worker.py setup_working_dir.
 */
export function readDockerTree(dirs: readonly string[]): DockerTree {
  const tree = new DockerTree();
  for (const dir of dirs) {
    const stats = attempt(dir, () => statSync(dir));
    if (!stats.isDirectory()) throw new TreeError(`${dir}: not a folder`);
    readFolder(tree, dir, '', stats, []);
  }
  return tree;
}

/** What stands in a name for bytes that are no UTF-8. */
const UNREADABLE = /\ufffd/;

function readFolder(
  tree: DockerTree,
  source: string,
  path: string,
  stats: Stats,
  linksAbove: readonly string[],
): void {
  if (tree.files.has(path)) {
    throw new TreeError(`${source}: a folder, where ${tree.files.get(path)?.source} is a file`);
  }
  tree.folders.set(path, entryOf(source, stats));
  for (const item of attempt(source, () => readdirSync(source, { withFileTypes: true }))) {
    const from = join(source, item.name);
    const to = path === '' ? item.name : `${path}/${item.name}`;
    const below = attempt(from, () =>
      statSync(from, { throwIfNoEntry: !UNREADABLE.test(item.name) }),
    );
    if (!below) throw new TreeError(`${from}: its name is not UTF-8; rename it`);
    if (below.isDirectory()) {
      const links = item.isSymbolicLink() ? followLink(source, from, linksAbove) : linksAbove;
      readFolder(tree, from, to, below, links);
    } else if (below.isFile()) {
      // Python's copy2 puts a file into a folder that has its place.
      const place = tree.folders.has(to) ? `${to}/${item.name}` : to;
      tree.files.set(place, entryOf(from, below));
    } else {
      throw new TreeError(`${from}: neither a file nor a folder`);
    }
  }
}

/** A link to a folder that it lies in would never end. */
function followLink(folder: string, link: string, above: readonly string[]): readonly string[] {
  const target = realpathSync(link);
  const inside = realpathSync(folder);
  if (above.includes(target) || `${inside}/`.startsWith(`${target}/`)) {
    throw new TreeError(`${link}: a symbolic link to a folder that it lies in`);
  }
  return [...above, target];
}

const entryOf = (source: string, stats: Stats): TreeEntry => ({
  source,
  mode: stats.mode & 0o7777,
  atime: stats.atimeMs / 1000,
  mtime: stats.mtimeMs / 1000,
});

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a folder',
  ELOOP: 'symbolic links in a circle',
  ENAMETOOLONG: 'name too long',
  EDQUOT: DISK_FULL,
  ENOENT: 'no such file or folder',
  ENOSPC: DISK_FULL,
  ENOTDIR: 'not a folder',
  EROFS: 'nothing can be written there',
};

/** Runs a file operation; an error names the path and says in words what is wrong. */
export function attempt<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw treeError(path, error);
  }
}

/** The error of a failed file operation, in words. */
export function treeError(path: string, error: unknown): TreeError {
  if (error instanceof TreeError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return new TreeError(`${path}: ${reason}`, { cause: error });
}
