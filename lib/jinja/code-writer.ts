import { forEachChild, type Node, type NodeBase } from './ast.js';
import type { OutputMode } from './context.js';
import type { Environment } from './environment.js';
import { TemplateAssertionError, setPosition } from './errors.js';
import { type Frame } from './frame.js';
import { spanOf } from './source.js';
import { findUndeclared } from './tree-queries.js';
import { repr } from './value/repr.js';

/** How a place was reached, for the chain of an error. */
export type Entry =
  | { readonly via: 'template' }
  | { readonly via: 'block' | 'macro'; readonly name: string }
  | { readonly via: 'caller' };

/** What the code generator delivers. */
export interface GeneratedCode {
  /** Body of `function (rt, unit)`; it returns `{ root, blocks }`. */
  readonly code: string;
  /** Three numbers per position: start, end, and the line that Jinja reports. */
  readonly positions: readonly number[];
  /** Positions of statements that lead into other templates. */
  readonly vias: ReadonlyMap<number, 'include' | 'import' | 'extends'>;
  /** What the functions of the code stand for. */
  readonly entries: readonly Entry[];
  /** Values that cannot be written as code. */
  readonly constants: readonly unknown[];
}

/** One function of the generated code while it is being written. */
export class FunctionScope {
  readonly declared = new Set<string>();
  readonly parameters: ReadonlySet<string>;
  /** Positions of the loops around the current place, within this function. */
  readonly loops: string[] = [];
  constructor(parameters: readonly string[] = []) {
    this.parameters = new Set(parameters);
  }
}

/** A string of the generated code. */
export const quote = (text: string): string => JSON.stringify(text);

/** What all parts of the generator write with: positions, variables, functions, output, frames. */
export class CodeWriter {
  protected code = '';
  protected scope = new FunctionScope();
  protected readonly positions: number[] = [0, 0, 1];
  protected readonly vias = new Map<number, 'include' | 'import' | 'extends'>();
  protected readonly entries: Entry[] = [{ via: 'template' }];
  protected readonly constants: unknown[] = [];
  protected readonly filters = new Map<string, string>();
  protected readonly tests = new Map<string, string>();
  private lastIdentifier = 0;
  /** The line that Jinja would report for the code being written. */
  protected lastLine = 1;
  /** Closures written so far; only they can see a variable after its frame. */
  protected closures = 0;
  private readonly anyWord: boolean;

  /** @param onLoad told about every variable that a frame loads: what `meta` listens to. */
  constructor(
    protected readonly environment: Environment,
    protected readonly name: string | null,
    private readonly source: string,
    protected readonly mode: OutputMode = 'string',
    private readonly onLoad?: (name: string) => void,
  ) {
    // Trees without text, and nodes that extensions make, do not show in the source.
    this.anyWord = source === '' || Object.keys(environment.extensions).length > 0;
  }

  // -- helpers

  protected fail(message: string, node: NodeBase, suggestion?: string): never {
    const error = new TemplateAssertionError(message, node.line, this.name);
    setPosition(error, { span: spanOf(this.source, node.start, node.end), source: this.source });
    if (suggestion !== undefined) error.suggestion = suggestion;
    throw error;
  }

  /** Whether a word may occur in the template; spares walks through the tree. */
  protected mentions(word: string): boolean {
    return this.anyWord || this.source.includes(word);
  }

  protected undeclared(nodes: readonly Node[], names: readonly string[]): Set<string> {
    const mentioned = names.filter((name) => this.mentions(name));
    return mentioned.length === 0 ? new Set() : findUndeclared(nodes, mentioned);
  }

  protected identifier(prefix: string): string {
    return `${prefix}_${++this.lastIdentifier}`;
  }

  /** A temporary variable of the running function. */
  protected temporary(): string {
    return this.declare(this.identifier('t'));
  }

  protected declare(variable: string): string {
    if (!this.scope.parameters.has(variable)) this.scope.declared.add(variable);
    return variable;
  }

  /** `p=<index>` for a node: where an error of the operation that it is passed to belongs. */
  protected at(node: NodeBase): string {
    const index = this.positions.length / 3;
    this.positions.push(node.start, node.end, this.lastLine);
    return `p=${index}`;
  }

  protected mark(node: NodeBase): void {
    this.lastLine = node.line;
  }

  /** Runs `write` and returns the code that it wrote. */
  protected capture(write: () => void): string {
    const saved = this.code;
    this.code = '';
    try {
      write();
      return this.code;
    } finally {
      this.code = saved;
    }
  }

  /** The code of an empty collector of output, and of the text that one has collected. */
  protected get newBuffer(): string {
    return this.mode === 'trace' ? 'trace.buffer()' : `''`;
  }
  protected collected(variable: string): string {
    return this.mode === 'trace' ? `trace.text(${variable})` : variable;
  }

