import { BaseLoader, ChoiceLoader, NunjucksLoaderAdapter, type NunjucksLoader } from './loader.js';
import { checkOptions, fromNunjucksOptions, type EnvironmentOptions } from './options.js';

/** Options from either manner of calling `new Environment`. Throws TypeError for unknown names. */
export function resolveOptions(
  first: unknown,
  second: Readonly<Record<string, unknown>> | undefined,
): EnvironmentOptions {
  let options: object;
  if (isLoader(first) || Array.isArray(first) || second !== undefined) {
    const loaders = Array.isArray(first) ? (first as unknown[]) : [first];
    const known = loaders
      .map((loader) => asLoader(loader))
      .filter((loader) => loader !== undefined);
    options = {
      ...fromNunjucksOptions(second ?? {}),
      loader: known.length > 1 ? new ChoiceLoader(known) : known[0],
    };
  } else {
    options = (first ?? {}) as object;
  }
  checkOptions(options);
  return options;
}

function isLoader(value: unknown): value is BaseLoader | NunjucksLoader {
  return typeof value === 'object' && value !== null && 'getSource' in value;
}

/** A loader of ours for one of ours or nunjucks'; undefined for none. */
export function asLoader(loader: unknown): BaseLoader | undefined {
  if (loader === null || loader === undefined) return undefined;
  if (loader instanceof BaseLoader) return loader;
  if (isLoader(loader)) return new NunjucksLoaderAdapter(loader as NunjucksLoader);
  throw new TypeError('loader: not a loader');
}
