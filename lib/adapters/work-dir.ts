import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rm,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { KeptPaths } from '../kolla/kept-paths.js';
import { attempt, TreeError, type DockerTree } from './docker-dir.js';
import { TreeWriter } from './tree-writer.js';
import { readRecord, writeRecord } from './work-dir-record.js';

/**
 * The folder that Dockerfiles are written to, `<work dir>/docker`. A new tree appears there in one
 * step, once it is whole. A tree that was there before is written over; what an earlier run left
 * there goes, what somebody else put there stays.
 */
export class WorkDir {
  /** The tree, absolute. */
  readonly path: string;
  /** The tree as kolla prints it. */
  readonly label: string;
  readonly temporary: boolean;
  /** Whether a tree was there before. */
  readonly reused: boolean;
  readonly #above: string;
  readonly #written = new Set<string>();
  #writer: TreeWriter | undefined;
  /** The topmost folder that was made for this run. */
  #made: string | undefined;
  #published = false;

  private constructor(above: string, label: string, temporary: boolean) {
    this.#above = above;
    this.path = join(above, 'docker');
    this.label = label;
    this.temporary = temporary;
    this.reused = existsSync(this.path);
  }

  /** The folder that `--work-dir` names, whether or not it exists yet. */
  static at(workDir: string): WorkDir {
    const label = workDir.endsWith('/') ? `${workDir}docker` : `${workDir}/docker`;
    return new WorkDir(resolve(workDir), label, false);
  }

  /** A new temporary folder that nobody else may read. `stamp` becomes a part of its name. */
  static temporary(stamp: string): WorkDir {
    const above = attempt(tmpdir(), () => mkdtempSync(join(tmpdir(), `kolla-${stamp}_`)));
    const workDir = new WorkDir(above, join(above, 'docker'), true);
    workDir.#made = above;
    return workDir;
  }

  /** Throws `TreeError` if a template tree is the working tree itself. */
  requireApart(dirs: readonly string[]): void {
    if (!this.reused) return;
    const own = realpathSync(this.path);
    for (const dir of dirs) {
      if (existsSync(dir) && realpathSync(dir) === own) {
        throw new TreeError(`${dir} is read from, so --work-dir must name another place`);
      }
    }
  }

  /** Starts to write a tree of templates and returns at once. A tree that was there before must not
   *  be touched until it is known that all went well. */
  copyTree(tree: DockerTree, kept?: KeptPaths): void {
    const made = attempt(this.#above, () => mkdirSync(this.#above, { recursive: true }));
    this.#made ??= made;
    const inPlace = this.reused || this.temporary;
    this.#writer = new TreeWriter(inPlace ? this.path : `${this.path}.part-${process.pid}`);
    this.#writer.copy(tree, kept);
    for (const path of tree.files.keys()) this.#written.add(path);
  }

  /** Writes a text file, with the mode of the file whose place it takes. */
  write(path: string, text: string, mode?: number): void {
    this.#written.add(path);
    this.#open().write(path, text, mode);
  }

  /** Copies the content of a file. */
  copyContent(from: string, path: string, mode?: number): void {
    this.#written.add(path);
    this.#open().copyContent(from, path, mode);
  }

  /** Makes a folder. */
  folder(path: string): void {
    this.#open().folder(path);
  }

  /** Deletes what does not stay: folders of images that are not matched. */
  async remove(kept: KeptPaths): Promise<void> {
    const writer = this.#open();
    await writer.finish();
    removeBelow(writer.root, '', kept);
    for (const path of this.#written) if (!kept.keepsFile(path)) this.#written.delete(path);
  }

  /** Waits until all is written and puts a new tree into its place. `zeroTimes`: every file and
   *  folder below gets the time 0, so that engines find their cached layers. Throws `TreeError`. */
  async publish(zeroTimes = false): Promise<void> {
    const writer = this.#open();
    const before = this.reused ? readRecord(this.path) : [];
    const noted = this.temporary ? undefined : writeRecord(this.path, this.#written);
    await writer.finish();
    this.#removeLeftovers(before);
    if (zeroTimes) writer.zeroTimes();
    if (writer.root !== this.path) renameSync(writer.root, this.path);
    this.#published = true;
    await noted;
  }

  /** After a failure: removes what this run wrote, so that no half of a tree looks whole. */
  async discard(): Promise<void> {
    await this.#writer?.settle();
    this.#removeUnpublished();
  }

  /** Removes a folder of a temporary tree in the background, since nobody needs it any more: what is
   *  left to build may need the room. */
  release(folder: string): void {
    if (!this.temporary || folder === '') return;
    rm(join(this.path, folder), { recursive: true, force: true }, () => undefined);
  }

  /** Removes a temporary folder; one that the user named stays. */
  cleanUp(): void {
    if (this.temporary) removeFolder(this.#above);
  }

  /** Leaves nothing unfinished behind, for a process that ends at once. */
  abandon(): void {
    if (this.#published) this.cleanUp();
    else this.#removeUnpublished();
  }

  #removeUnpublished(): void {
    const writer = this.#writer;
    if (this.#made !== undefined) removeFolder(this.#made);
    else if (writer && writer.root !== this.path) removeFolder(writer.root);
    else if (writer) for (const path of this.#written) rmSync(writer.path(path), { force: true });
  }

  #open(): TreeWriter {
    if (!this.#writer) throw new Error('the working directory has no tree yet');
    return this.#writer;
  }

  #removeLeftovers(before: readonly string[]): void {
    const folders = new Set<string>();
    for (const path of before) {
      if (this.#written.has(path)) continue;
      rmSync(join(this.path, path), { force: true });
      folders.add(join(this.path, path, '..'));
    }
    for (const folder of folders) removeEmptyFolders(folder, this.path);
  }
}

// Operations that Node's thread pool has begun may add or remove something while we remove.
function removeFolder(path: string): void {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (tries === 5 || !['ENOTEMPTY', 'ENOENT'].includes(code)) throw error;
    }
  }
}

function removeBelow(root: string, folder: string, kept: KeptPaths): void {
  const at = folder === '' ? root : `${root}/${folder}`;
  for (const entry of readdirSync(at, { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && kept.keepsFolder(path)) removeBelow(root, path, kept);
    else if (entry.isDirectory() || !kept.keepsFile(path)) {
      rmSync(`${root}/${path}`, { recursive: true, force: true });
    }
  }
}

/** Removes a folder and those above it as far as nothing is in them but an empty `patches`. */
function removeEmptyFolders(folder: string, top: string): void {
  for (let at = folder; at.length > top.length; at = join(at, '..')) {
    if (!existsSync(at) || !lstatSync(at).isDirectory()) continue;
    const names = readdirSync(at);
    const patches = join(at, 'patches');
    if (names.length === 1 && names[0] === 'patches' && readdirSync(patches).length === 0) {
      rmSync(patches, { recursive: true });
    } else if (names.length > 0) return;
    rmSync(at, { recursive: true });
  }
}
