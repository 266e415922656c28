import { mkdir, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Image, type ImageSource } from '../kolla/image.js';
import { type Logger } from './build-log.js';
import { type Environment } from './docker-host.js';
import { treeError } from './docker-dir.js';
import { ArchiveError, extractArchive } from './extract-archive.js';
import { isDiskFull } from './full-disk.js';
import { fetchGit, mirrorOf } from './git-source.js';
import { fetchLocal } from './local-source.js';
import { archiveFolder } from './make-archive.js';
import { redactAddresses } from './redact.js';
import { type SourceCache } from './source-cache.js';
import { TaskFailure } from './task-failure.js';

/** What preparing an image's folder needs. */
export interface PrepareOptions {
  /** Seconds, for downloads. */
  readonly timeout: number;
  readonly debianArch: string;
  readonly env: Environment;
  readonly logger: Logger;
  readonly cache: SourceCache;
  /** Archives that are made bear no times. */
  readonly pinned?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches an image's source, plugins and additions into its folder, and makes the two archives that
 * every image has, `plugins-archive` and `additions-archive`. Rejects with a `TaskFailure`.
 * Source: kolla: image/tasks.py process_source, make_an_archive.
 */
export async function prepareImage(image: Image, options: PrepareOptions): Promise<void> {
  try {
    if (image.source) await fetchSource(image, image.source, options);
    await makeArchive(image, 'plugins', image.plugins, options);
    await makeArchive(image, 'additions', image.additions, options);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    const { message } = treeError(image.path, error);
    throw new TaskFailure(`Failed to write: ${message}`, { cause: error });
  }
}

/** Returns the path of the archive; `undefined` for a source that is switched off. */
async function fetchSource(
  image: Image,
  source: ImageSource,
  options: PrepareOptions,
): Promise<string | undefined> {
  const { logger, env, signal, pinned } = options;
  const { name, type, source: location, enabled } = source;
  if (!enabled) {
    logger.debug(`Skipping disabled source ${name}`);
    return undefined;
  }
  if (!location) throw new TaskFailure(`[${name}] has no location to fetch its source from`);
  const archive = join(image.path, `${name}-archive`);
  const shown = redactAddresses(location);
  switch (type) {
    case 'url': {
      logger.debug(`Getting archive from ${shown}`);
      const sha256 = expectedDigest(source, options.debianArch);
      await options.cache.place({ url: location, sha256 }, archive, options);
      break;
    }
    case 'git': {
      if (!source.reference) throw new TaskFailure(`[${name}] has no reference to check out`);
      logger.debug(`Cloning from ${shown}`);
      const mirror = await mirrorOf(location, options.cache, { env, signal });
      const git = { location, mirror, reference: source.reference };
      const commit = await fetchGit(git, archive, { env, signal, pinned });
      logger.debug(`Git checkout by reference ${source.reference} (${commit})`);
      break;
    }
    case 'local':
      logger.debug(`Getting local archive from ${location}`);
      await fetchLocal(location, archive, { signal, pinned });
      break;
    default:
      throw new TaskFailure(`[${name}] has no type; it must be url, git or local`);
  }
  return archive;
}

function expectedDigest(source: ImageSource, arch: string): string | undefined {
  if (!source.sha256 || source.sha256.size === 0) return undefined;
  const digest = source.sha256.get(arch);
  if (digest !== undefined) return digest;
  throw new TaskFailure(`[${source.name}] sha256 has no checksum for ${arch}`);
}

async function makeArchive(
  image: Image,
  what: 'plugins' | 'additions',
  sources: readonly ImageSource[],
  options: PrepareOptions,
): Promise<void> {
  const { logger, signal, pinned } = options;
  const folder = join(image.path, what);
  let made: string | undefined;
  try {
    const archives: string[] = [];
    for (const source of sources) {
      const archive = await fetchSource(image, source, options);
      if (archive !== undefined) archives.push(archive);
    }
    // The folder's own time would differ from run to run, and with it the archive's bytes.
    const times = new Map<string, bigint>([['', 0n]]);
    made = await mkdir(folder, { recursive: true });
    if (made === undefined && archives.length === 0) {
      logger.info(`Directory ${folder} already exist. Skipping.`);
    }
    for (const archive of archives) {
      for (const [path, time] of await extractArchive(archive, folder, { signal }))
        times.set(path, time);
    }
    await utimes(folder, 0, 0);
    await archiveFolder(folder, `${folder}-archive`, {
      topName: what,
      mtime: (name) => times.get(name.slice(what.length + 1)),
      ...{ pinned, signal },
    });
    logger.debug(`Turned ${(await readdir(folder)).length} ${what} into ${what} archive`);
  } catch (error) {
    // What was unpacked before the failure must not get into a later archive.
    if (made !== undefined) await rm(folder, { recursive: true, force: true });
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof TaskFailure || error instanceof ArchiveError)) throw error;
    const article = what === 'plugins' ? 'a plugins' : 'a additions';
    throw new TaskFailure(`${reason}\nFailed turning any ${what} into ${article} archive`, {
      transient: error instanceof TaskFailure && error.transient,
      cause: error,
    });
  }
}