  /** Writes a piece of output: `value` is the code of a JavaScript string. */
  protected emit(frame: Frame, value: string, node: NodeBase, traced = 'put'): void {
    const target = frame.buffer ?? 'o';
    if (this.mode === 'trace') {
      this.code += `trace.${traced}(${target},${value},unit,${this.at(node).slice(2)});`;
    } else if (this.mode === 'chunks' && frame.buffer === null) {
      this.code += `yield ${value};`;
    } else {
      this.code += `${target}+=${value};`;
    }
  }

  /** Writes a whole function and returns its code. */
  protected writeFunction(
    header: string,
    parameters: readonly string[],
    entry: Entry,
    write: () => void,
  ): string {
    const index = this.entries.push(entry) - 1;
    const outer = this.scope;
    const scope = (this.scope = new FunctionScope(parameters));
    const body = this.capture(write);
    this.scope = outer;
    const start = `${header}(${parameters.join(',')}){`;
    // Text alone cannot fail. Most blocks of a collection are empty, and each function costs V8.
    if (this.mode === 'string' && isText(body)) return `${start}${body}}`;
    const declared = [...scope.declared].map((variable) => `,${variable}`).join('');
    return `${start}let p=0${declared};try{${body}}catch(e){throw fail(e,p,${index},context)}}`;
  }

  protected localsCode(frame: Frame): string {
    const stores = frame.symbols.dumpStores();
    if (stores.size === 0) return 'null';
    const entries = [...stores].map(([name, ref]) => `[${quote(name)},${ref}]`);
    return `new Map([${entries.join(',')}])`;
  }

  protected deriveContext(frame: Frame): string {
    return `context.derived(${this.localsCode(frame)})`;
  }

  /** `line 3 in 'page.html'` */
  protected position(node: NodeBase): string {
    return `line ${node.line}${this.name === null ? '' : ` in ${repr(this.name)}`}`;
  }

  // -- frames

  /** Loads the variables of a frame. `fixed` loads once what the frame never assigns. */
  protected enterFrame(frame: Frame, which: 'all' | 'fixed' | 'changing' = 'all'): void {
    const { loads, stores } = frame.symbols;
    for (const [target, load] of loads) {
      if (load.kind === 'param') continue;
      if (load.kind === 'resolve') {
        const fixed = !stores.has(load.name);
        if (which !== 'all' && (which === 'fixed') !== fixed) continue;
        this.onLoad?.(load.name);
        this.code += `${this.declare(target)}=context.resolveOrMissing(${quote(load.name)});`;
      } else if (which !== 'fixed') {
        this.declare(target);
        this.code += `${target}=${load.kind === 'alias' ? load.target : 'undefined'};`;
      }
    }
  }

  /** Forgets the variables of a frame, which only closures written since `closures` can notice. */
  protected leaveFrame(frame: Frame, closures: number): void {
    if (this.closures === closures) return;
    const targets = [...frame.symbols.loads.keys()].filter(
      (target) => this.scope.declared.has(target) || this.scope.parameters.has(target),
    );
    if (targets.length > 0) this.code += `${targets.join('=')}=undefined;`;
  }

  /** Writes what has a frame of its own, whose variables end with it. */
  protected inFrame(frame: Frame, write: () => void): void {
    const { closures } = this;
    this.enterFrame(frame);
    write();
    this.leaveFrame(frame, closures);
  }

  protected buffer(frame: Frame): string {
    frame.buffer = this.temporary();
    this.code += `${frame.buffer}=${this.newBuffer};`;
    return frame.buffer;
  }

  /** Binds the filters and tests below the nodes to variables of the running function. */
  protected pullDependencies(nodes: readonly Node[]): void {
    const filters = new Set<string>();
    const tests = new Set<string>();
    const visit = (node: Node): void => {
      if (node.type === 'Block') return;
      forEachChild(node, visit);
      if (node.type === 'Filter') filters.add(node.name);
      else if (node.type === 'Test') tests.add(node.name);
    };
    nodes.forEach(visit);
    for (const name of [...filters].sort()) {
      let id = this.filters.get(name);
      if (id === undefined) this.filters.set(name, (id = this.identifier('f')));
      this.code += `${this.declare(id)}=rt.filter(${quote(name)});`;
    }
    for (const name of [...tests].sort()) {
      let id = this.tests.get(name);
      if (id === undefined) this.tests.set(name, (id = this.identifier('f')));
      this.code += `${this.declare(id)}=rt.test(${quote(name)});`;
    }
  }
}

/** Whether the code of a function does no more than return a constant. */
function isText(body: string): boolean {
  const start = `let o='';`;
  const end = 'return o;';
  if (!body.startsWith(start) || !body.endsWith(end)) return false;
  if (body.length === start.length + end.length) return true;
  if (!body.startsWith('o+="', start.length)) return false;
  let quote = body.indexOf('"', start.length + 4);
  while (body[quote - 1] === '\\') quote = body.indexOf('"', quote + 1);
  return quote + `";${end}`.length === body.length;
}
