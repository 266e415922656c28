import type { Statement } from '../ast.js';
import { Extension } from '../extension.js';
import type { Parser } from '../parser.js';

/** `{% break %}` and `{% continue %}`. Source: jinja2 3.1.6 ext.LoopControlExtension. */
export class LoopControlExtension extends Extension {
  override readonly tags = ['break', 'continue'];

  override parse(parser: Parser): Statement {
    const { value, line, start, end } = parser.advance();
    return { type: value === 'break' ? 'Break' : 'Continue', line, start, end };
  }
}
