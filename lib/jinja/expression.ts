import { joined } from './context.js';
import type { Template, Variables } from './template.js';
import { Undefined } from './undefined.js';

/** A compiled expression: called with variables, it returns the value as templates see it. */
export type TemplateExpression = (variables?: Variables | null) => unknown;

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
