import { createHash, type Hash } from 'node:crypto';
import { createReadStream, readFileSync, type BigIntStats } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { contextFiles } from './build-context.js';
import { type Engine } from './engine.js';
import { CHUNK, walkTree, type TarSource } from './tar-writer.js';

/** Digests are labels' content: long enough never to collide, short enough to read. */
const LENGTH = 16;

/** A short digest of texts, told apart from each other. */
export function digestOf(...texts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest('hex').slice(0, LENGTH);
}

async function addFile(hash: Hash, file: TarSource & { stat: BigIntStats }): Promise<void> {
  const { path, name, stat: found } = file;
  const kind = Number(found.mode).toString(8);
  hash.update(`${name.length}:`).update(name).update(` ${kind} `);
  if (found.isSymbolicLink()) {
    hash.update((await readlink(path, { encoding: 'buffer' })) as Buffer);
  } else if (found.isFile()) {
    hash.update(`${found.size}:`);
    if (found.size <= CHUNK) hash.update(readFileSync(path));
    else for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  }
}

/** A digest of what a context holds, without the paths at its top that `except` names. Times and
 *  owners do not count. */
export async function digestContext(
  folder: string,
  except: (name: string) => boolean,
  engine?: Engine['kind'],
): Promise<string> {
  const hash = createHash('sha256');
  for await (const file of contextFiles(folder, engine)) {
    if (!except(file.name.toString().split('/')[0] ?? '')) await addFile(hash, file);
  }
  return hash.digest('hex').slice(0, LENGTH);
}

/** A digest of a file's or a folder's content. */
export async function digestPath(path: string): Promise<string> {
  const hash = createHash('sha256');
  const isFolder = (await stat(path)).isDirectory();
  const source = { path: Buffer.from(path), name: Buffer.from(isFolder ? '.' : 'file') };
  for (const file of walkTree(source)) await addFile(hash, file);
  return hash.digest('hex').slice(0, LENGTH);
}
