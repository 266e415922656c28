import { walk, type TemplateNode } from './ast.js';
import type { Entry, GeneratedCode } from './code-writer.js';
import { CodeGenerator } from './codegen.js';
import type { Context, OutputMode, RenderFunction } from './context.js';
import type { Environment } from './environment.js';
import { UndefinedError, setPosition, type ErrorFrame, type ErrorPosition } from './errors.js';
import { pythonError } from './python-error.js';
import { spanOf, type Origin, type Span } from './source.js';
import { nearest } from './suggest.js';

/** What the generated code of a template returns. */
interface Functions {
  readonly root: RenderFunction;
  readonly blocks: ReadonlyMap<string, RenderFunction>;
}

/** A position in the file that its line was taken from. */
function moved(position: ErrorPosition, origin: Origin, span: Span): ErrorPosition {
  const { lineno = span.line, source } = position;
  return {
    templateName: origin.templateName,
    span: { ...span, line: origin.line },
    lineno: lineno + origin.line - span.line,
    ...withSource(origin.source ?? source),
    filename: null,
  };
}

function withSource(source: string | undefined): { source?: string } {
  return source === undefined ? {} : { source };
}

/** The longest chain that an error collects; a runaway recursion would fill pages. */
const MAX_CHAIN = 50;

/** The function that an error left last, and so the way in to the place that comes next. */
const lastEntries = new WeakMap<object, Entry>();

/**
 * A template's code for one environment: functions on demand for each way of delivering output, and
 * the positions that its errors point at.
 */
export class CompiledTemplate {
  private ordinary: Functions | undefined;
  private readonly functions = new Map<OutputMode, Functions>();

  constructor(
    private readonly environment: Environment,
    private parsed: TemplateNode | undefined,
    /** The normalised source text. */
    readonly source: string,
    readonly name: string | null,
    readonly filename: string | null,
    private readonly origin: ((line: number) => Origin | undefined) | undefined,
    /** Makes the tree again. With it, the tree is let go once there is code: few need it twice. */
    private readonly parse?: () => TemplateNode,
  ) {}

  private get tree(): TemplateNode {
    const tree = this.parsed ?? this.parse?.();
    if (tree === undefined) throw new Error('a template without its tree');
    return tree;
  }

  /** The functions that deliver output in the given way. */
  for(mode: OutputMode): Functions {
    if (mode === 'string') return (this.ordinary ??= this.build(mode));
    let functions = this.functions.get(mode);
    if (functions === undefined) this.functions.set(mode, (functions = this.build(mode)));
    return functions;
  }

  private build(mode: OutputMode): Functions {
    const { environment, name, source } = this;
    const generated = new CodeGenerator(environment, name, source, mode).generate(this.tree);
    if (this.parse !== undefined) this.parsed = undefined;
    const unit = {
      name,
      compiled: this,
      generated,
      constants: generated.constants,
      fail: (error: unknown, position: number, entry: number, context: Context): unknown =>
        this.fail(error, position, entry, context, generated),
    };
    // The generated text holds names of variables and quoted strings only.
    const build = new Function('rt', 'unit', generated.code) as (
      rt: unknown,
      unit: unknown,
    ) => Functions;
    const functions = build(environment.runtime, unit);
    if (mode === 'trace') {
      for (const render of functions.blocks.values()) environment.runtime.tracer.own(render, name);
    }
    return functions;
  }

  /** The place of a position in this template, or in the file that its line was taken from. */
  place(generated: GeneratedCode, position: number): ErrorPosition {
    const [start = 0, end = 0, lineno = 1] = generated.positions.slice(
      position * 3,
      position * 3 + 3,
    );
    return this.locate(spanOf(this.source, start, end), lineno);
  }

  private locate(span: Span, lineno: number): ErrorPosition {
    const { name, source, filename } = this;
    const position = { templateName: name, span, lineno, source, filename };
    const origin = this.origin?.(span.line);
    return origin === undefined ? position : moved(position, origin, span);
  }

  /** Points the error of a text that was put together from files to the file it comes from. */
  static relocate(error: ErrorPosition, origin: (line: number) => Origin | undefined): void {
    const { span } = error;
    const from = span === undefined ? undefined : origin(span.line);
    if (span !== undefined && from !== undefined) setPosition(error, moved(error, from, span));
  }

  /** Gives an error on its way out its position, or adds a step to its chain. */
  private fail(
    raised: unknown,
    position: number,
    entryIndex: number,
    context: Context,
    generated: GeneratedCode,
  ): unknown {
    const error = pythonError(raised);
    if (!(error instanceof Error)) return error;
    const positioned = error as Error & ErrorPosition;
    const entry = generated.entries[entryIndex] as Entry;
    if (positioned.span === undefined) {
      setPosition(positioned, this.place(generated, position));
      if (entry.via === 'block') positioned.blockName = entry.name;
      this.suggest(positioned, context);
    } else if ((positioned.chain?.length ?? 0) < MAX_CHAIN) {
      const last = lastEntries.get(error) ?? { via: 'template' };
      const { templateName = null, span, lineno } = this.place(generated, position);
      const via = last.via === 'template' ? (generated.vias.get(position) ?? 'template') : last.via;
      const frame: ErrorFrame = {
        via,
        ...('name' in last ? { name: last.name } : {}),
        templateName,
        ...(span === undefined ? {} : { span }),
        ...(lineno === undefined ? {} : { lineno }),
      };
      (positioned.chain ??= []).push(frame);
    }
    lastEntries.set(error, entry);
    return error;
  }

  private suggest(error: Error & ErrorPosition, context: Context): void {
    if (!(error instanceof UndefinedError) || error.suggestion !== undefined) return;
    const name = /^'(\w+)' is undefined$/.exec(error.message)?.[1];
    if (name === undefined) return;
    const found = nearest(name, [...context.getAll().keys(), ...assignedNames(this.tree)]);
    if (found !== undefined) error.suggestion = found;
  }
}

/** The names that a template assigns anywhere: parameters, loop targets, macros, imports. */
function assignedNames(tree: TemplateNode): Set<string> {
  const names = new Set<string>();
  walk(tree, (node) => {
    if (node.type === 'Name' && node.ctx !== 'load') names.add(node.name);
    else if (node.type === 'Macro') names.add(node.name);
    else if (node.type === 'Import') names.add(node.target);
    else if (node.type === 'FromImport') for (const { alias } of node.names) names.add(alias);
  });
  return names;
}
