import { buildArguments } from '../kolla/build-args.js';
import { type Image } from '../kolla/image.js';
import { planRoots, unlockedChildren } from '../kolla/plan.js';
import { type BuildOptions } from './build-options.js';
import { type OutcomeInProgress } from './build-outcome.js';
import { ImageBuilder } from './build-task.js';
import { type Environment } from './docker-host.js';
import { type Engine } from './engine.js';
import { defaultStateFile, RunState } from './run-state.js';
import { SourceCache } from './source-cache.js';

/** Whether `--incremental` would build an image, and why. */
export interface Explanation {
  readonly name: string;
  readonly rebuild: boolean;
  readonly reason: string;
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warning: () => undefined,
  error: () => undefined,
};

/**
 * Tells of every image that would be built or left alone why that is so, parents before children.
 * Builds nothing; sources are looked at as `--incremental` does. Rejects with a `TaskFailure` or an
 * `EngineError`.
 */
export async function explainImages(
  images: readonly Image[],
  options: BuildOptions,
  {
    engine,
    env,
    signal,
  }: { readonly engine: Engine; readonly env: Environment; readonly signal?: AbortSignal },
): Promise<Explanation[]> {
  const outcomes = new Map<Image, OutcomeInProgress>(
    images.map((image) => {
      const { name, canonicalName, status } = image;
      return [image, { name, canonicalName, status, attempts: 0 }];
    }),
  );
  const cache = new SourceCache({ folder: options.sourceCache, offline: options.offline });
  const builder = new ImageBuilder(
    options,
    {
      engine,
      env,
      ...(signal && { signal }),
      cache,
      log: { program: SILENT, image: () => SILENT },
      buildArgs: buildArguments(options, env),
      secrets: new Map(),
      state: new RunState(options.stateFile ?? defaultStateFile(env)),
    },
    (image) => outcomes.get(image)!,
  );
  const explanations: Explanation[] = [];
  const explain = async (image: Image, rebuiltParent: string | undefined): Promise<void> => {
    let reason = rebuiltParent === undefined ? '' : `${rebuiltParent} is built anew`;
    let id: string | undefined;
    if (rebuiltParent === undefined) ({ id, reason } = await builder.explain(image));
    if (id !== undefined) outcomes.get(image)!.imageId = id;
    explanations.push({ name: image.name, rebuild: id === undefined, reason });
    for (const child of unlockedChildren(image)) {
      await explain(child, id === undefined ? image.name : undefined);
    }
  };
  try {
    for (const root of planRoots(images)) await explain(root, undefined);
  } finally {
    await cache.close();
  }
  return explanations;
}
