import type { ExtensionClass } from '../extension.js';
import { DebugExtension } from './debug.js';
import { ExprStmtExtension } from './do.js';
import { LoopControlExtension } from './loopcontrols.js';

/** The built-in extensions under the names that Jinja gives them. */
const EXTENSIONS: ReadonlyMap<string, ExtensionClass> = new Map<string, ExtensionClass>([
  ['do', ExprStmtExtension],
  ['ExprStmtExtension', ExprStmtExtension],
  ['loopcontrols', LoopControlExtension],
  ['LoopControlExtension', LoopControlExtension],
  ['debug', DebugExtension],
  ['DebugExtension', DebugExtension],
]);

const OUT_OF_SCOPE: ReadonlySet<string> = new Set(['i18n', 'InternationalizationExtension']);

/** Finds a built-in extension by name; `jinja2.ext.` in front of it may be left out. */
export function findExtension(name: string): ExtensionClass {
  const short = name.replace(/^jinja2\.ext\./, '');
  const found = EXTENSIONS.get(short);
  if (found !== undefined) return found;
  if (OUT_OF_SCOPE.has(short)) {
    throw new TypeError(`extension '${name}': translation (i18n) is out of scope of this engine`);
  }
  throw new TypeError(
    `unknown extension '${name}'; built-in extensions are 'do', 'loopcontrols' and 'debug'`,
  );
}
