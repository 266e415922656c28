import { accessSync, constants } from 'node:fs';
import type { Image } from '../kolla/image.js';
import type { KeptPaths } from '../kolla/kept-paths.js';
import { attempt, type DockerTree } from './docker-dir.js';
import { checkPatchesPath, readPatches } from './patches.js';
import type { CollectionInput } from './render-collection.js';
import type { WorkDir } from './work-dir.js';

/**
 * A function that writes what an image adds to its folder: its Dockerfile and its patches. In series
 * with patches every image gets the folder. What `kept` leaves out is not written.
 */
export function imageWriter(
  { options, facts, log }: CollectionInput,
  workDir: WorkDir,
  tree: DockerTree,
): (image: Image, kept?: KeptPaths) => void {
  if (facts.traits.patches) checkPatchesPath(options.patchesPath).forEach(log.warning);
  return ({ name, folder, dockerfile }, kept) => {
    const inside = folder === '' ? '' : `${folder}/`;
    const path = `${inside}Dockerfile`;
    if (kept && !kept.keepsFile(path)) return;
    if (dockerfile !== null) workDir.write(path, dockerfile, tree.files.get(path)?.mode);
    if (!facts.traits.patches) return;
    workDir.folder(`${inside}patches`);
    const patches = readPatches(options.patchesPath, name);
    patches.warnings.forEach(log.warning);
    for (const file of patches.files) {
      copyContent(workDir, tree, file.from, `${inside}patches/${file.name}`);
    }
  };
}

/** Copies the files of apt that the options name into the base image's folder. They must be there even
 *  if that image is not selected. Throws `TreeError`. */
export function copyAptFiles(
  { options }: CollectionInput,
  workDir: WorkDir,
  tree: DockerTree,
  kept?: KeptPaths,
): void {
  for (const [from, path] of [
    [options.aptSourcesList, 'base/sources.list'],
    [options.aptPreferences, 'base/apt_preferences'],
  ] as const) {
    if (!from) continue;
    if (kept?.keepsFile(path) ?? true) copyContent(workDir, tree, from, path);
    else attempt(from, () => accessSync(from, constants.R_OK));
  }
}

/** A file whose place is taken passes its mode on. */
const copyContent = (workDir: WorkDir, tree: DockerTree, from: string, path: string): void =>
  workDir.copyContent(from, path, tree.files.get(path)?.mode);
