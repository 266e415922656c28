import { existsSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { normalizeNewlines } from '../kolla/overrides.js';
import { readText, TreeError } from './docker-dir.js';

/** Files that go into the `patches` folder of an image. */
export interface ImagePatches {
  readonly files: readonly { readonly from: string; readonly name: string }[];
  /** What the user should hear about. */
  readonly warnings: readonly string[];
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Tells what is wrong with `--patches-path`, which kolla then leaves alone. */
export function checkPatchesPath(patchesPath: string | null): string[] {
  if (!patchesPath || isFolder(patchesPath)) return [];
  const reason = existsSync(patchesPath) ? 'is not a folder' : 'does not exist';
  return [`The patches path ${patchesPath} ${reason}, so no patch is applied`];
}

/**
 * Patches of one image: the file `series` of `<patches path>/<image>/` and the files that its lines
 * name. Lines that start with `#` and names without a file are passed over. Throws `TreeError` for a
 * name that leads out of the folder. Source: kolla: image/kolla_worker.py create_patch_files.
 */
export function readPatches(patchesPath: string | null, image: string): ImagePatches {
  const folder = patchesPath ? join(patchesPath, image) : '';
  const series = join(folder, 'series');
  if (folder === '' || !isFile(series)) return { files: [], warnings: [] };
  const files = [{ from: series, name: 'series' }];
  const warnings: string[] = [];
  normalizeNewlines(readText(series))
    .split('\n')
    .forEach((line, index) => {
      const name = line.trim();
      if (line.startsWith('#') || name === '') return;
      const inside = normalize(name);
      if (inside === '..' || inside.startsWith('../') || inside.startsWith('/')) {
        throw new TreeError(`${series}:${index + 1}: ${name} is outside of the folder of patches`);
      }
      const from = join(folder, inside);
      if (isFile(from)) files.push({ from, name: inside });
      else warnings.push(`${series}:${index + 1}: there is no patch ${name}`);
    });
  return { files, warnings };
}
