import type { Image } from './image.js';

/** Tells which paths of a working tree stay when images that are not matched are taken out. */
export class KeptPaths {
  readonly #images = new Map<string, boolean>();
  /** Folders of matched images and all folders above them. */
  readonly #way = new Set<string>();

  constructor(images: readonly Pick<Image, 'folder' | 'status'>[]) {
    for (const { folder, status } of images) {
      const matched = status === 'matched';
      this.#images.set(folder, matched);
      if (matched) for (const above of enclosing(folder)) this.#way.add(above);
    }
  }

  /** A file belongs to the innermost image folder around it; outside of images all files stay. */
  keepsFile(path: string): boolean {
    return this.#owner(parentFolder(path));
  }

  /** A folder of an image that goes stays while a matched image lies below it. */
  keepsFolder(path: string): boolean {
    return this.#way.has(path) || this.#owner(path);
  }

  #owner(folder: string): boolean {
    for (const above of enclosing(folder)) {
      const matched = this.#images.get(above);
      if (matched !== undefined) return matched;
    }
    return true;
  }
}

/** The folder that a path lies in; the empty text is the top. */
export const parentFolder = (path: string): string =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';

/** A folder and those around it, up to the top. */
function* enclosing(folder: string): Generator<string> {
  for (let at = folder; at !== ''; at = parentFolder(at)) yield at;
  yield '';
}
