import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { filterImages, skipImages } from '../kolla/filter-images.js';
import { imageFactory, requireRendered } from '../kolla/find-images.js';
import type { Image } from '../kolla/image.js';
import { installType, renameInfraImages } from '../kolla/install-type.js';
import { KeptPaths } from '../kolla/kept-paths.js';
import type { LabelFacts } from '../kolla/labels.js';
import type { Options } from '../kolla/options.js';
import { findParents } from '../kolla/parents.js';
import { selectionPatterns } from '../kolla/profiles.js';
import { createRenderer, TEMPLATE_FILE, type RenderInput } from '../kolla/render.js';
import type { SeriesFacts } from '../kolla/series-facts.js';
import type { TemplateTexts } from '../kolla/tree-loader.js';
import { unbuildableImages } from '../kolla/unbuildable.js';
import { readDockerTree, readText, type DockerTree } from './docker-dir.js';
import { checkPatchesPath, readPatches, type ImagePatches } from './patches.js';
import { reposReader } from './repos-file.js';
import { WorkDir } from './work-dir.js';

/** What a run needs to get from template trees to images. */
export interface PrepareInput {
  readonly options: Options;
  readonly facts: SeriesFacts;
  /** The stock templates. */
  readonly imagesDir: string;
  readonly kollaVersion: string;
  /** Start of the run. */
  readonly now: Date;
  /** Commit and repository of the templates, where known. */
  readonly origin?: Pick<LabelFacts, 'revision' | 'source'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: {
    readonly debug: (message: string) => void;
    readonly warning: (message: string) => void;
    readonly error: (message: string) => void;
  };
  /** Full names of those of the images that the engine has; asked with `--skip-existing`. */
  readonly findExisting?: (images: readonly Image[]) => Promise<ReadonlySet<string>>;
}

/** Images with their Dockerfiles on disk. */
export interface PreparedImages {
  /** All images, in the order of their folders; `status` tells which are selected. */
  readonly images: readonly Image[];
  readonly workDir: WorkDir;
}

/**
 * Renders the collection into the working directory, links the images and selects among them. After
 * a failure nothing that was written is left. Throws `TreeError`, `RenderError`, `ImageGraphError`,
 * `PatternError`, `UnknownProfileError` and what the options throw.
 */
export async function prepareImages(input: PrepareInput): Promise<PreparedImages> {
  const { options, facts } = input;
  const dirs = [input.imagesDir, ...options.dockerDir];
  const tree = readDockerTree(dirs);
  const patches = patchesReader(input);
  const workDir = options.workDir
    ? WorkDir.at(options.workDir)
    : WorkDir.temporary(localStamp(input.now));
  try {
    workDir.requireApart(dirs);
    const folders = tree.foldersWith(TEMPLATE_FILE);
    const writes = !onlyLists(options) || options.workDir !== null;
    const early = writes && writesEverything(options) && !workDir.reused;
    if (early) workDir.copyTree(tree);
    const images = await renderAll(input, tree, folders, workDir.path);
    await select(images, input);
    requireRendered(images);
    if (!writes) return { images, workDir };
    const kept = removesUnmatched(input) ? new KeptPaths(images) : undefined;
    if (!early) workDir.copyTree(tree, kept);
    writeGenerated(workDir, tree, images, { options, facts, patches, kept });
    if (kept) await workDir.remove(kept);
    await workDir.publish(!options.templateOnly);
    return { images, workDir };
  } catch (error) {
    await workDir.discard();
    throw error;
  }
}

/** Whether the images are shown and nothing is done with them; their files are nobody's business. */
const onlyLists = (options: Options): boolean =>
  !options.templateOnly &&
  (options.listImages || options.listDependencies || Boolean(options.saveDependency));

/** Whether nearly every folder of the tree will be written, so that copying may begin at once. */
function writesEverything(options: Options): boolean {
  if (!options.templateOnly) return true;
  const narrow = [options.regex, options.profile, options.exclude].some((list) => list.length > 0);
  return !narrow && !options.skipParents && !options.skipExisting;
}

/** Series 9, the last without `handle_repos`, leaves every folder in place. */
const removesUnmatched = ({ options, facts }: PrepareInput): boolean =>
  options.templateOnly && facts.traits.reposGeneration !== 'none';

/** Milliseconds after which rendering lets the file operations in the background go on. */
const SLICE = 4;

async function renderAll(
  input: PrepareInput,
  tree: DockerTree,
  folders: readonly string[],
  workTree: string,
): Promise<Image[]> {
  const { options, facts, log } = input;
  const buildDate = localStamp(input.now).slice(0, 10).replaceAll('-', '');
  const templateFile = (path: string): string | undefined => tree.files.get(path)?.source;
  const render = createRenderer({
    options,
    facts,
    run: { kollaVersion: input.kollaVersion, buildDate },
    templates: { text: (path) => tree.text(path), source: templateFile },
    overrides: options.templateOverride.map((path) => ({ path, text: readText(path) })),
    overrideImports: options.overrideImports
      ? importsOf(options.templateOverride, tree)
      : undefined,
    env: definedVariables(input.env),
    readRepos: reposReader(),
    warn: log.warning,
    onRepoError: log.error,
  } satisfies RenderInput);
  const created = `${input.now.toISOString().slice(0, 19)}Z`;
  const makeImage = imageFactory({
    options,
    facts,
    labels: { ...input.origin, created, buildDate },
    render,
    templateFile,
    workTree,
  });
  const images: Image[] = [];
  let pause = performance.now() + SLICE;
  for (const folder of folders) {
    images.push(makeImage(folder));
    if (performance.now() < pause) continue;
    await setImmediate();
    pause = performance.now() + SLICE;
  }
  return images;
}

/** Files beside the overrides, then those of the collection. */
function importsOf(overrides: readonly string[], tree: DockerTree): TemplateTexts {
  const find = (path: string): string | undefined =>
    overrides.map((file) => join(dirname(file), path)).find((file) => existsSync(file)) ??
    tree.files.get(path)?.source;
  return {
    source: find,
    text: (path) => {
      const file = find(path);
      return file === undefined ? null : readText(file);
    },
  };
}

async function select(images: readonly Image[], input: PrepareInput): Promise<void> {
  const { options, facts } = input;
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

interface Generated {
  readonly options: Options;
  readonly facts: SeriesFacts;
  readonly patches: (image: string) => ImagePatches;
  readonly kept: KeptPaths | undefined;
}

/** Everything in the working tree that is not a copy of a template tree. */
function writeGenerated(
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

function patchesReader({ options, facts, log }: PrepareInput): (image: string) => ImagePatches {
  const none: ImagePatches = { files: [], warnings: [] };
  if (!facts.traits.patches || !options.patchesPath) return () => none;
  checkPatchesPath(options.patchesPath).forEach(log.warning);
  return (image) => {
    const patches = readPatches(options.patchesPath, image);
    patches.warnings.forEach(log.warning);
    return patches;
  };
}

function definedVariables(env: PrepareInput['env']): Map<string, string> {
  const defined = new Map<string, string>();
  for (const [name, value] of Object.entries(env))
    if (value !== undefined) defined.set(name, value);
  return defined;
}

/** Local time as kolla stamps temporary folders: `2026-07-31_12-00-00`. */
function localStamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-');
  return `${date}_${time}`;
}
