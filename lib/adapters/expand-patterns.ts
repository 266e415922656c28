import { existsSync } from 'node:fs';
import type { Options } from '../kolla/options.js';
import { TreeError } from './docker-dir.js';

const MAGIC = /[*?[{]/;

/**
 * Options in which a template override or a docker dir that is a file pattern (`overrides/*.j2`)
 * stands for what it matches, by name. Configuration files have no shell that would do it. A path
 * that exists is never a pattern. Throws `TreeError` for a pattern that matches nothing.
 */
export async function expandPatterns(options: Options): Promise<Options> {
  const { templateOverride, dockerDir } = options;
  if (![...templateOverride, ...dockerDir].some(isPattern)) return options;
  // Getters are carried over as they are, since reading one may be an error that nobody needs.
  return Object.freeze(
    Object.defineProperties({} as Options, {
      ...Object.getOwnPropertyDescriptors(options),
      templateOverride: { value: await expand(templateOverride, true), enumerable: true },
      dockerDir: { value: await expand(dockerDir, false), enumerable: true },
    }),
  );
}

const isPattern = (path: string): boolean => MAGIC.test(path) && !existsSync(path);

async function expand(paths: readonly string[], files: boolean): Promise<string[]> {
  if (!paths.some(isPattern)) return [...paths];
  const { glob } = await import('glob');
  const lists = paths.map(async (path) => {
    if (!isPattern(path)) return [path];
    const found = await glob(files ? path : `${path.replace(/\/+$/, '')}/`, { nodir: files });
    if (found.length === 0) throw new TreeError(`${path}: no such file or folder`);
    return found.sort();
  });
  return (await Promise.all(lists)).flat();
}
