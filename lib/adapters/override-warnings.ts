import type { Options } from '../kolla/options.js';
import { findMistypedNames } from '../kolla/override-names.js';
import { readText, type DockerTree } from './docker-dir.js';

/** Warns of names in overrides that have no effect, and that resemble one that would. */
export function warnOfMistypedNames(
  { templateOverride }: Pick<Options, 'templateOverride'>,
  tree: DockerTree,
  warn: (message: string) => void,
): void {
  const overrides = templateOverride.map((path) => ({ path, text: readText(path) }));
  const templates = new Map<string, string>();
  for (const path of tree.files.keys()) {
    if (path.endsWith('.j2')) templates.set(path, textOf(tree, path));
  }
  for (const { path, line, kind, name, suggestion } of findMistypedNames(overrides, templates)) {
    const what = kind === 'block' ? 'no template has the block' : 'no image takes';
    warn(`${path}:${line}: ${what} ${name}; did you mean ${suggestion}?`);
  }
}

/** A template that is no text harms only the image that needs it. */
function textOf(tree: DockerTree, path: string): string {
  try {
    return tree.text(path) ?? '';
  } catch {
    return '';
  }
}
