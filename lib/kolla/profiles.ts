import type { Options } from './options.js';

/** Raised for a profile that nobody defined, or that is empty. */
export class UnknownProfileError extends Error {
  override name = 'UnknownProfileError';
}

/** Patterns that select images: the regular expressions given, else those of the profiles given;
 *  none means every image. Throws `UnknownProfileError`.
 *  Source: kolla: image/kolla_worker.py filter_images. */
export function selectionPatterns(
  options: Pick<Options, 'regex' | 'profile' | 'profilePatterns'>,
): string[] {
  if (options.regex.length > 0) return [...options.regex];
  return options.profile.flatMap((profile) => {
    const patterns = options.profilePatterns(profile);
    if (patterns === null || patterns.length === 0) {
      throw new UnknownProfileError(`Profile: ${profile} does not exist`);
    }
    return patterns;
  });
}
