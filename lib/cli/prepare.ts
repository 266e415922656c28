import type { Engine } from '../adapters/engine.js';
import { readKollaOrigin } from '../adapters/kolla-origin.js';
import {
  prepareImages,
  type PreparedImages,
  type PrepareInput,
} from '../adapters/prepare-images.js';
import type { Image } from '../kolla/image.js';
import type { RunContext } from './run-build.js';

/** Renders and selects. */
export function prepare(
  { options, surroundings, log, io }: RunContext,
  imagesDir: string,
  engine: Engine | undefined,
  during: Pick<PrepareInput, 'signal' | 'onWorkDir'> = {},
): Promise<PreparedImages> {
  const { facts, kolla, version, preliminaries } = surroundings;
  const origin = readKollaOrigin(kolla, version);
  return prepareImages({
    options,
    facts,
    imagesDir,
    kollaVersion: preliminaries.kollaVersion ?? origin.version,
    now: new Date(),
    origin: { revision: origin.revision, source: origin.source },
    env: io.env,
    log: log.program,
    ...during,
    ...(engine && { findExisting: (images: readonly Image[]) => findExisting(images, engine) }),
  });
}

/** Full names of the images that the engine has. */
async function findExisting(images: readonly Image[], engine: Engine): Promise<Set<string>> {
  const found = new Set<string>();
  for (const { canonicalName } of images) {
    if ((await engine.inspect(canonicalName)) !== undefined) found.add(canonicalName);
  }
  return found;
}
