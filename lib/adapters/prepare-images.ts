import { compilePatterns, filterImages, skipImages } from '../kolla/filter-images.js';
import { looksAtImages, requireRendered } from '../kolla/find-images.js';
import type { Image } from '../kolla/image.js';
import { installType, renameInfraImages } from '../kolla/install-type.js';
import { KeptPaths } from '../kolla/kept-paths.js';
import type { Options } from '../kolla/options.js';
import { findParents } from '../kolla/parents.js';
import { selectionPatterns } from '../kolla/profiles.js';
import { unbuildableImages } from '../kolla/unbuildable.js';
import { examineUnselected } from '../kolla/unselected.js';
import { readDockerTree } from './docker-dir.js';
import { warnOfForeignTemplates } from './foreign-templates.js';
import {
  inSlices,
  localStamp,
  renderCollection,
  type CollectionInput,
} from './render-collection.js';
import { warnOfMistypedNames } from './override-warnings.js';
import { removeStaleComponents } from './stale-components.js';
import { WorkDir } from './work-dir.js';
import { copyAptFiles, imageWriter } from './write-images.js';

/** What a run needs to get from template trees to images. */
export interface PrepareInput extends CollectionInput {
  /** The stock templates. */
  readonly imagesDir: string;
  /** Full names of those of the images that the engine has; asked with `--skip-existing`. */
  readonly findExisting?: (images: readonly Image[]) => Promise<ReadonlySet<string>>;
  /** Hears of the working directory before anything is written to it. */
  readonly onWorkDir?: (workDir: WorkDir) => void;
}

/** Images with their Dockerfiles on disk. */
export interface PreparedImages {
  /** All images, in the order of their folders; `status` tells which are selected. */
  readonly images: readonly Image[];
  readonly workDir: WorkDir;
  /** Finds out which images that are not selected are `unbuildable`, where that takes time that a
   *  build has while its engine works. Rejects with the reason of the signal. */
  readonly examineUnselected: () => Promise<void>;
}

/**
 * Renders the collection into the working directory, links the images and selects among them. After
 * a failure nothing that was written is left. Throws `TreeError`, `RenderError`, `ImageGraphError`,
 * `PatternError`, `UnknownProfileError` and what the options throw.
 */
export async function prepareImages(input: PrepareInput): Promise<PreparedImages> {
  const { options } = input;
  const dirs = [input.imagesDir, ...options.dockerDir];
  const tree = readDockerTree(dirs);
  const workDir = options.workDir
    ? WorkDir.at(options.workDir)
    : WorkDir.temporary(localStamp(input.now));
  input.onWorkDir?.(workDir);
  try {
    workDir.requireApart(dirs);
    const writes = !onlyLists(options) || options.workDir !== null;
    const early = writes && writesEverything(input) && !workDir.reused;
    const write = imageWriter(input, workDir, tree);
    if (early) workDir.copyTree(tree);
    const { images, parentNameOf } = await renderCollection(input, tree, workDir.path, {
      wanted: wantedImages(input),
      onRendered: early ? write : undefined,
    });
    await select(images, input);
    requireRendered(images);
    if (options.templateOverride.length > 0) warnOfMistypedNames(options, tree, input.log.warning);
    const rest = async (): Promise<void> => {
      await inSlices(examineUnselected(images, parentNameOf), { signal: input.signal });
    };
    const prepared = { images, workDir, examineUnselected: rest };
    if (!writes) return prepared;
    const kept = removesUnmatched(input) ? new KeptPaths(images) : undefined;
    if (!early) {
      workDir.copyTree(tree, kept);
      for (const image of images) write(image, kept);
    }
    copyAptFiles(input, workDir, tree, kept);
    const some = images.some((image) => image.status !== 'matched');
    if (kept && some && options.templateOnly) await workDir.remove(kept);
    input.signal?.throwIfAborted();
    await workDir.publish(!options.templateOnly);
    if (workDir.reused) {
      warnOfForeignTemplates(workDir.path, tree, input.log.warning);
      if (!options.templateOnly) removeStaleComponents(images, tree);
    }
    return prepared;
  } catch (error) {
    await workDir.discard();
    throw error;
  }
}

/** Whether the images are shown and nothing is done with them; their files are nobody's business. */
const onlyLists = (options: Options): boolean =>
  !options.templateOnly &&
  (options.listImages || options.listDependencies || Boolean(options.saveDependency));

/** Which images must be rendered, apart from those that they are built on. All of them where the tree
 *  stays whole, and where it counts what else is built on an image. */
function wantedImages(input: PrepareInput): (name: string) => boolean {
  const { options, facts } = input;
  if (!looksAtImages(options, facts)) return () => true;
  const patterns = selectionPatterns(options);
  const onlySelected =
    removesUnmatched(input) || ((options.listImages || options.saveDependency) && !options.workDir);
  const needsChildren = options.skipParents || options.listDependencies || options.infraRename;
  if (patterns.length === 0 || !onlySelected || needsChildren) return () => true;
  return compilePatterns(patterns);
}

/** Whether nearly every folder of the tree will be written, so that copying may begin at once. */
function writesEverything(input: PrepareInput): boolean {
  if (!removesUnmatched(input)) return true;
  const { options } = input;
  const narrow = [options.regex, options.profile, options.exclude].some((list) => list.length > 0);
  return !narrow && !options.skipParents && !options.skipExisting;
}

/** Whether only selected images have a place in the tree; in a temporary one nobody misses others. */
const removesUnmatched = ({ options, facts }: PrepareInput): boolean =>
  options.templateOnly ? looksAtImages(options, facts) : options.workDir === null;

async function select(images: readonly Image[], input: PrepareInput): Promise<void> {
  const { options, facts } = input;
  if (!looksAtImages(options, facts)) {
    for (const image of images) image.status = 'matched';
    return;
  }
  const { type } = installType(options, facts);
  findParents(images, options.infraRename ? type : undefined);
  filterImages(images, {
    patterns: selectionPatterns(options),
    exclude: options.exclude,
    unbuildable: unbuildableImages(options, facts),
  });
  renameInfraImages(images, options, type, facts.typedImages);
  const matched = images.filter((image) => image.status === 'matched');
  const existing =
    options.skipExisting && input.findExisting ? await input.findExisting(matched) : undefined;
  skipImages(images, { skipParents: options.skipParents, ...(existing ? { existing } : {}) });
}
