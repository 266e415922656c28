import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Raised when no folder of templates is found. */
export class KollaDirNotFoundError extends Error {
  override name = 'KollaDirNotFoundException';
}

/** What tells where to look. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders in which commands are looked for come from `PATH` unless given. */
  readonly path?: readonly string[];
}

/** The collection that comes with this package. */
export const BUNDLED_TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url));

/**
 * The folder of stock templates: the one given, else the first with a `base` folder among those where
 * kolla looks (the active Python environment's `share/kolla`, `~/.local/share/kolla`, `$SNAP`), else
 * the bundled one. Throws `KollaDirNotFoundError`.
 * Source: kolla: image/kolla_worker.py _get_images_dir.
 */
export function locateImages(given: string | null, { env, path }: Surroundings): string {
  if (given) return givenFolder(given);
  const home = env['HOME'] ?? homedir();
  const prefixes = pythonPrefixes(env, path ?? (env['PATH'] ?? '').split(delimiter));
  const candidates = [
    ...prefixes.flatMap((prefix) => [
      ...packagesBelow(join(prefix, 'lib')),
      join(prefix, 'share/kolla'),
      join(prefix, 'local/share/kolla'),
    ]),
    join(home, '.local/share/kolla'),
    join(env['SNAP'] ?? '', 'share/kolla'),
  ].map((folder) => join(folder, 'docker'));
  const found = candidates.find((folder) => existsSync(join(folder, 'base')));
  if (found !== undefined) return found;
  if (existsSync(BUNDLED_TEMPLATES)) return BUNDLED_TEMPLATES;
  throw new KollaDirNotFoundError('Image dir can not be found');
}

/** Installed packages, which hold the templates themselves from series 23 on. */
function packagesBelow(lib: string): string[] {
  if (!existsSync(lib)) return [];
  return readdirSync(lib)
    .filter((name) => name.startsWith('python3'))
    .flatMap((name) => [
      join(lib, name, 'site-packages/kolla'),
      join(lib, name, 'dist-packages/kolla'),
    ]);
}

/** A checkout or an installed share folder stands for its `docker` folder. */
function givenFolder(given: string): string {
  const folder = resolve(given);
  if (!existsSync(folder)) {
    throw new KollaDirNotFoundError(`Image dir can not be found: ${given} does not exist`);
  }
  const inside = join(folder, 'docker');
  return !existsSync(join(folder, 'base')) && existsSync(join(inside, 'base')) ? inside : folder;
}

/** Prefixes of the Python environments that are in use: the activated one, then those of the
 *  `kolla-build` and `python3` commands. */
function pythonPrefixes(env: Surroundings['env'], path: readonly string[]): string[] {
  const prefixes = env['VIRTUAL_ENV'] ? [env['VIRTUAL_ENV']] : [];
  for (const command of ['python3', 'python']) {
    const folder = path.find((entry) => entry !== '' && existsSync(join(entry, command)));
    if (folder !== undefined) prefixes.push(dirname(folder));
  }
  return [...new Set(prefixes)];
}
