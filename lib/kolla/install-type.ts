import type { Image } from './image.js';
import type { Options } from './options.js';
import type { SeriesFacts } from './series-facts.js';

/** Raised for an install type that the base does not have. */
export class InstallTypeError extends Error {
  override name = 'KollaMismatchBaseTypeException';
}

/** Raised for binaries that do not exist. kolla logs the message as information and exits with 1. */
export class NoBinariesError extends Error {
  override name = 'NoBinariesError';
}

/** What templates get to know of `--type`. */
export interface InstallType {
  readonly type: string;
  readonly metatype: string;
}

/** Until series 12, `rdo` and `rhos` are kinds of `binary`, and only rpm bases have them. */
const METATYPES: ReadonlyMap<string, InstallType> = new Map([
  ['binary', { type: 'binary', metatype: 'rdo' }],
  ['source', { type: 'source', metatype: 'mixed' }],
  ['rdo', { type: 'binary', metatype: 'rdo' }],
  ['rhos', { type: 'binary', metatype: 'rhos' }],
]);

const DEB_BASES: ReadonlySet<string> = new Set(['debian', 'ubuntu']);

/** The install type of a run. Throws `InstallTypeError` and `NoBinariesError`.
 *  Source: kolla: image/build.py of series 9-14. */
export function installType(
  options: Pick<Options, 'base' | 'baseArch' | 'baseTag' | 'installType'>,
  facts: SeriesFacts,
): InstallType {
  const { installMetatypes, binaryRules } = facts.traits;
  const { base, installType: given } = options;
  const known = installMetatypes ? METATYPES.get(given) : undefined;
  if (known && DEB_BASES.has(base) && (given === 'rdo' || given === 'rhos')) {
    throw new InstallTypeError(`${given} is unavailable for ${base}`);
  }
  const found = known ?? { type: given, metatype: '' };
  if (found.type !== 'binary') return found;
  if (binaryRules.includes('debianOnX86') && base === 'debian' && options.baseArch !== 'x86_64') {
    throw new NoBinariesError(
      'Debian/binary target is available only for x86-64 due to lack of packages for other ' +
        'architectures.',
    );
  }
  if (binaryRules.includes('notOnStream9') && options.baseTag.startsWith('stream9')) {
    throw new NoBinariesError('CentOS Stream 9 is available only for source images.');
  }
  return found;
}

/** What kolla says of install types on their way out. It waits for five seconds, then goes on. */
export const BINARY_DEPRECATED = [
  'Building binary images is now deprecated. Consider switching to source ones.',
  'Build will continue in 5 seconds.',
] as const;

/**
 * What `--infra-rename` does in series 11 to 14: images that no install type concerns, and that are
 * not built on one that it does, are named `<base>-infra-<image>`. To be called after the images are
 * linked and selected. Source: kolla: image/build.py change_install_type.
 */
export function renameInfraImages(
  images: readonly Image[],
  options: Pick<Options, 'base' | 'infraRename'>,
  type: string,
  typedImages: readonly string[],
): void {
  if (!options.infraRename) return;
  const typed = new Set(typedImages);
  for (const image of images) {
    let link: Image | undefined = image;
    while (link && !typed.has(link.name)) link = link.parent;
    if (link) continue;
    image.canonicalName = image.canonicalName.replaceAll(
      `/${options.base}-${type}-`,
      `/${options.base}-infra-`,
    );
    for (const child of image.children) child.parentName = image.canonicalName;
  }
}
