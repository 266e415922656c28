import type { TemplateNode } from './ast.js';
import { joined } from './context.js';
import { TemplateSyntaxError } from './errors.js';
import type { Parser } from './parser.js';
import type { Template, Variables } from './template.js';
import { Undefined } from './undefined.js';

/** A compiled expression: called with variables, it returns the value as templates see it. */
export type TemplateExpression = (variables?: Variables | null) => unknown;

/** The tree of a template that assigns the expression that a parser stands on to `result`. */
export function expressionTree(parser: Parser): TemplateNode {
  const node = parser.parseExpression();
  if (parser.current.type !== 'eof') {
    throw new TemplateSyntaxError('chunk after expression', parser.current.line, null);
  }
  const { line, start, end } = node;
  const target = { type: 'Name', name: 'result', ctx: 'store', line, start, end } as const;
  const assign = { type: 'Assign', target, node, line: 1, start, end } as const;
  return { type: 'Template', line: 1, start, end, body: [assign] };
}

/**
 * Wraps a template that assigns the value to `result`.
 * Source: jinja2 3.1.6 environment.TemplateExpression.
 */
export function makeExpression(template: Template, undefinedToNone: boolean): TemplateExpression {
  return (variables) => {
    const context = template.newContext(variables);
    joined(template.rootRender(context));
    const value = context.vars.get('result');
    return undefinedToNone && (value === undefined || value instanceof Undefined) ? null : value;
  };
}
