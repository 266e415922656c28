import { forEachChild, walk, type Node } from './ast.js';

/** Which of `names` the nodes read without having assigned them before; blocks are left out. */
export function findUndeclared(nodes: readonly Node[], names: readonly string[]): Set<string> {
  const open = new Set(names);
  const undeclared = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === 'Block') return;
    if (node.type === 'Name') {
      if (node.ctx === 'load' && open.has(node.name)) undeclared.add(node.name);
      else open.delete(node.name);
    } else {
      forEachChild(node, visit);
    }
  };
  nodes.forEach(visit);
  return undeclared;
}

/** The names that imports bind anywhere in a template. */
export function importedNames(node: Node): Set<string> {
  const names = new Set<string>();
  forEachChild(node, function visit(child): void {
    if (child.type === 'Import') names.add(child.target);
    else if (child.type === 'FromImport') for (const { alias } of child.names) names.add(alias);
    else forEachChild(child, visit);
  });
  return names;
}

/** Whether the nodes use an `{% extends %}` anywhere. */
export function hasExtends(node: Node): boolean {
  let found = false;
  walk(node, (child) => {
    if (child.type === 'Extends') found = true;
  });
  return found;
}
