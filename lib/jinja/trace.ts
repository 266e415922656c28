import type { CompiledTemplate } from './compiled.js';
import type { GeneratedCode } from './code-writer.js';
import type { Context, RenderFunction } from './context.js';
import type { Runtime } from './runtime.js';
import type { Span } from './source.js';

/** A call of a macro on the way to a piece of output. */
export interface TraceCall {
  /** Name of the macro; `caller` for the body of a call block. */
  readonly macro: string;
  /** Template that defines the macro. */
  readonly templateName: string | null;
  /** 1-based line of the definition. */
  readonly line: number;
}

/** One piece of output and where it comes from. */
export interface TracePiece {
  readonly text: string;
  readonly templateName: string | null;
  /** 1-based line. */
  readonly line: number;
  readonly span: Span;
  /** The innermost block that it stands in. */
  readonly block: string | null;
  /** Templates whose version of that block is overridden by this one, the nearest first. */
  readonly overrides: readonly (string | null)[];
  /** Macro calls, outermost first. */
  readonly calls: readonly TraceCall[];
}

/** One assignment by `{% set %}`. */
export interface TraceAssignment {
  /** The name, or `namespace.attribute`. */
  readonly name: string;
  /** The value; lists, dicts and sets as they were at that moment. */
  readonly value: unknown;
  readonly templateName: string | null;
  /** 1-based line. */
  readonly line: number;
  readonly span: Span;
  readonly block: string | null;
}

/** The outcome of a traced rendering. The texts of all pieces in order are the output. */
export interface Trace {
  readonly output: string;
  readonly pieces: readonly TracePiece[];
  readonly assignments: readonly TraceAssignment[];
}

interface Unit {
  readonly name: string | null;
  readonly compiled: CompiledTemplate;
  readonly generated: GeneratedCode;
}

interface Buffer {
  text: string;
  readonly pieces: TracePiece[];
}

interface OpenBlock {
  readonly name: string;
  readonly overrides: readonly (string | null)[];
}

/** Containers as they are now: later changes do not reach the copy. */
function snapshot(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value as unknown[]);
  if (value instanceof Map) return new Map(value as Map<unknown, unknown>);
  if (value instanceof Set) return new Set(value as Set<unknown>);
  return value;
}

/** Records what instrumented code reports. Ordinary code does not know of it. */
export class Tracer {
  private blocks: OpenBlock[] = [];
  private calls: TraceCall[] = [];
  private assignments: TraceAssignment[] = [];
  /** Pieces of texts that functions returned last, for the place that prints them. */
  private results = new Map<string, readonly TracePiece[]>();
  private readonly owners = new WeakMap<RenderFunction, string | null>();

  constructor(readonly runtime: Runtime) {}

  /** Runs a rendering and returns its record. Renderings within it have their own. */
  run(render: () => string): Trace {
    const { blocks, calls, assignments, results } = this;
    this.blocks = [];
    this.calls = [];
    this.assignments = [];
    this.results = new Map();
    try {
      const output = render();
      const pieces = this.results.get(output) ?? [];
      return { output, pieces, assignments: this.assignments };
    } finally {
      Object.assign(this, { blocks, calls, assignments, results });
    }
  }

  /** Remembers which template a block function belongs to. */
  own(render: RenderFunction, templateName: string | null): void {
    this.owners.set(render, templateName);
  }

  buffer(): Buffer {
    return { text: '', pieces: [] };
  }

  /** The collected text; whoever prints it unchanged takes over its pieces. */
  text(buffer: Buffer): string {
    if (buffer.text !== '') this.results.set(buffer.text, buffer.pieces);
    return buffer.text;
  }

  /** Adds what an expression prints. Text that a function has just returned keeps its own pieces. */
  put(buffer: Buffer, text: string, unit: Unit, position: number): void {
    const known = this.results.get(text);
    if (known === undefined) {
      this.add(buffer, text, unit, position);
    } else {
      this.results.delete(text);
      buffer.text += text;
      buffer.pieces.push(...known);
    }
  }

  /** Adds a piece that stands at this position of a template. */
  add(buffer: Buffer, text: string, unit: Unit, position: number): void {
    if (text === '') return;
    buffer.text += text;
    const { templateName = null, span } = unit.compiled.place(unit.generated, position);
    if (span === undefined) return;
    const block = this.blocks.at(-1);
    buffer.pieces.push({
      text,
      templateName,
      line: span.line,
      span,
      block: block?.name ?? null,
      overrides: block?.overrides ?? [],
      calls: [...this.calls],
    });
  }

  set(name: string, value: unknown, unit: Unit, position: number): void {
    const { templateName = null, span } = unit.compiled.place(unit.generated, position);
    if (span === undefined) return;
    const block = this.blocks.at(-1)?.name ?? null;
    this.assignments.push({
      name,
      value: snapshot(value),
      templateName,
      line: span.line,
      span,
      block,
    });
  }

  enterBlock(name: string, context: Context, render: RenderFunction): void {
    const stack = context.blocks.get(name) ?? [];
    const below = stack.slice(stack.indexOf(render) + 1);
    this.blocks.push({ name, overrides: below.map((other) => this.owners.get(other) ?? null) });
  }

  leaveBlock(): void {
    this.blocks.pop();
  }

  enterMacro(unit: Unit, position: number, macro: string): void {
    const { templateName = null, span } = unit.compiled.place(unit.generated, position);
    this.calls.push({ macro, templateName, line: span?.line ?? 1 });
  }

  leaveMacro(): void {
    this.calls.pop();
  }
}
