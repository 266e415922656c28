import type { Image } from './image.js';

/**
 * Finds out what is left to know of images that are not selected and were not rendered: what they are
 * built on, and whether they are `unbuildable` for that. Nothing here fails: nobody asked for them.
 * Pauses after each image, so that the caller can do other work between. `parentNameOf` reads or
 * renders the template of an image.
 */
export function* examineUnselected(
  images: readonly Image[],
  parentNameOf: (image: Image) => string,
): Generator<undefined, void> {
  const byName = new Map(images.map((image) => [image.canonicalName, image]));
  const examined = images.filter(
    ({ status, dockerfile, failure }) =>
      dockerfile === null && !failure && (status === 'unmatched' || status === 'unbuildable'),
  );
  for (const image of examined) {
    image.parentName = parentNameOf(image);
    const parent = byName.get(image.parentName);
    // Images that are built on each other would make a circle of links.
    if (parent && !ancestorsOf(parent).includes(image)) image.parent = parent;
    yield;
  }
  for (const image of examined) {
    const broken = ancestorsOf(image).some(({ status }) => status === 'unbuildable');
    if (broken) image.status = 'unbuildable';
  }
}

/** An image and what it is built on. */
function ancestorsOf(image: Image): Image[] {
  const found: Image[] = [];
  for (let link: Image | undefined = image; link; link = link.parent) found.push(link);
  return found;
}
