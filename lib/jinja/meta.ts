import { forEachChild, type Node, type TemplateNode } from './ast.js';
import { CodeGenerator } from './codegen.js';
import type { Environment } from './environment.js';

/**
 * The names of all variables that a template looks up in its context, globals left out, sorted.
 * Source: jinja2 3.1.6 meta.find_undeclared_variables, which may raise TemplateAssertionError too.
 */
export function findUndeclaredVariables(ast: TemplateNode, environment: Environment): Set<string> {
  const names = new Set<string>();
  const generator = new CodeGenerator(environment, '<introspection>', '', 'string', (name) => {
    if (environment.globals[name] === undefined) names.add(name);
  });
  generator.generate(ast);
  return new Set([...names].sort());
}

/**
 * The templates that a template extends, includes and imports, in source order; null stands for one
 * that is known at run time only. Source: jinja2 3.1.6 meta.find_referenced_templates.
 */
export function findReferencedTemplates(ast: TemplateNode): (string | null)[] {
  const found: (string | null)[] = [];
  const visit = (node: Node): void => {
    if (
      node.type === 'Extends' ||
      node.type === 'Include' ||
      node.type === 'Import' ||
      node.type === 'FromImport'
    ) {
      const { template } = node;
      if (template.type === 'Const') {
        found.push(typeof template.value === 'string' ? template.value : null);
      } else if (template.type === 'Tuple' || template.type === 'List') {
        for (const item of template.items) {
          if (item.type !== 'Const') found.push(null);
          else if (typeof item.value === 'string') found.push(item.value);
        }
      } else {
        found.push(null);
      }
    }
    forEachChild(node, visit);
  };
  visit(ast);
  return found;
}
