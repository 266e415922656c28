import { lstatSync, readFileSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseDockerIgnore, type DockerIgnore } from '../kolla/docker-ignore.js';
import { type Engine } from './engine.js';
import { inChunks, joinBytes, sortedNames, writeTar, type TarSource } from './tar-writer.js';

function readDockerIgnore(folder: string, engine: Engine['kind']): DockerIgnore | undefined {
  const names = engine === 'podman' ? ['.containerignore', '.dockerignore'] : ['.dockerignore'];
  // Most images have none, and an exception is dear.
  const path = names
    .map((name) => join(folder, name))
    .find((one) => lstatSync(one, { throwIfNoEntry: false }));
  if (path === undefined) return undefined;
  // Podman reads what it is sent once more, by Docker's rules.
  return parseDockerIgnore(readFileSync(path, 'utf8'), engine === 'podman' ? 'docker' : 'sdk');
}

function* contextMembers(
  folder: Buffer,
  ignore: DockerIgnore | undefined,
  prefix: Buffer = Buffer.alloc(0),
): Generator<TarSource & { stat: BigIntStats }> {
  for (const entry of sortedNames(folder)) {
    const path = joinBytes(folder, entry);
    const name = joinBytes(prefix, entry);
    const stat = lstatSync(path, { bigint: true });
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
export function* contextFiles(
  folder: string,
  engine: Engine['kind'] = 'docker',
): Generator<TarSource & { stat: BigIntStats }> {
  const dockerfile = Buffer.from('Dockerfile');
  const path = joinBytes(Buffer.from(folder), dockerfile);
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  // BuildKit recognizes an archive by its first kilobyte, too short for a member with PAX records.
  if (stat) yield { path, name: dockerfile, stat };
  for (const file of contextMembers(Buffer.from(folder), readDockerIgnore(folder, engine))) {
    if (!stat || !file.name.equals(dockerfile)) yield file;
  }
}

const COPIES = /^\s*(COPY|ADD)\s(?!\s*--from)/im;
const MOUNTS = /^\s*RUN\s+--mount/im;

/**
 * Whether the classic builder must build a context that is uploaded: its `.dockerignore` hides the
 * Dockerfile, which BuildKit would let `COPY` see. Where steps mount something, BuildKit alone can.
 */
export function needsClassicBuilder(folder: string): boolean {
  if (!readDockerIgnore(folder, 'docker')?.hides('Dockerfile')) return false;
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  return COPIES.test(dockerfile) && !MOUNTS.test(dockerfile);
}

/**
 * The build context of an image as a tar stream, read from disk as the daemon takes it. The classic
 * builder reads a `.dockerignore` that hides itself, and removes it; others would let `COPY` see it.
 */
export function contextStream(
  folder: string,
  builder: 'classic' | 'buildkit' | 'podman',
): Readable {
  const engine = builder === 'podman' ? 'podman' : 'docker';
  const hidden = builder !== 'classic' && readDockerIgnore(folder, engine)?.hides('.dockerignore');
  const all = contextFiles(folder, engine);
  const files = hidden ? withoutFile(all, '.dockerignore') : all;
  const bytes = writeTar(files, { owner: ROOT, wholeSeconds: true });
  return Readable.from(inChunks(bytes), { objectMode: false });
}

function* withoutFile<T extends TarSource>(files: Iterable<T>, name: string): Generator<T> {
  for (const file of files) if (file.name.toString() !== name) yield file;
}
