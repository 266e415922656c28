import { type BigIntStats } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseDockerIgnore, type DockerIgnore } from '../kolla/docker-ignore.js';
import { joinBytes, sortedNames, writeTar, type TarSource } from './tar-writer.js';

async function readDockerIgnore(folder: string): Promise<DockerIgnore | undefined> {
  try {
    return parseDockerIgnore(await readFile(join(folder, '.dockerignore'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function* contextMembers(
  folder: Buffer,
  ignore: DockerIgnore | undefined,
  prefix: Buffer = Buffer.alloc(0),
): AsyncGenerator<TarSource & { stat: BigIntStats }> {
  for (const entry of await sortedNames(folder)) {
    const path = joinBytes(folder, entry);
    const name = joinBytes(prefix, entry);
    const stat = await lstat(path, { bigint: true });
    const excluded = ignore?.excludes(name.toString()) ?? false;
    if (!excluded) yield { path, name, stat };
    if (!stat.isDirectory()) continue;
    if (excluded && ignore?.mayInclude(name.toString()) === false) continue;
    yield* contextMembers(path, ignore, name);
  }
}

/** What the members of a context belong to: Docker gives copied files to root anyway, so a context
 *  that depends on who checked out the files would only miss caches. */
const ROOT = { uid: 0, gid: 0, name: 'root' } as const;

/** All that an image's folder holds and its `.dockerignore` does not exclude. */
export async function* contextFiles(
  folder: string,
): AsyncGenerator<TarSource & { stat: BigIntStats }> {
  const dockerfile = Buffer.from('Dockerfile');
  const path = joinBytes(Buffer.from(folder), dockerfile);
  const stat = await lstat(path, { bigint: true }).catch(() => undefined);
  // BuildKit recognizes an archive by its first kilobyte, too short for a member with PAX records.
  if (stat) yield { path, name: dockerfile, stat };
  for await (const file of contextMembers(Buffer.from(folder), await readDockerIgnore(folder))) {
    if (!stat || !file.name.equals(dockerfile)) yield file;
  }
}

/** The build context of an image as a tar stream, read from disk as the daemon takes it. */
export function contextStream(folder: string): Readable {
  const bytes = writeTar(contextFiles(folder), { owner: ROOT, wholeSeconds: true });
  return Readable.from(bytes, { objectMode: false });
}
