import type { CompiledTemplate } from './compiled.js';
import {
  joined,
  withLocals,
  type Context,
  type OutputMode,
  type Rendered,
  type RenderFunction,
} from './context.js';
import type { Environment, EnvironmentOptions } from './environment.js';
import { HTML } from './html.js';
import { DerivedVariables, LayeredVariables } from './layered-variables.js';
import { Macro } from './macro.js';
import { HostTemplate } from './nunjucks/host.js';
import { pythonError } from './python-error.js';
import { TemplateStream } from './stream.js';
import type { Trace } from './trace.js';
import { address } from './value/address.js';
import { ATTR, MISSING, REPR, STR, TYPE_NAME } from './value/protocol.js';
import { PyTypeError } from './value/py-error.js';
import { repr } from './value/repr.js';
import { typeName } from './value/type-name.js';

/** Variables for a rendering: a plain object or a Map. */
export type Variables = Readonly<Record<string, unknown>> | VariableMap;

type VariableMap = ReadonlyMap<string, unknown>;

const isRecord = (vars: Variables | null | undefined): vars is Readonly<Record<string, unknown>> =>
  typeof vars === 'object' && vars !== null && !(vars instanceof Map);

const NO_NAMES: ReadonlySet<string> = new Set();

/** nunjucks' callback: an error, or the rendered text. */
export type RenderCallback = (error: unknown, result: string | null) => void;

/** The entries of a mapping with string keys. */
export function entriesOf(
  variables: Variables | null | undefined,
): Iterable<readonly [string, unknown]> {
  if (variables === null || variables === undefined) return [];
  if (variables instanceof Map) return variables as ReadonlyMap<string, unknown>;
  if (typeof variables !== 'object') {
    throw new PyTypeError(`'${typeName(variables)}' object is not iterable`);
  }
  return Object.entries(variables);
}

/**
 * A compiled template. Environments make them (`getTemplate`, `fromString`); `new Template(source,
 * options)` makes one with an environment of its own. Source: jinja2 3.1.6 environment.Template.
 */
export class Template extends HostTemplate {
  /** Makes the environment of `new Template(source, options)`; set where the class is known. */
  static makeEnvironment: (options: EnvironmentOptions) => Environment;

  readonly environment: Environment;
  /** The name under which it was loaded; null for a template made from a string. */
  readonly name: string | null;
  readonly filename: string | null;
  /** Variables of this template's own, on top of the environment's globals. */
  readonly globals: Map<string, unknown>;
  private readonly code: CompiledTemplate;
  private readonly uptodate: (() => boolean) | undefined;
  private readonly modules = new Map<OutputMode, TemplateModule>();

  /**
   * @param source template text, or code that an environment has compiled.
   * @param environment an environment, or options for a fresh one.
   */
  constructor(
    source: string | CompiledTemplate,
    environment: Environment | EnvironmentOptions = {},
    name: string | null = null,
    globals?: Variables | null,
    uptodate?: () => boolean,
  ) {
    const isEnvironment = (given: object): given is Environment => 'compileSource' in given;
    const env = isEnvironment(environment) ? environment : Template.makeEnvironment(environment);
    super({ type: 'code', obj: {} }, env, name ?? undefined);
    this.environment = env;
    this.code = typeof source === 'string' ? env.compileSource(source, name) : source;
    this.name = this.code.name;
    this.filename = this.code.filename;
    this.globals = new Map(entriesOf(globals));
    this.uptodate = uptodate;
  }

  /** The normalised source text: `\n` line ends. */
  get source(): string {
    return this.code.source;
  }

  /** False when the loader has something newer. */
  get isUpToDate(): boolean {
    return this.uptodate === undefined || this.uptodate();
  }

  /** The render functions of this template's own blocks. */
  blocks(mode: OutputMode = 'string'): ReadonlyMap<string, RenderFunction> {
    return this.code.for(mode).blocks;
  }

  /** Runs the template's top level in a context that `newContext` made. */
  rootRender(context: Context): Rendered {
    return this.code.for(context.mode).root(context);
  }

  /**
   * A fresh context. With `shared`, `vars` are taken as they are, without the globals below them.
   */
  newContext(
    vars?: Variables | null,
    shared = false,
    locals?: ReadonlyMap<string, unknown> | null,
    mode: OutputMode = 'string',
  ): Context {
    const { environment, globals } = this;
    let parent: ReadonlyMap<string, unknown>;
    if (isRecord(vars) && !shared) {
      parent = new LayeredVariables(vars, globals, environment.globals);
    } else {
      parent = vars instanceof Map ? (vars as VariableMap) : new Map(entriesOf(vars));
      if (!shared) {
        const below = new LayeredVariables({}, globals, environment.globals);
        parent = new DerivedVariables(below, parent);
      }
    }
    return new environment.contextClass(
      environment,
      withLocals(parent, locals),
      this.name,
      this.blocks(mode),
      globals.size === 0 ? NO_NAMES : new Set(globals.keys()),
      undefined,
      mode,
    );
  }

