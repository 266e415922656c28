import type { Image } from '../../kolla/image.js';
import { yargsOptions } from '../table-options.js';
import { JSON_OPTION, toJson, type Command } from './command.js';
import { withContext, withRendered } from './run.js';

/** `kollage list`: the selected images, flat, as a tree or as JSON. */
export const listCommand: Command = {
  usage: 'list [regex..]',
  summary: 'Show which images are selected, and what they are built on',
  examples: [
    ['kollage list', 'Names of all images that can be built'],
    ['kollage list --tree nova', 'A tree, every root of it'],
    ['kollage list --all --json', 'Every image with its status'],
  ],
  options: {
    ...yargsOptions(),
    ...JSON_OPTION,
    tree: { type: 'boolean', default: false, describe: 'Show images below what they stand on.' },
    all: { type: 'boolean', default: false, describe: 'Show images that are not selected, too.' },
  },
  run: (parsed, io) =>
    withContext(parsed, io, { listImages: true }, (context) =>
      withRendered(context, ({ images }) => {
        const all = parsed['all'] === true;
        const shown = images.filter(({ status }) => all || status === 'matched');
        if (parsed['json'] === true) io.stdout(toJson(shown.map(describe)));
        else if (parsed['tree'] === true) io.stdout(tree(shown));
        else io.stdout(shown.map((image) => `${label(image)}\n`).join(''));
      }),
    ),
};

const describe = ({ name, canonicalName, folder, status, parent, parentName }: Image) => ({
  name,
  fullName: canonicalName,
  folder,
  status,
  parent: parent?.name ?? null,
  from: parentName,
});

const label = ({ name, status }: Image): string =>
  status === 'matched' ? name : `${name} (${status})`;

function tree(images: readonly Image[]): string {
  const shown = new Set(images);
  const lines: string[] = [];
  const visit = (image: Image, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${label(image)}\n`);
    for (const child of image.children) if (shown.has(child)) visit(child, depth + 1);
  };
  for (const image of images) if (!image.parent || !shown.has(image.parent)) visit(image, 0);
  return lines.join('');
}
