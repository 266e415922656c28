import type { ImageOutcome } from '../adapters/build-outcome.js';
import type { Image } from '../kolla/image.js';

const BUILT = new Set(['built', 'skipped', 'unmatched', 'unbuildable']);

/** Outcomes in which an image that never started because of an image below it says so: its status is
 *  `parent_error` and its reason names that image. kolla leaves it `matched`. */
export function nameFailedParents(
  images: readonly Image[],
  outcomes: readonly ImageOutcome[],
): ImageOutcome[] {
  const byImage = new Map(images.map((image, at) => [image, outcomes[at]!]));
  return images.map((image) => {
    const outcome = byImage.get(image)!;
    if (outcome.status !== 'matched') return outcome;
    let culprit: Image | undefined;
    for (let link = image.parent; link; link = link.parent) {
      const status = byImage.get(link)?.status ?? 'built';
      if (status !== 'matched' && !BUILT.has(status)) culprit = link;
    }
    if (!culprit) return outcome;
    return {
      ...outcome,
      status: 'parent_error',
      reason: `it is built on ${culprit.name}, which failed`,
    };
  });
}
