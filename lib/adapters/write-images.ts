import type { Image } from '../kolla/image.js';
import type { KeptPaths } from '../kolla/kept-paths.js';
import type { Options } from '../kolla/options.js';
import type { SeriesFacts } from '../kolla/series-facts.js';
import type { DockerTree } from './docker-dir.js';
import { checkPatchesPath, readPatches, type ImagePatches } from './patches.js';
import type { CollectionInput } from './render-collection.js';
import type { WorkDir } from './work-dir.js';

/** What decides which files are written beside the templates. */
export interface Generated {
  readonly options: Options;
  readonly facts: SeriesFacts;
  readonly patches: (image: string) => ImagePatches;
  readonly kept: KeptPaths | undefined;
}

/** Everything in the working tree that is not a copy of a template tree. */
export function writeImages(
  workDir: WorkDir,
  tree: DockerTree,
  images: readonly Image[],
  { options, facts, patches, kept }: Generated,
): void {
  const keeps = (path: string): boolean => kept?.keepsFile(path) ?? true;
  const copy = (from: string, path: string): void => {
    if (keeps(path)) workDir.copyContent(from, path, tree.files.get(path)?.mode);
  };
  if (options.aptSourcesList) copy(options.aptSourcesList, 'base/sources.list');
  if (options.aptPreferences) copy(options.aptPreferences, 'base/apt_preferences');
  for (const { name, folder, dockerfile } of images) {
    const inside = folder === '' ? '' : `${folder}/`;
    if (!keeps(`${inside}Dockerfile`)) continue;
    if (dockerfile !== null) {
      const path = `${inside}Dockerfile`;
      workDir.write(path, dockerfile, tree.files.get(path)?.mode);
    }
    if (!facts.traits.patches) continue;
    workDir.folder(`${inside}patches`);
    for (const file of patches(name).files) copy(file.from, `${inside}patches/${file.name}`);
  }
}

/** A function that reads the patches of an image and warns of what is missing. */
export function patchesReader({
  options,
  facts,
  log,
}: CollectionInput): (image: string) => ImagePatches {
  const none: ImagePatches = { files: [], warnings: [] };
  if (!facts.traits.patches || !options.patchesPath) return () => none;
  checkPatchesPath(options.patchesPath).forEach(log.warning);
  return (image) => {
    const patches = readPatches(options.patchesPath, image);
    patches.warnings.forEach(log.warning);
    return patches;
  };
}
