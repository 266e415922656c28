import type { Statement } from '../ast.js';
import { Extension } from '../extension.js';
import type { Parser } from '../parser.js';

/** `{% do expression %}`: evaluates and prints nothing. Source: jinja2 3.1.6 ext.ExprStmtExtension. */
export class ExprStmtExtension extends Extension {
  override readonly tags = ['do'];

  override parse(parser: Parser): Statement {
    const { line, start } = parser.advance();
    const node = parser.parseTuple();
    return { type: 'ExprStmt', node, line, start, end: node.end };
  }
}
