import {
  chmod,
  chmodSync,
  closeSync,
  copyFile,
  mkdir,
  open,
  readdirSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { attempt, treeError, type DockerTree, type TreeEntry } from './docker-dir.js';
import { isDiskFull } from './full-disk.js';
import { FileQueue } from './file-queue.js';
import { parentFolder, type KeptPaths } from '../kolla/kept-paths.js';

/**
 * Writes a working tree in the background. Folders come before what is in them; everything else is
 * unordered. Modes and times of copied files and folders are kept.
 */
export class TreeWriter {
  readonly #queue = new FileQueue();
  /** Folders asked for: `true` once made, until then what waits for them. */
  readonly #folders = new Map<string, true | (() => void)[]>();
  readonly #copiedFolders: [string, TreeEntry][] = [];
  readonly #copiedFiles = new Set<string>();
  /** Folders in which something new appears; they do not keep their old times. */
  readonly #touched = new Set<string>();
  /** Folders that were there before, so that `mkdir` did not give them their mode. */
  readonly #found = new Set<string>();
  /** What replaces a copied file waits for the copies. */
  readonly #late: (() => void)[] = [];
  readonly #umask = process.umask();

  /** @param root where the tree goes; the folder above it exists. */
  constructor(readonly root: string) {}

  /** Copies a tree, or what stays of it. */
  copy(tree: DockerTree, kept?: KeptPaths): void {
    for (const [path, entry] of tree.folders) {
      if (kept && !kept.keepsFolder(path)) continue;
      this.#copiedFolders.push([path, entry]);
      this.folder(path, entry.mode);
    }
    for (const [path, entry] of tree.files) {
      if (kept && !kept.keepsFile(path)) continue;
      this.#copiedFiles.add(path);
      this.#inFolder(path, (done) => {
        const to = this.path(path);
        copyFile(entry.source, to, (error) => {
          // Short calls are cheaper here than on the way to the pool and back.
          done(error ? copyError(entry.source, to, error) : setTimes(to, entry.atime, entry.mtime));
        });
      });
    }
  }

  /** Copies one file as Python's `shutil.copyfile` does: its content alone. */
  copyContent(from: string, path: string, mode = 0o666): void {
    this.#place(path, (done) => {
      const to = this.path(path);
      copyFile(from, to, (error) => {
        if (error) done(copyError(from, to, error));
        else chmod(to, mode & ~this.#umask, done);
      });
    });
  }

  /** Writes a text. `mode` is that of a file whose place it takes. */
  write(path: string, text: string, mode?: number): void {
    this.#place(path, (done) => {
      const to = this.path(path);
      open(to, 'w', mode ?? 0o666, (error, descriptor) => {
        if (error) {
          done(treeError(to, error));
          return;
        }
        let failure: Error | null = null;
        try {
          writeSync(descriptor, text);
        } catch (reason) {
          failure = treeError(to, reason);
        } finally {
          closeSync(descriptor);
        }
        if (failure !== null || mode === undefined) done(failure);
        else chmod(to, mode, done);
      });
    });
  }

  /** Makes a folder, and those above it, unless they are there. */
  folder(path: string, mode = 0o777, then?: () => void): void {
    const known = this.#folders.get(path);
    if (known === true) {
      then?.();
      return;
    }
    if (known) {
      if (then) known.push(then);
      return;
    }
    this.#folders.set(path, then ? [then] : []);
    const make = (): void => {
      this.#queue.add((done) => {
        // The owner writes into it first; `finish` sets a mode that forbids that.
        mkdir(this.path(path), mode | 0o700, (error) => {
          if (error?.code === 'EEXIST') this.#found.add(path);
          else if (error) {
            done(treeError(this.path(path), error));
            return;
          }
          const waiting = this.#folders.get(path);
          this.#folders.set(path, true);
          if (Array.isArray(waiting)) for (const next of waiting) next();
          done();
        });
      });
    };
    if (path === '') make();
    else this.folder(parentFolder(path), 0o777, make);
  }

  /** Waits for everything, then gives folders their modes and times. Throws `TreeError`. */
  async finish(): Promise<void> {
    await this.#queue.idle();
    for (const write of this.#late.splice(0)) write();
    await this.#queue.idle();
    for (const [path, { mode, atime, mtime }] of this.#copiedFolders.splice(0)) {
      const to = this.path(path);
      const exact = (mode & this.#umask) === 0 && (mode & 0o700) === 0o700 && mode <= 0o777;
      if (!exact || this.#found.has(path)) {
        attempt(to, () => chmodSync(to, mode));
      }
      if (!this.#touched.has(path)) attempt(to, () => utimesSync(to, atime, mtime));
    }
  }

  /** Gives everything below the top folder the time 0. Source: kolla: image/kolla_worker.py set_time. */
  zeroTimes(): void {
    const visit = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory()) visit(path);
        if (!entry.isSymbolicLink()) attempt(path, () => utimesSync(path, 0, 0));
      }
    };
    visit(this.root);
  }

  /** Starts to write nothing more, and waits until nothing is being written. */
  async settle(): Promise<void> {
    this.#queue.stop();
    await this.#queue.idle().catch(() => undefined);
  }

  /** Where a path of the tree is on disk. */
  path(path: string): string {
    return path === '' ? this.root : `${this.root}/${path}`;
  }

  #inFolder(path: string, operation: (done: (error?: Error | null) => void) => void): void {
    this.folder(parentFolder(path), 0o777, () => {
      this.#queue.add(operation);
    });
  }

  #place(path: string, operation: (done: (error?: Error | null) => void) => void): void {
    this.#touched.add(parentFolder(path));
    const write = (): void => this.#inFolder(path, operation);
    if (this.#copiedFiles.has(path)) this.#late.push(write);
    else write();
  }
}

// Reading a file takes no space, so a full disk is the other one.
const copyError = (from: string, to: string, error: NodeJS.ErrnoException): Error =>
  treeError(isDiskFull(error) ? to : from, error);

function setTimes(path: string, atime: number, mtime: number): Error | null {
  try {
    utimesSync(path, atime, mtime);
    return null;
  } catch (error) {
    return treeError(path, error);
  }
}
