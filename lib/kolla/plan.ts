import { STATUS_LEFT_OUT, type Status } from './status.js';

/** What planning needs to know of an image. */
export interface PlannedImage<T> {
  readonly name: string;
  readonly parent?: T | undefined;
  readonly children: readonly T[];
  readonly status: Status;
}

/** The images with which a build starts: matched ones without a parent in the tree, or with one that
 *  is skipped. In input order. Source: kolla: image/kolla_worker.py build_queue. */
export function planRoots<T extends PlannedImage<T>>(images: readonly T[]): T[] {
  return images.filter(
    (image) =>
      !STATUS_LEFT_OUT.has(image.status) &&
      (image.parent === undefined || image.parent.status === 'skipped'),
  );
}

/** Images that are to be built but can never start, because they are each other's ancestors.
 *  One list per cycle, from some member to the one whose parent that member is. */
export function findCycles<T extends PlannedImage<T>>(images: readonly T[]): T[][] {
  const settled = new Set<T>();
  const cycles: T[][] = [];
  for (const start of images) {
    const path: T[] = [];
    const onPath = new Set<T>();
    let image: T | undefined = start;
    while (image !== undefined && !settled.has(image) && !onPath.has(image)) {
      path.push(image);
      onPath.add(image);
      image = image.parent;
    }
    if (image !== undefined && onPath.has(image)) cycles.push(path.slice(path.indexOf(image)));
    for (const visited of path) settled.add(visited);
  }
  return cycles;
}

/** Children that a success of `image` lets build. */
export const unlockedChildren = <T extends PlannedImage<T>>(image: T): T[] =>
  image.children.filter((child) => !STATUS_LEFT_OUT.has(child.status));

/**
 * Seconds from the start of each image to the end of the longest chain of builds that starts with
 * it. `seconds` tells how long an image took the last time; images without a figure count as the
 * median of those that have one, or as one second. Time is linear in the number of images.
 */
export function longestPaths<T extends PlannedImage<T>>(
  roots: readonly T[],
  seconds: (image: T) => number | undefined,
): Map<T, number> {
  const order: T[] = [];
  const pending = [...roots];
  for (let image = pending.pop(); image !== undefined; image = pending.pop()) {
    order.push(image);
    pending.push(...unlockedChildren(image));
  }
  const known = order
    .map(seconds)
    .filter((value): value is number => value !== undefined)
    .sort((a, b) => a - b);
  const usual = known[Math.floor(known.length / 2)] ?? 1;
  const paths = new Map<T, number>();
  // Parents precede their children in `order`, so backwards each child is ready before its parent.
  for (const image of order.reverse()) {
    const below = unlockedChildren(image).reduce(
      (most, child) => Math.max(most, paths.get(child) ?? 0),
      0,
    );
    paths.set(image, (seconds(image) ?? usual) + below);
  }
  return paths;
}

/** The chain of images, root first, whose durations add up to the most. */
export function criticalPath<T extends PlannedImage<T>>(
  roots: readonly T[],
  seconds: (image: T) => number | undefined,
): T[] {
  const paths = longestPaths(roots, (image) => seconds(image) ?? 0);
  const longest = (candidates: readonly T[]): T | undefined =>
    candidates.reduce<T | undefined>(
      (best, image) =>
        best === undefined || (paths.get(image) ?? 0) > (paths.get(best) ?? 0) ? image : best,
      undefined,
    );
  const chain: T[] = [];
  for (let image = longest(roots); image !== undefined; image = longest(unlockedChildren(image))) {
    chain.push(image);
  }
  return chain;
}
