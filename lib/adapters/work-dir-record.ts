import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where it is noted which files of a working tree this program wrote. Not in the work dir, which
 *  others read. */
function recordFile(tree: string): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const name = createHash('sha256').update(tree).digest('hex').slice(0, 32);
  return join(cache, 'kollage', 'work-trees', `${name}.json`);
}

/** Files that an earlier run wrote into a working tree, relative to it; none if nothing is known. */
export function readRecord(tree: string): string[] {
  try {
    const record: unknown = JSON.parse(readFileSync(recordFile(tree), 'utf8'));
    const files = (record as { files?: unknown }).files;
    if (!Array.isArray(files)) return [];
    return files.filter((path): path is string => typeof path === 'string' && isInside(path));
  } catch {
    return [];
  }
}

/** Notes what was written. A cache that cannot be written only means that nothing is cleaned up. */
export async function writeRecord(tree: string, files: Iterable<string>): Promise<void> {
  const path = recordFile(tree);
  const text = JSON.stringify({ tree, files: [...files] });
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch {
    return;
  }
}

const isInside = (path: string): boolean =>
  path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
