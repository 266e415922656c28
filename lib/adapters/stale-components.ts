import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import type { Image } from '../kolla/image.js';
import type { DockerTree } from './docker-dir.js';

/**
 * Removes the plugins and additions that an earlier build unpacked into a reused working tree: they
 * would get into the archives of this one. An archive beside the folder tells that a build did so.
 */
export function removeStaleComponents(images: readonly Image[], tree: DockerTree): void {
  for (const { status, path, folder } of images) {
    if (status !== 'matched') continue;
    for (const name of ['plugins', 'additions']) {
      const inside = folder === '' ? name : `${folder}/${name}`;
      if (tree.files.has(`${inside}-archive`) || !existsSync(`${path}/${name}-archive`)) continue;
      if (existsSync(`${path}/${name}`)) empty(`${path}/${name}`, inside, tree);
    }
  }
}

/** Leaves what comes from the templates. */
function empty(folder: string, inside: string, tree: DockerTree): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const known = `${inside}/${entry.name}`;
    if (!entry.isDirectory()) {
      if (!tree.files.has(known)) rmSync(path);
      continue;
    }
    empty(path, known, tree);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}
