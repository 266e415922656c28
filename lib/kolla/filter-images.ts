import type { Image } from './image.js';
import { compilePythonRegex, PatternError } from './python-regex.js';

/** What decides which images are built. */
export interface Selection {
  /** Regular expressions (Python's) searched in image names; none: every image. */
  readonly patterns: readonly string[];
  /** Regular expressions of images to leave out, with everything that is built on them. */
  readonly exclude?: readonly string[];
  /** Names of images that cannot be built. */
  readonly unbuildable: ReadonlySet<string>;
}

/** What turns matched images into skipped ones. */
export interface Skips {
  /** Skip every matched image that has children. */
  readonly skipParents: boolean;
  /** Full names of the images that are there already, if those are to be skipped. */
  readonly existing?: ReadonlySet<string>;
}

/** Tells whether any of the patterns is found in a name. kolla joins them into one group, so
 *  back-references count from there; where that is no valid expression, each pattern stands alone.
 *  Throws `PatternError` with the pattern that is wrong. */
export function compilePatterns(patterns: readonly string[]): (name: string) => boolean {
  const search = compileJoined(patterns) ?? patterns.map(compileAlone);
  return (name) => search.some((regex) => regex.test(name));
}

function compileJoined(patterns: readonly string[]): RegExp[] | undefined {
  try {
    return [compilePythonRegex(`(${patterns.join('|')})`)];
  } catch {
    return undefined;
  }
}

function compileAlone(pattern: string): RegExp {
  try {
    return compilePythonRegex(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PatternError(`Invalid regular expression '${pattern}': ${reason}`);
  }
}

/**
 * Sets the status of every image: `unbuildable` for those that cannot be built and all built on them,
 * `matched` for selected ones and what they are built on, `unmatched` for the rest. An excluded image
 * takes what is built on it along. Source: kolla: image/kolla_worker.py filter_images.
 */
export function filterImages(images: readonly Image[], selection: Selection): void {
  const matches =
    selection.patterns.length > 0 ? compilePatterns(selection.patterns) : (): boolean => true;
  const excluded =
    selection.exclude && selection.exclude.length > 0
      ? compilePatterns(selection.exclude)
      : (): boolean => false;
  const isUnbuildable = (image: Image): boolean => selection.unbuildable.has(image.name);
  for (const image of images) {
    if (someAncestor(image, isUnbuildable)) image.status = 'unbuildable';
    else image.status = 'unmatched';
  }
  for (const image of images) {
    if (image.status !== 'unmatched' || !matches(image.name)) continue;
    if (someAncestor(image, (ancestor) => excluded(ancestor.name))) continue;
    for (let link: Image | undefined = image; link; link = link.parent) link.status = 'matched';
  }
}

/** Turns matched images into skipped ones. Source: kolla: image/kolla_worker.py filter_images. */
export function skipImages(images: readonly Image[], skips: Skips): void {
  for (const image of images) {
    if (image.status !== 'matched') continue;
    const exists = skips.existing?.has(image.canonicalName) ?? false;
    if (exists || (skips.skipParents && image.children.length > 0)) image.status = 'skipped';
  }
}

function someAncestor(image: Image, test: (image: Image) => boolean): boolean {
  for (let link: Image | undefined = image; link; link = link.parent) if (test(link)) return true;
  return false;
}
