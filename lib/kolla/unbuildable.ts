import { installType } from './install-type.js';
import type { Options } from './options.js';
import type { SeriesFacts } from './series-facts.js';
import { packageManager } from './variables.js';

/**
 * Names of the images that the series knows not to build on this base and architecture. A key of the
 * table holds if each of its parts, joined with `+`, is the base, the architecture or what else the
 * series looks at. Source: kolla: image/unbuildable.py, image/kolla_worker.py filter_images.
 */
export function unbuildableImages(options: Options, facts: SeriesFacts): Set<string> {
  const names = new Set<string>();
  if (options.enableUnbuildable) return names;
  const { traits, unbuildable } = facts;
  const manager = packageManager(options, facts);
  const alias = traits.unbuildableBases.find(
    (entry) =>
      entry.base === options.base &&
      (entry.tag === undefined || entry.tag === options.baseTag) &&
      (entry.packageManager === undefined || entry.packageManager === manager),
  );
  const values = {
    base: alias?.as ?? options.base,
    arch: options.baseArch,
    installType: installType(options, facts).type,
    baseTag: options.baseTag,
  };
  const present = new Set<string | null>(traits.unbuildableKeys.map((part) => values[part]));
  for (const [key, images] of Object.entries(unbuildable)) {
    if (!key.split('+').every((part) => present.has(part))) continue;
    for (const image of images) names.add(image);
  }
  return names;
}