  /**
   * Renders the template. Throws the TemplateErrors and Python errors of its code, each with its
   * position. With nunjucks' callback, both ways out go through it and null is returned.
   */
  override render(variables?: Variables | null): string;
  override render(variables: Variables | null | undefined, callback: RenderCallback): null;
  override render(variables?: Variables | null, callback?: unknown): string | null {
    if (typeof callback !== 'function') return this.renderText(variables);
    let text: string;
    try {
      text = this.renderText(variables);
    } catch (error) {
      (callback as RenderCallback)(error, null);
      return null;
    }
    (callback as RenderCallback)(null, text);
    return null;
  }

  private renderText(variables: Variables | null | undefined): string {
    const context = this.newContext(variables);
    try {
      return joined(this.rootRender(context));
    } catch (error) {
      throw pythonError(error);
    }
  }

  /** Renders piece by piece: nothing behind a piece is evaluated before the next one is asked for. */
  *generate(variables?: Variables | null): Generator<string, void, undefined> {
    yield* this.rootRender(this.newContext(variables, false, null, 'chunks'));
  }

  /** As `generate`, with pieces put together on request. */
  stream(variables?: Variables | null): TemplateStream {
    return new TemplateStream(this.generate(variables));
  }

  /** Renders, and tells where each piece of the output came from. */
  trace(variables?: Variables | null): Trace {
    return this.environment.runtime.tracer.run(() =>
      joined(this.rootRender(this.newContext(variables, false, null, 'trace'))),
    );
  }

  /** Runs the template and keeps what it exports; see `TemplateModule.expose`. */
  makeModule(
    vars?: Variables | null,
    shared = false,
    locals?: ReadonlyMap<string, unknown> | null,
    mode: OutputMode = 'string',
  ): TemplateModule {
    const context = this.newContext(vars, shared, locals, mode === 'chunks' ? 'string' : mode);
    return new TemplateModule(this.name, joined(this.rootRender(context)), context);
  }

  /** The template run once without variables: its macros and assignments, for JavaScript. */
  get module(): TemplateModule & Readonly<Record<string, unknown>> {
    return this.defaultModule().expose();
  }

  /** The module for an import without context; globals of the importer alone make a fresh one. */
  defaultModule(context?: Context, mode: OutputMode = 'string'): TemplateModule {
    const extra =
      context === undefined || context.globalsKeys.size === 0
        ? []
        : [...context.globalsKeys].filter(
            (name) => !this.globals.has(name) && !(name in this.environment.globals),
          );
    if (context !== undefined && extra.length > 0) {
      const vars = new Map(extra.map((name) => [name, context.parent.get(name)]));
      return this.makeModule(vars, false, null, mode);
    }
    if (mode === 'trace') return this.makeModule(null, false, null, mode);
    let module = this.modules.get('string');
    if (module === undefined) this.modules.set('string', (module = this.makeModule()));
    return module;
  }

  /** nunjucks' name for the exported variables. */
  override getExported(variables?: Variables | null): Record<string, unknown> {
    return Object.fromEntries(this.makeModule(variables).exports);
  }

  /** Templates are compiled when they are made; kept for nunjucks' sake. */
  override compile(): void {
    this.code.for('string');
  }

  [ATTR](name: string): unknown {
    if (name === 'name') return this.name;
    return name === 'filename' ? this.filename : MISSING;
  }

  [REPR](): string {
    return `<Template ${this.name === null ? `memory:${address(this).slice(2)}` : repr(this.name)}>`;
  }

  get [TYPE_NAME](): string {
    return 'Template';
  }
}

/**
 * What an imported template exports. In templates its names are attributes and printing it prints
 * the template's text. In JavaScript they are properties as well, macros as functions.
 */
export class TemplateModule {
  readonly #context: Context;
  readonly #templateName: string | null;
  readonly #text: string;

  constructor(templateName: string | null, text: string, context: Context) {
    this.#templateName = templateName;
    this.#text = text;
    this.#context = context;
  }

  /** The exported values as templates see them. */
  get exports(): ReadonlyMap<string, unknown> {
    return this.#context.getExported();
  }

  get templateName(): string | null {
    return this.#templateName;
  }

  /** The text of the template. */
  get text(): string {
    return this.#text;
  }

  /** Makes the exported values properties, which JavaScript alone looks at. */
  expose(): this & Readonly<Record<string, unknown>> {
    for (const [name, value] of this.exports) {
      if (name in this) continue;
      const shown =
        value instanceof Macro
          ? (...args: unknown[]): string => value.invoke(args, undefined).toString()
          : value;
      Object.defineProperty(this, name, { value: shown, enumerable: true });
    }
    return this as this & Readonly<Record<string, unknown>>;
  }

  /** An exported value as templates see it; JavaScript's `undefined` when there is none. */
  exported(name: string): unknown {
    const context = this.#context;
    return context.exports(name) ? context.vars.get(name) : undefined;
  }

  toString(): string {
    return this.text;
  }

  [ATTR](name: string): unknown {
    const value = this.exported(name);
    if (value !== undefined) return value;
    return name === '__name__' ? this.templateName : MISSING;
  }

  [HTML](): string {
    return this.text;
  }

  [STR](): string {
    return this.text;
  }

  [REPR](): string {
    const { templateName } = this;
    return `<TemplateModule ${templateName === null ? `memory:${address(this).slice(2)}` : repr(templateName)}>`;
  }

  get [TYPE_NAME](): string {
    return 'TemplateModule';
  }
}
