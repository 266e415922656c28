import { imageName, type Image } from './image.js';
import { installType } from './install-type.js';
import { imageLabels, type LabelFacts } from './labels.js';
import type { Options } from './options.js';
import { readParentName } from './parents.js';
import type { RenderImage } from './render.js';
import type { SeriesFacts } from './series-facts.js';
import { sourcesFinder, type ImageSources } from './sources.js';
import { imageNamespace, imagePrefix } from './variables.js';

/** What images are made from. */
export interface ImageInput {
  readonly options: Options;
  readonly facts: SeriesFacts;
  readonly labels: Omit<LabelFacts, 'tag' | 'maintainer'>;
  readonly render: RenderImage;
  /** File that a template of the collection was read from. */
  readonly templateFile: (path: string) => string | undefined;
  /** The working tree, absolute. */
  readonly workTree: string;
}

/** Raised for an image whose template cannot be rendered; `cause` is what the template raised. */
export class RenderError extends Error {
  override name = 'RenderError';
  readonly image: string;
  /** Path of the template in the collection. */
  readonly template: string;

  constructor(image: string, template: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.image = image;
    this.template = template;
  }
}

/** Whether a run looks at images at all. Series 9, the last without `handle_repos`, renders every
 *  template for `--template-only` and stops: profiles, patterns, parents and sources go unread. */
export const looksAtImages = (options: Options, { traits }: SeriesFacts): boolean =>
  !options.templateOnly || traits.reposGeneration !== 'none';

const NO_SOURCES: ImageSources = { source: undefined, plugins: [], additions: [], untyped: [] };

/** Makes the image of a folder, not yet linked; `rendered` is false where nobody needs its Dockerfile. */
export type MakeImage = (folder: string, rendered?: boolean) => Image;

/**
 * A function that makes images. A template that fails leaves its error in `failure`, since nobody may
 * need that image. Source: kolla: image/kolla_worker.py build_image_list.
 */
export function imageFactory(input: ImageInput): MakeImage {
  const { options, facts, render, workTree } = input;
  const prefix = `${imageNamespace(options)}/${imagePrefix(options, facts)}`;
  const labels = { ...input.labels, tag: options.tag, maintainer: options.maintainer };
  // Images made of packages have no sources, and nobody looks at what the sections say.
  const readsSources =
    looksAtImages(options, facts) &&
    (!facts.traits.sourcesByInstallType || installType(options, facts).type === 'source');
  const sources = readsSources ? sourcesFinder(options) : (): ImageSources => NO_SOURCES;
  return (folder, rendered = true) => {
    const name = imageName(folder);
    const template = folder === '' ? 'Dockerfile.j2' : `${folder}/Dockerfile.j2`;
    const { untyped, ...found } = sources(name);
    let dockerfile: string | null = null;
    let failure: RenderError | undefined;
    try {
      if (rendered) dockerfile = render(folder, name);
    } catch (error) {
      failure = new RenderError(name, template, error);
    }
    return {
      name,
      canonicalName: `${prefix}${name}:${options.tag}`,
      folder,
      path: folder === '' ? workTree : `${workTree}/${folder}`,
      template: input.templateFile(template),
      parentName: readParentName(dockerfile ?? '', facts.traits.fromIgnoresCase),
      children: [],
      status: 'unprocessed',
      ...found,
      untypedSources: untyped,
      labels: imageLabels(name, facts, labels),
      dockerfile,
      failure,
    };
  };
}

/**
 * Makes the images of all folders, but renders only those whose name is wanted and those that they
 * are built on. Hands out each image as it is rendered, so that the caller can do other work between;
 * the result holds all, in the order of the folders.
 */
export function* renderWanted(
  folders: readonly string[],
  makeImage: MakeImage,
  wanted: (name: string) => boolean,
): Generator<Image, Image[]> {
  const images = new Map(folders.map((folder) => [folder, makeImage(folder, false)]));
  const byName = new Map([...images.values()].map((image) => [image.canonicalName, image.folder]));
  const pending = folders.filter((folder) => wanted(imageName(folder))).reverse();
  const seen = new Set(pending);
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const image = makeImage(folder);
    images.set(folder, image);
    yield image;
    const parent = byName.get(image.parentName);
    if (parent === undefined || seen.has(parent)) continue;
    seen.add(parent);
    pending.push(parent);
  }
  return [...images.values()];
}

/** Throws the first `RenderError` of a selected image. Those of other images harm nobody. */
export function requireRendered(images: readonly Image[]): void {
  for (const { status, failure } of images) {
    if (failure && (status === 'matched' || status === 'skipped')) throw failure;
  }
}
