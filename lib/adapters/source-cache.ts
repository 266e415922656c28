import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream, existsSync, rmSync } from 'node:fs';
import { copyFile, link, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  fetchUrl,
  requireDigest,
  type FetchOptions,
  type UrlSource,
  type Validators,
} from './fetch-source.js';
import { redactAddresses } from './redact.js';
import { TaskFailure } from './task-failure.js';
import { writeWhole } from './write-whole.js';

/** Where a run's downloads are kept. */
export interface SourceCacheOptions {
  /** Folder that outlives the run; `null` for one that ends with it. */
  readonly folder: string | null;
  /** Use what is there and nothing else. */
  readonly offline: boolean;
}

/** A downloaded file. Nobody may write to it. */
export interface CachedFile {
  readonly path: string;
  /** Hex digest. */
  readonly sha256: string;
}

interface KnownUrl extends Validators {
  readonly sha256: string;
}

const key = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Downloads every address once: files lie under the digest of their content, so that images and runs
 * share them. A file whose digest is known is never asked for again; of another, the server is asked
 * whether it has changed.
 */
export class SourceCache {
  readonly #options: SourceCacheOptions;
  readonly #works = new Map<string, Promise<unknown>>();
  #root: Promise<string> | undefined;

  constructor(options: SourceCacheOptions) {
    this.#options = options;
  }

  get offline(): boolean {
    return this.#options.offline;
  }

  /** Folder of the cached clones of git repositories; `undefined` if nothing outlives the run. */
  async gitFolder(): Promise<string | undefined> {
    if (this.#options.folder === null) return undefined;
    const folder = join(await this.#folder(), 'git');
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** The file at an address. Rejects with a `TaskFailure`. */
  async get(source: UrlSource, options: FetchOptions): Promise<CachedFile> {
    const expected = source.sha256?.toLowerCase();
    if (expected !== undefined) {
      const path = join(await this.#folder(), 'sha256', expected);
      if (await this.#isWhole(path, expected)) return { path, sha256: expected };
    }
    const file = await this.once(source.url, () => this.#fetch(source.url, options));
    requireDigest(source, file.sha256);
    return file;
  }

  /** Puts the file at an address under a name, without its bytes being copied where that is possible. */
  async place(source: UrlSource, target: string, options: FetchOptions): Promise<CachedFile> {
    const file = await this.get(source, options);
    await rm(target, { force: true });
    try {
      await link(file.path, target);
    } catch {
      await copyFile(file.path, target, constants.COPYFILE_FICLONE);
    }
    return file;
  }

  /** Does something once per run and key, however many ask for it. */
  once<T>(id: string, work: () => Promise<T>): Promise<T> {
    let running = this.#works.get(id) as Promise<T> | undefined;
    if (running === undefined) {
      running = work();
      this.#works.set(id, running);
      // A failure is not remembered: the next attempt tries again.
      running.catch(() => this.#works.delete(id));
    }
    return running;
  }

  /** Removes what does not outlive the run. */
  async close(): Promise<void> {
    if (this.#options.folder !== null || this.#root === undefined) return;
    await rm(await this.#root, { recursive: true, force: true });
  }

  /** Whether a file is there and is what it is called. What lies there for long may get damaged, or
   *  written to by whoever has an archive that is the same file. One that is damaged goes. */
  #isWhole(path: string, sha256: string): Promise<boolean> {
    if (!existsSync(path)) return Promise.resolve(false);
    return this.once(`whole ${path}`, async () => {
      if ((await digestOfFile(path)) === sha256) return true;
      // Where it can not be removed, it is not used either.
      await rm(path, { force: true }).catch(() => undefined);
      this.#works.delete(`whole ${path}`);
      return false;
    });
  }

  #folder(): Promise<string> {
    const { folder } = this.#options;
    this.#root ??= folder === null ? this.#temporary() : made(folder);
    return this.#root;
  }

  async #temporary(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'kollage-sources-'));
    // For a run that is ended at once.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  async #fetch(url: string, options: FetchOptions): Promise<CachedFile> {
    const root = await this.#folder();
    const fileOf = (sha256: string): string => join(root, 'sha256', sha256);
    const record = join(root, 'urls', `${key(url)}.json`);
    const found = await readKnown(record);
    const whole = found !== undefined && (await this.#isWhole(fileOf(found.sha256), found.sha256));
    const known = whole ? found : undefined;
    if (this.offline) {
      if (known) return { path: fileOf(known.sha256), sha256: known.sha256 };
      throw new TaskFailure(
        `${redactAddresses(url)} is not in the source cache, and --offline fetches nothing`,
      );
    }
    await made(join(root, 'sha256'));
    await made(join(root, 'urls'));
    const arriving = join(root, `arriving-${randomUUID()}`);
    const fetched = await fetchUrl({ url, unless: known }, arriving, options);
    const sha256 = fetched.sha256 ?? known?.sha256 ?? '';
    if (fetched.sha256 !== undefined) await rename(arriving, fileOf(sha256));
    const { etag, lastModified } = fetched.sha256 === undefined ? known! : fetched;
    try {
      writeWhole(record, JSON.stringify({ sha256, etag, lastModified }));
    } catch {
      // Not to know where a file came from only means that another run asks for it again.
    }
    return { path: fileOf(sha256), sha256 };
  }
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function made(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}

async function readKnown(record: string): Promise<KnownUrl | undefined> {
  try {
    const known = JSON.parse(await readFile(record, 'utf8')) as KnownUrl;
    return /^[0-9a-f]{64}$/.test(known.sha256) ? known : undefined;
  } catch {
    // Nothing known, or a record that a broken run left: asking again repairs it.
    return undefined;
  }
}
