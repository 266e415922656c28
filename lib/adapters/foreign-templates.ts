import { readdirSync } from 'node:fs';
import { TEMPLATE_FILE } from '../kolla/tree-loader.js';
import type { DockerTree } from './docker-dir.js';

/** Warns of templates in a working tree that come from no template tree: somebody else put them there,
 *  or a run of kolla's own did. kolla makes images of them, ours does not. */
export function warnOfForeignTemplates(
  root: string,
  tree: DockerTree,
  warn: (message: string) => void,
): void {
  const foreign = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path === TEMPLATE_FILE || path.endsWith(`/${TEMPLATE_FILE}`))
    .filter((path) => !tree.files.has(path))
    .sort();
  if (foreign.length === 0) return;
  const [first, ...rest] = foreign;
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  warn(
    `${root}/${first}${more} is no image, as it is in no folder of templates: delete it, or give its folder with --docker-dir`,
  );
}
