import type { Image } from './image.js';

/** A node of the tree that `--list-dependencies` prints: a name, or a name with what is below. */
export type DependencyNode = string | { [name: string]: DependencyNode[] };

const isMatched = (image: Image): boolean => image.status === 'matched';

/** `1 : name` for each matched image. Source: kolla: image/kolla_worker.py list_images. */
export function listImages(images: readonly Image[]): string[] {
  return images.filter(isMatched).map((image, index) => `${index + 1} : ${image.name}`);
}

/**
 * What `--list-dependencies` prints: matched images below the last root of the collection as JSON
 * without a final newline, or `Nothing matched!` and a newline. An image that has children is an
 * object even if none of them is matched. Source: kolla: image/kolla_worker.py list_dependencies.
 */
export function listDependencies(images: readonly Image[]): string {
  const root = images.findLast((image) => image.parent === undefined);
  if (!root || !images.some(isMatched)) return 'Nothing matched!\n';
  const tree = namedObject(root.name, dependenciesOf(root.children));
  return asciiJson(JSON.stringify(tree, null, 2));
}

function dependenciesOf(images: readonly Image[]): DependencyNode[] {
  return images
    .filter(isMatched)
    .map((image) =>
      image.children.length === 0
        ? image.name
        : namedObject(image.name, dependenciesOf(image.children)),
    );
}

/** An own property, whatever the name is. */
function namedObject(
  name: string,
  children: DependencyNode[],
): { [name: string]: DependencyNode[] } {
  return Object.defineProperty({}, name, { value: children, enumerable: true });
}

/** Python's json module writes nothing but ASCII. */
const asciiJson = (json: string): string =>
  json.replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * What `--save-dependency` writes: matched images and their parents as a Graphviz digraph.
 * Source: kolla: image/kolla_worker.py save_dependency, shape of python graphviz 0.20.
 */
export function dependencyGraph(images: readonly Image[]): string {
  const statements = images.filter(isMatched).flatMap((image) => {
    const node = `\t${quoteNode(image.name)}\n`;
    if (!image.parent) return [node];
    return [node, `\t${quoteEnd(image.parent.name)} -> ${quoteEnd(image.name)}\n`];
  });
  // The line that sets the direction has no line end of its own.
  return `// Container Images Dependency\ndigraph {\nrankdir=LR${statements.join('')}}\n`;
}

const PLAIN_ID = /^(?:[a-zA-Z_][a-zA-Z0-9_]*|-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?))$/;
const KEYWORDS: ReadonlySet<string> = new Set([
  'digraph',
  'edge',
  'graph',
  'node',
  'strict',
  'subgraph',
]);

/** A name as Graphviz reads it: quoted unless it is an identifier or a number. */
function quoteNode(name: string): string {
  if (PLAIN_ID.test(name) && !KEYWORDS.has(name.toLowerCase())) return name;
  return `"${name.replace(/(?<!\\)((?:\\\\)*)"/g, '$1\\"')}"`;
}

/** An end of an edge; what follows a colon is a port. */
function quoteEnd(name: string): string {
  const [node = '', port, ...rest] = name.split(':');
  const parts = [quoteNode(node)];
  if (port) parts.push(quoteNode(port));
  if (port && rest.length > 0 && rest.join(':') !== '') parts.push(rest.join(':'));
  return parts.join(':');
}
