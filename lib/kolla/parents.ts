import type { Image } from './image.js';
import { findCycles } from './plan.js';

/** Raised when images cannot be told apart or stand on each other. The message names the files. */
export class ImageGraphError extends Error {
  override name = 'ImageGraphError';
}

const FROM_LINE = /^FROM[^\n]*$/m;
const FROM_LINE_ANY_CASE = /^FROM[^\n]*$/im;

/**
 * The parent that a Dockerfile names: the second field of its first line that starts with `FROM`.
 * Fields are split on single blanks, as kolla does, so `FROM  x` names none; a tab is taken for a
 * blank, where kolla crashes. Source: kolla: image/kolla_worker.py build_image_list.
 */
export function readParentName(dockerfile: string, ignoreCase = false): string {
  // Python reads the file in text mode, which turns every kind of line end into a newline.
  const text = dockerfile.includes('\r') ? dockerfile.replace(/\r\n?/g, '\n') : dockerfile;
  const line = (ignoreCase ? FROM_LINE_ANY_CASE : FROM_LINE).exec(text)?.[0];
  if (line === undefined) return '';
  return line.split(' ')[1] ?? line.split('\t')[1] ?? '';
}

const templateOf = (image: Image): string => image.template ?? `${image.path}/Dockerfile.j2`;

/**
 * Links each image with the image whose full name its `FROM` line holds. Children come in the order
 * of `images`. Throws `ImageGraphError` for two images of one name and for images that are each
 * other's ancestors. With `installType`, a name in which that reads `infra` is the image's too, as
 * `--infra-rename` of old series wants. Source: kolla: image/kolla_worker.py find_parents.
 */
export function findParents(images: readonly Image[], installType?: string): void {
  const byName = new Map<string, Image>();
  for (const image of images) {
    const twin = byName.get(image.canonicalName);
    if (twin) {
      throw new ImageGraphError(
        `Two images are named '${image.name}': ${templateOf(twin)} and ${templateOf(image)}. ` +
          'Rename one of the folders.',
      );
    }
    byName.set(image.canonicalName, image);
  }
  if (installType) {
    for (const [name, image] of [...byName])
      byName.set(name.replaceAll(installType, 'infra'), image);
  }
  for (const image of images) {
    const parent = byName.get(image.parentName);
    if (!parent) continue;
    image.parent = parent;
    parent.children.push(image);
  }
  const cycle = findCycles(images)[0];
  if (cycle) {
    const steps = cycle.map((image) => `${templateOf(image)} is FROM ${image.parentName}`);
    throw new ImageGraphError(
      `Images are built on each other in a circle, so none can be built: ${steps.join(', ')}`,
    );
  }
}
