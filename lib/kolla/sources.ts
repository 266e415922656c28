import type { Image, ImageSource } from './image.js';
import type { Options } from './options.js';

/** Where the software of one image comes from. */
export interface ImageSources {
  readonly source: ImageSource | undefined;
  readonly plugins: readonly ImageSource[];
  readonly additions: readonly ImageSource[];
  /** Sections of plugins and additions that do not say where they come from. */
  readonly untyped: readonly string[];
}

/** Raised for a plugin or addition that does not say where it comes from. */
export class SourceError extends Error {
  override name = 'SourceError';
}

/** Throws `SourceError` if an image that is to be built has a plugin or addition without a type. */
export function requireTypedSources(images: readonly Image[]): void {
  const sections = images
    .filter((image) => image.status === 'matched')
    .flatMap((image) => image.untypedSources);
  if (sections.length === 0) return;
  const names = sections.map((section) => `[${section}]`).join(', ');
  throw new SourceError(
    `No type in ${names}: say where it comes from with 'type = local', git or url`,
  );
}

function readSource(options: Pick<Options, 'source'>, section: string): ImageSource | undefined {
  const { type, location, reference, enabled, sha256 } = options.source(section);
  if (type === null) return undefined;
  const base = { type, source: location, name: section, enabled, sha256 };
  return type === 'git' ? { ...base, reference } : base;
}

/**
 * A function that finds the sources of an image: its own section, and every section named
 * `<image>-plugin-<name>` or `<image>-additions-<name>`, in the order of `options.sections`.
 * Source: kolla: image/kolla_worker.py build_image_list.
 */
export function sourcesFinder(
  options: Pick<Options, 'sections' | 'source'>,
): (image: string) => ImageSources {
  const byImage = new Map<string, { plugins: string[]; additions: string[] }>();
  for (const section of options.sections) {
    for (const [kind, mark] of [
      ['plugins', '-plugin-'],
      ['additions', '-additions-'],
    ] as const) {
      // A section may belong to several images, as any part before the mark may be a name.
      for (let at = section.indexOf(mark, 1); at > 0; at = section.indexOf(mark, at + 1)) {
        if (at + mark.length === section.length) continue;
        const image = section.slice(0, at);
        const entry = byImage.get(image) ?? { plugins: [], additions: [] };
        entry[kind].push(section);
        byImage.set(image, entry);
      }
    }
  }
  return (image) => {
    const entry = byImage.get(image);
    const untyped: string[] = [];
    const attached = (sections: readonly string[] = []): ImageSource[] =>
      sections.flatMap((section) => {
        const source = readSource(options, section);
        if (!source) untyped.push(section);
        return source ?? [];
      });
    return {
      source: readSource(options, image),
      plugins: attached(entry?.plugins),
      additions: attached(entry?.additions),
      untyped,
    };
  };
}
