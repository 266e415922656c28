import type { Statement } from '../ast.js';
import type { Context } from '../context.js';
import { Extension } from '../extension.js';
import { pformat } from '../filters/pprint.js';
import type { Parser } from '../parser.js';
import { Dict } from '../value/dict.js';

/**
 * `{% debug %}`: prints the variables of the context and the names of filters and tests.
 * Source: jinja2 3.1.6 ext.DebugExtension.
 */
export class DebugExtension extends Extension {
  override readonly tags = ['debug'];

  override parse(parser: Parser): Statement {
    const token = parser.advance();
    const { line, start, end } = token;
    const context = { type: 'ContextReference', line, start, end } as const;
    const node = this.call((given) => this.render(given as Context), token, [context]);
    return { type: 'Output', nodes: [node], line, start, end };
  }

  private render(context: Context): string {
    const { filters, tests } = context.environment;
    const shown = new Dict<string, unknown>([
      ['context', new Dict(context.getAll())],
      ['filters', Object.keys(filters).sort()],
      ['tests', Object.keys(tests).sort()],
    ]);
    return pformat(shown, { depth: 3, compact: true });
  }
}
