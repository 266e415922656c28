import { imageName } from './image.js';
import { nearest } from './nearest.js';
import type { OverrideFile } from './overrides.js';

/** A name in an override that no template knows, but that resembles one. */
export interface MistypedName {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly kind: 'block' | 'variable';
  readonly name: string;
  readonly suggestion: string;
}

const BLOCK = /\{%[-+]?\s*block\s+(\w+)/g;
const CUSTOMIZABLE = /\|\s*customizable\(\s*["'](\w+)["']/g;
const CUSTOMIZATION = /\{%[-+]?\s*set\s+(\w+_(?:append|remove|override))\b/g;

/** One override serves several series, so that a name may be right elsewhere: only slips count. */
const SLIPS = 2;

/**
 * Finds blocks that no template of the collection has, and variables for `customizable` that belong to
 * no image, where a name like it exists. `templates` maps paths to texts.
 */
export function findMistypedNames(
  overrides: readonly OverrideFile[],
  templates: ReadonlyMap<string, string>,
): MistypedName[] {
  const blocks = new Set<string>();
  const kinds = new Set<string>();
  for (const text of templates.values()) {
    for (const [, name = ''] of text.matchAll(BLOCK)) blocks.add(name);
    for (const [, kind = ''] of text.matchAll(CUSTOMIZABLE)) kinds.add(kind);
  }
  const images = [...templates.keys()]
    .filter((path) => path.endsWith('/Dockerfile.j2'))
    .map((path) => imageName(path.slice(0, path.lastIndexOf('/'))).replaceAll('-', '_'));
  const variables = new Set(
    images.flatMap((image) => [...kinds].map((kind) => `${image}_${kind}`)),
  );

  const found: MistypedName[] = [];
  for (const { path, text } of overrides) {
    const look = (
      kind: MistypedName['kind'],
      match: RegExpMatchArray,
      known: ReadonlySet<string>,
      ending = '',
    ): void => {
      const name = match[1]!;
      const stem = name.slice(0, name.length - ending.length);
      if (known.has(stem)) return;
      const meant = nearest(stem, known, SLIPS);
      if (meant === undefined) return;
      const line = text.slice(0, match.index).split('\n').length;
      found.push({ path, line, kind, name, suggestion: meant + ending });
    };
    for (const match of text.matchAll(BLOCK)) look('block', match, blocks);
    for (const match of text.matchAll(CUSTOMIZATION)) {
      look('variable', match, variables, /_[a-z]+$/.exec(match[1]!)![0]);
    }
  }
  return found;
}
