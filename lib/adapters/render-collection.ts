import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { imageFactory, renderWanted } from '../kolla/find-images.js';
import { parentOfTemplate } from '../kolla/from-line.js';
import type { Image } from '../kolla/image.js';
import type { LabelFacts } from '../kolla/labels.js';
import type { Options } from '../kolla/options.js';
import { createRenderer } from '../kolla/render.js';
import type { SeriesFacts } from '../kolla/series-facts.js';
import { TEMPLATE_FILE, type TemplateTexts } from '../kolla/tree-loader.js';
import { templateVariables } from '../kolla/variables.js';
import { readText, type DockerTree } from './docker-dir.js';
import { reposReader } from './repos-file.js';

/** What Dockerfiles and images are made from, but for the templates. */
export interface CollectionInput {
  readonly options: Options;
  readonly facts: SeriesFacts;
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
  /** Stops the work; it rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds after which rendering lets what goes on in the background have its turn. */
const SLICE = 4;

/** What is rendered, and what is done with it at once. */
export interface RenderingSteps {
  readonly wanted: (name: string) => boolean;
  readonly onRendered?: ((image: Image) => void) | undefined;
}

/** Images of a collection, of which some are rendered. */
export interface RenderedCollection {
  /** In the order of their folders, not yet linked. */
  readonly images: Image[];
  /** What an image that is not rendered is built on. */
  readonly parentNameOf: (image: Image) => string;
}

/** Renders the templates of a tree whose image is wanted, and those that they are built on. A template
 *  that fails leaves its error in its image. Throws what reading the overrides throws. */
export async function renderCollection(
  input: CollectionInput,
  tree: DockerTree,
  workTree: string,
  { wanted, onRendered }: RenderingSteps,
): Promise<RenderedCollection> {
  const { options, facts, log } = input;
  const buildDate = localStamp(input.now).slice(0, 10).replaceAll('-', '');
  const templateFile = (path: string): string | undefined => tree.files.get(path)?.source;
  const run = { kollaVersion: input.kollaVersion, buildDate };
  const render = createRenderer({
    options,
    facts,
    run,
    templates: { text: (path) => tree.text(path), source: templateFile },
    overrides: options.templateOverride.map((path) => ({ path, text: readText(path) })),
    overrideImports: options.overrideImports
      ? importsOf(options.templateOverride, tree)
      : undefined,
    env: definedVariables(input.env),
    readRepos: reposReader(),
    warn: log.warning,
    onRepoError: log.error,
  });
  const created = `${input.now.toISOString().slice(0, 19)}Z`;
  const makeImage = imageFactory({
    options,
    facts,
    labels: { ...input.origin, created, buildDate },
    render,
    templateFile,
    workTree,
  });
  const rendering = renderWanted(tree.foldersWith(TEMPLATE_FILE), makeImage, wanted);
  const images = await inSlices(rendering, {
    signal: input.signal,
    onStep: (image) => onRendered?.(image),
  });
  const variables = templateVariables(options, facts, run);
  // An override may put anything in the place of a template.
  const plain = options.templateOverride.length === 0;
  const parentNameOf = ({ folder }: Image): string => {
    const path = folder === '' ? TEMPLATE_FILE : `${folder}/${TEMPLATE_FILE}`;
    const known = plain ? parentOfTemplate(tree.text(path) ?? '', variables) : undefined;
    return known ?? makeImage(folder).parentName;
  };
  return { images, parentNameOf };
}

/** Takes the steps of long work, and lets others have their turn every few milliseconds. Returns what
 *  the work returns; rejects with the reason of the signal. */
export async function inSlices<Step, Result>(
  work: Generator<Step, Result>,
  options: { onStep?: (step: Step) => void; signal?: AbortSignal | undefined } = {},
): Promise<Result> {
  let pause = performance.now() + SLICE;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    options.onStep?.(step.value);
    if (performance.now() < pause) continue;
    await setImmediate();
    options.signal?.throwIfAborted();
    pause = performance.now() + SLICE;
  }
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

function definedVariables(env: CollectionInput['env']): Map<string, string> {
  const defined = new Map<string, string>();
  for (const [name, value] of Object.entries(env))
    if (value !== undefined) defined.set(name, value);
  return defined;
}

/** Local time as kolla stamps temporary folders: `2026-07-31_12-00-00`. */
export function localStamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-');
  return `${date}_${time}`;
}
