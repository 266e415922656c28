import type { BuildProgress } from '../adapters/build-progress.js';
import type { WorkDir } from '../adapters/work-dir.js';
import type { Image } from '../kolla/image.js';

/** Follows a run, for `shown` too, and takes the folder of each image that is done out of a temporary
 *  tree: its sources and archives are in the image. */
export function releaseFolders(
  images: readonly Image[],
  workDir: Pick<WorkDir, 'release'>,
  shown: BuildProgress | undefined,
): BuildProgress {
  const folders = new Map(images.map(({ name, folder }) => [name, folder]));
  return {
    started: (image, what) => shown?.started(image, what),
    line: (image, text) => shown?.line(image, text),
    ended: (image, what, status) => {
      shown?.ended(image, what, status);
      const folder = folders.get(image);
      if (what !== 'build' || !['built', 'skipped'].includes(status) || !folder) return;
      const holdsOthers = images.some((other) => other.folder.startsWith(`${folder}/`));
      if (!holdsOthers) workDir.release(folder);
    },
  };
}
