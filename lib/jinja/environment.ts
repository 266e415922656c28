import type { TemplateNode } from './ast.js';
import { CompiledTemplate } from './compiled.js';
import { BINARY_OPERATIONS } from './const-fold.js';
import { Context, EvalContext } from './context.js';
import {
  TemplateError,
  TemplateNotFound,
  TemplateRuntimeError,
  TemplatesNotFound,
  UndefinedError,
  type ErrorPosition,
} from './errors.js';
import { expressionTree, makeExpression, type TemplateExpression } from './expression.js';
import { type Extension, type ExtensionClass } from './extension.js';
import { findExtension } from './extensions/index.js';
import { FILTERS } from './filters/index.js';
import { GLOBALS } from './globals.js';
import { Lexer, type Token } from './lexer.js';
import type { BaseLoader, NunjucksLoader } from './loader.js';
import { deliver, type Callback } from './nunjucks/callback.js';
import { adaptExtension, isNunjucksExtension } from './nunjucks/extension.js';
import { HostEnvironment } from './nunjucks/host.js';
import { checkOptions, type EnvironmentOptions } from './options.js';
import { Parser, type TagParser } from './parser.js';
import { pythonError } from './python-error.js';
import { asLoader, resolveOptions } from './resolve-options.js';
import { Runtime } from './runtime.js';
import type { Origin } from './source.js';
import { TemplateCache } from './template-cache.js';
import { Template, entriesOf, type RenderCallback, type Variables } from './template.js';
import { TESTS } from './tests.js';
import type { TokenSource } from './token-cursor.js';
import { filteredTokens } from './token-filter.js';
import { Undefined, type UndefinedClass, type UndefinedErrorClass } from './undefined.js';
import { resolveAttribute, resolveItem } from './value/attribute.js';
import { call, passOf } from './value/callable.js';
import { keyOf } from './value/hash.js';
import { iterate } from './value/iterate.js';
import { neg, pos } from './value/ops.js';
import { MISSING } from './value/protocol.js';
import { PyAssertionError, PyError, PyTypeError } from './value/py-error.js';
import { repr } from './value/repr.js';
import { truth } from './value/truth.js';

export type { EnvironmentOptions } from './options.js';

/** A table of filters, tests or globals; names come from templates, so it has no prototype. */
export type Registry<T> = Record<string, T>;
/** A filter or test: arguments are positional; see `pyFunction` for Python signatures. */
export type TemplateFunction = (...args: never[]) => unknown;

/** What an undefined value is made from. */
export interface UndefinedInit {
  /** The whole message of its error. */
  readonly hint?: string | undefined;
  /** The object on which `name` was looked for; leave it out for a variable. */
  readonly obj?: unknown;
  readonly name?: unknown;
  /** The class of its error. Default UndefinedError. */
  readonly exc?: UndefinedErrorClass | undefined;
}

function registry<T>(entries: Readonly<Record<string, unknown>>): Registry<T> {
  return Object.assign(Object.create(null) as Registry<T>, entries);
}

const NO_OPERATORS: ReadonlySet<string> = new Set();

/** Settings of single features, by Jinja's names. Source: jinja2 3.1.6 defaults.DEFAULT_POLICIES. */
function defaultPolicies(): Record<string, unknown> {
  return {
    'compiler.ascii_str': true,
    'urlize.rel': 'noopener',
    'urlize.target': null,
    'urlize.extra_schemes': null,
    'truncate.leeway': 5,
    'json.dumps_function': null,
    'json.dumps_kwargs': { sort_keys: true },
    'ext.i18n.trimmed': false,
  };
}

/**
 * Compiles and renders templates with Jinja2's semantics. Set it up before loading templates:
 * options here, then `filters`, `tests`, `globals` and `policies` by assignment.
 * Source of the behaviour: jinja2 3.1.6 environment.Environment.
 */
export class Environment extends HostEnvironment {
  readonly blockStartString: string;
  readonly blockEndString: string;
  readonly variableStartString: string;
  readonly variableEndString: string;
  readonly commentStartString: string;
  readonly commentEndString: string;
  readonly lineStatementPrefix: string | undefined;
  readonly lineCommentPrefix: string | undefined;
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
  readonly newlineSequence: '\n' | '\r\n' | '\r';
  readonly keepTrailingNewline: boolean;
  readonly optimized: boolean;
  readonly autoescape: boolean | ((templateName: string | null) => boolean);
  readonly finalize: ((...args: never[]) => unknown) | undefined;
  readonly undefinedClass: UndefinedClass;
  readonly random: (() => number) | undefined;
  readonly cacheSize: number;
  readonly autoReload: boolean;
  loader: BaseLoader | undefined;

  readonly filters: Registry<TemplateFunction>;
  readonly tests: Registry<TemplateFunction>;
  readonly globals: Registry<unknown>;
  readonly policies: Record<string, unknown>;
  /** By identifier. */
  readonly extensions: Registry<Extension>;

  /** Whether calls and attribute access are checked; see SandboxedEnvironment. */
  readonly sandboxed: boolean = false;
  /** Operators that go through `callBinop` and `callUnop`. */
  readonly interceptedBinops: ReadonlySet<string> = NO_OPERATORS;
  readonly interceptedUnops: ReadonlySet<string> = NO_OPERATORS;
  /** Operators whose operands `checkBinop` sees first. */
  readonly boundedBinops: ReadonlySet<string> = NO_OPERATORS;
  readonly contextClass: typeof Context = Context;
  readonly templateClass: typeof Template = Template;
  /** The environment that this one is an overlay of. */
  readonly linkedTo: Environment | null = null;

  private readonly cache: TemplateCache;
  private madeRuntime: Runtime | undefined;
  private orderedExtensions: readonly Extension[] | undefined;

  constructor(options?: EnvironmentOptions);
  /** nunjucks' manner: loaders, then options (`tags` for delimiters). */
  constructor(
    loaders: NunjucksLoader | BaseLoader | readonly (NunjucksLoader | BaseLoader)[] | null,
    options?: Readonly<Record<string, unknown>>,
  );
  constructor(first?: unknown, second?: Readonly<Record<string, unknown>>) {
    const options = resolveOptions(first, second);
    super([], {});
    this.blockStartString = options.blockStartString ?? '{%';
    this.blockEndString = options.blockEndString ?? '%}';
    this.variableStartString = options.variableStartString ?? '{{';
    this.variableEndString = options.variableEndString ?? '}}';
    this.commentStartString = options.commentStartString ?? '{#';
    this.commentEndString = options.commentEndString ?? '#}';
    this.lineStatementPrefix = options.lineStatementPrefix ?? undefined;
    this.lineCommentPrefix = options.lineCommentPrefix ?? undefined;
    this.trimBlocks = options.trimBlocks ?? false;
    this.lstripBlocks = options.lstripBlocks ?? false;
    this.newlineSequence = options.newlineSequence ?? '\n';
    this.keepTrailingNewline = options.keepTrailingNewline ?? false;
    this.optimized = options.optimized ?? true;
    this.autoescape = options.autoescape ?? false;
    this.finalize = options.finalize ?? undefined;
    this.undefinedClass = options.undefined ?? Undefined;
    this.random = options.random;
    this.cacheSize = options.cacheSize ?? 400;
    this.autoReload = options.autoReload ?? true;
    this.loader = asLoader(options.loader);
    this.filters = registry(FILTERS);
    this.tests = registry(TESTS);
    this.globals = registry(GLOBALS);
    this.policies = defaultPolicies();
    this.extensions = registry({});
    this.cache = new TemplateCache(this.cacheSize);
    for (const extension of options.extensions ?? []) this.addExtension(extension);
    this.checkConfiguration();
  }

  private checkConfiguration(): void {
    const { blockStartString, variableStartString, commentStartString, newlineSequence } = this;
    if (blockStartString === variableStartString || variableStartString === commentStartString) {
      throw new PyAssertionError('block, variable and comment start strings must be different.');
    }
    if (newlineSequence !== '\n' && newlineSequence !== '\r\n' && newlineSequence !== '\r') {
      throw new PyAssertionError("'newline_sequence' must be one of '\\n', '\\r\\n', or '\\r'.");
    }
    const { undefinedClass } = this;
    if (undefinedClass !== Undefined && !(undefinedClass.prototype instanceof Undefined)) {
      throw new PyAssertionError("'undefined' must be a subclass of 'jinja2.Undefined'.");
    }
  }

  /** What generated code calls. */
  get runtime(): Runtime {
    return (this.madeRuntime ??= new Runtime(this));
  }

  /** An undefined value of this environment's class. */
  undefined({ hint, obj = MISSING, name = null, exc }: UndefinedInit = {}): Undefined {
    return new this.undefinedClass(hint, obj, name, exc);
  }

  // -- setting up

  /**
   * Adds an extension: a built-in one by name, a class, or, in nunjucks' manner, a name and an
   * object with `tags` and `parse(parser, nodes)`.
   */
  addExtension(extension: string | ExtensionClass, hosted?: unknown): this {
    let added: Extension;
    if (isNunjucksExtension(hosted)) added = adaptExtension(this, String(extension), hosted);
    else {
      const Class = typeof extension === 'string' ? findExtension(extension) : extension;
      added = new Class(this);
    }
    this.extensions[added.identifier] = added;
    this.orderedExtensions = undefined;
    return this;
  }

  removeExtension(identifier: string): void {
    Reflect.deleteProperty(this.extensions, identifier);
    this.orderedExtensions = undefined;
  }

  getExtension(identifier: string): Extension | undefined {
    return this.extensions[identifier];
  }

  hasExtension(identifier: string): boolean {
    return this.extensions[identifier] !== undefined;
  }

  /** Adds properties that the environment does not have yet: settings of extensions. */
  extend<T extends object>(attributes: T): this & T {
    for (const [name, value] of Object.entries(attributes)) {
      if (!(name in this)) Object.assign(this, { [name]: value });
    }
    return this as this & T;
  }

  /** The extensions by priority. */
  private get extensionList(): readonly Extension[] {
    return (this.orderedExtensions ??= Object.values(this.extensions).sort(
      (a, b) => a.priority - b.priority,
    ));
  }

  /**
   * An environment that shares filters, tests, globals and policies with this one, with other
   * options. Its extensions are those of this one and the added ones.
   */
  overlay(options: EnvironmentOptions = {}): this {
    checkOptions(options);
    const { extensions = [], undefined: undefinedClass, loader, ...rest } = options;
    const overlay = Object.assign(
      Object.create(Object.getPrototypeOf(this) as object) as this,
      this,
      Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
      { linkedTo: this, madeRuntime: undefined, orderedExtensions: undefined },
      undefinedClass === undefined ? {} : { undefinedClass },
      'loader' in options ? { loader: asLoader(loader) } : {},
    );
    for (const name of ['lineStatementPrefix', 'lineCommentPrefix', 'finalize'] as const) {
      if (overlay[name] === null) Object.assign(overlay, { [name]: undefined });
    }
    const bound = registry<Extension>({});
    for (const [name, extension] of Object.entries(this.extensions)) {
      bound[name] = extension.bind(overlay);
    }
    Object.assign(overlay, {
      extensions: bound,
      cache: new TemplateCache(overlay.cacheSize),
    });
    for (const extension of extensions) overlay.addExtension(extension);
    overlay.checkConfiguration();
    return overlay;
  }

  // -- values

  /** Whether a subclass has its own `getattr` or `getitem`. */
  get interceptsAccess(): boolean {
    return (
      this.getattr !== Environment.prototype.getattr ||
      this.getitem !== Environment.prototype.getitem
    );
  }

  /** `obj.name`: the attribute, else the item, else an undefined value. */
  getattr(obj: unknown, name: string): unknown {
    const value = resolveAttribute(obj, name);
    return value === MISSING ? this.undefined({ obj, name }) : value;
  }

  /** `obj[key]`: the item, else the attribute of that name, else an undefined value. */
  getitem(obj: unknown, key: unknown): unknown {
    const value = resolveItem(obj, key);
    return value === MISSING ? this.undefined({ obj, name: key }) : value;
  }

  /** Throws when template code may not call `fn`; a sandbox has reasons, this class has none. */
  checkCall(
    _context: Context,
    _fn: unknown,
    _args: unknown[],
    _kwargs: Map<string, unknown> | undefined,
  ): void {}

  /** Calls a value as template code does. */
  call(
    context: Context,
    fn: unknown,
    args: unknown[],
    kwargs?: Map<string, unknown>,
    loopVars?: ReadonlyMap<string, unknown> | null,
    blockVars?: ReadonlyMap<string, unknown> | null,
  ): unknown {
    this.checkCall(context, fn, args, kwargs);
    return this.runtime.invoke(context, fn, args, kwargs, loopVars, blockVars);
  }

  /** An operator of `interceptedBinops`. */
  callBinop(_context: Context, operator: string, left: unknown, right: unknown): unknown {
    const operation = BINARY_OPERATIONS.get(operator);
    if (operation === undefined) throw new TypeError(`unknown operator '${operator}'`);
    return operation(left, right);
  }

  /** Throws for an operator of `boundedBinops` whose result would be too big. */
  checkBinop(_operator: string, _left: unknown, _right: unknown): void {
    // Nothing is too big outside a sandbox.
  }

  /** An operator of `interceptedUnops`. */
  callUnop(_context: Context, operator: string, value: unknown): unknown {
    return operator === '-' ? neg(value) : pos(value);
  }

  /** Applies a filter as templates do. */
  callFilter(
    name: unknown,
    value: unknown,
    args: readonly unknown[] = [],
    kwargs?: Map<string, unknown>,
    context?: Context,
    evalCtx?: EvalContext,
  ): unknown {
    return this.applyNamed('filter', name, value, args, kwargs, context, evalCtx);
  }

  /** Applies a test as templates do. */
  callTest(
    name: unknown,
    value: unknown,
    args: readonly unknown[] = [],
    kwargs?: Map<string, unknown>,
    context?: Context,
    evalCtx?: EvalContext,
  ): unknown {
    return this.applyNamed('test', name, value, args, kwargs, context, evalCtx);
  }

  private applyNamed(
    kind: 'filter' | 'test',
    name: unknown,
    value: unknown,
    args: readonly unknown[],
    kwargs: Map<string, unknown> | undefined,
    context: Context | undefined,
    evalCtx: EvalContext | undefined,
  ): unknown {
    const table = kind === 'filter' ? this.filters : this.tests;
    const key = keyOf(name);
    const fn = typeof key === 'string' ? table[key] : undefined;
    if (fn === undefined) throw this.noSuch(kind, name);
    const all = [value, ...args];
    const pass = passOf(fn);
    if (pass === 'context') {
      if (context === undefined) {
        throw new TemplateRuntimeError(`Attempted to invoke a context ${kind} without context.`);
      }
      all.unshift(context);
    } else if (pass === 'evalcontext') {
      all.unshift(evalCtx ?? context?.evalCtx ?? new EvalContext(this));
    } else if (pass === 'environment') {
      all.unshift(this);
    }
    return call(fn, all, kwargs);
  }

  private noSuch(kind: 'filter' | 'test', name: unknown): TemplateRuntimeError {
    let message = `No ${kind} named ${repr(name)}.`;
    if (name instanceof Undefined) {
      message += ` (${name.undefinedMessage}; did you forget to quote the callable name?)`;
    }
    return new TemplateRuntimeError(message);
  }

  // -- reading and compiling

  /** The tokens of a text, white space and comments included, values as text. */
  *lex(source: string, name: string | null = null): Generator<Token, void, undefined> {
    const lexer = new Lexer(source, this, name, true);
    for (let token = lexer.next(); token.type !== 'eof'; token = lexer.next()) yield token;
  }

  /** Lets the extensions change a text. */
  preprocess(source: string, name: string | null = null, filename: string | null = null): string {
    return this.extensionList.reduce(
      (text, extension) => extension.preprocess?.(text, name, filename) ?? text,
      source,
    );
  }

  private parser(source: string, name: string | null, state?: 'variable'): Parser {
    const lexer = new Lexer(this.preprocess(source, name), this, name, false, state);
    let tokens: TokenSource = lexer;
    const tags = new Map<string, TagParser>();
    for (const extension of this.extensionList) {
      if (extension.filterStream !== undefined) {
        tokens = filteredTokens(tokens, (stream) => extension.filterStream?.(stream) ?? stream);
      }
      for (const tag of extension.tags) {
        tags.set(tag, (parser) => {
          const parsed = extension.parse?.(parser);
          if (parsed === undefined) throw new TypeError(`extension for '${tag}' cannot parse`);
          return parsed;
        });
      }
    }
    return new Parser(tokens, name, tags);
  }

  /** The tree of a template text. Throws TemplateSyntaxError. */
  parse(source: string, name: string | null = null): TemplateNode {
    try {
      return this.parser(String(source), name).parse();
    } catch (error) {
      throw pythonError(error);
    }
  }

  /** Compiles a text. Templates are made from the result; see `fromString` and `getTemplate`. */
  compileSource(
    source: string | TemplateNode,
    name: string | null = null,
    filename: string | null = null,
    origin?: (line: number) => Origin | undefined,
  ): CompiledTemplate {
    let compiled: CompiledTemplate | undefined;
    let parser: Parser | undefined;
    try {
      if (typeof source === 'string') parser = this.parser(source, name);
      const tree = parser === undefined ? (source as TemplateNode) : parser.parse();
      const text = parser?.source ?? '';
      const parse =
        typeof source === 'string' ? () => this.parser(source, name).parse() : undefined;
      compiled = new CompiledTemplate(this, tree, text, name, filename, origin, parse);
      compiled.for('string');
      return compiled;
    } catch (raised) {
      const error = pythonError(raised);
      if (error instanceof PyError) {
        // Nesting too deep to be read: the best place to point at is how far the parser came.
        const position = error as ErrorPosition;
        position.lineno ??= parser?.current.line ?? 1;
        position.templateName ??= name;
      }
      if (error instanceof TemplateError) {
        error.filename ??= filename;
        if (origin !== undefined) CompiledTemplate.relocate(error, origin);
      }
      throw error;
    }
  }

  /** Compiles one expression; calling the result with variables evaluates it. */
  compileExpression(source: string, undefinedToNone = true): TemplateExpression {
    try {
      const parser = this.parser(source, null, 'variable');
      const tree = expressionTree(parser);
      const compiled = new CompiledTemplate(this, tree, parser.source, null, null, undefined);
      return makeExpression(new this.templateClass(compiled, this), undefinedToNone);
    } catch (error) {
      throw pythonError(error);
    }
  }

  /** A template from a text (or tree), without the loader. */
  fromString(source: string | TemplateNode, globals?: Variables | null): Template {
    return new this.templateClass(this.compileSource(source), this, null, globals);
  }

  // -- loading

  /** The name under which `template`, used by `parent`, is loaded. Override it for relative names. */
  joinPath(template: string, _parent: string): string {
    return template;
  }

  private load(name: string, globals: Variables | null | undefined): Template {
    const { loader } = this;
    if (loader === undefined) throw new PyTypeError('no loader for this environment specified');
    if (typeof name !== 'string') throw new TemplateNotFound(this.nameOrFail(name));
    const { cache } = this;
    const cached = cache.get(name);
    if (cached?.environment.loader === loader && (!this.autoReload || cached.isUpToDate)) {
      if (globals) {
        for (const [key, value] of entriesOf(globals)) cached.globals.set(key, value);
      }
      cache.touch(name, cached);
      return cached;
    }
    const template = loader.load(this, name, globals);
    cache.add(name, template);
    return template;
  }

  /** Raises what an undefined or unhashable name raises; any other that is no str is not found. */
  private nameOrFail(name: unknown): unknown {
    if (name instanceof Undefined) name.failWithUndefinedError();
    keyOf(name);
    return name;
  }

  /** Forgets all compiled templates. */
  invalidateCache(): void {
    this.cache.clear();
  }

  /**
   * Loads a template; a Template comes back as it is. Throws TemplateNotFound, or what compiling
   * throws. With nunjucks' callback as last argument, the result goes there.
   */
  getTemplate(
    name: string | Template,
    parent?: string | null,
    globals?: Variables | null,
  ): Template;
  getTemplate(name: string | Template, eagerCompile: boolean): Template;
  getTemplate(name: string | Template, callback: Callback<Template>): undefined;
  getTemplate(name: string | Template, ...rest: unknown[]): Template | undefined {
    const callback = rest.find((given) => typeof given === 'function');
    if (callback !== undefined) {
      deliver(callback as Callback<Template>, () => this.findTemplate(name, null, null));
      return undefined;
    }
    const [parent, globals] = rest;
    return this.findTemplate(
      name,
      typeof parent === 'string' ? parent : null,
      globals as Variables | null | undefined,
    );
  }

  private findTemplate(
    name: string | Template,
    parent: string | null,
    globals: Variables | null | undefined,
  ): Template {
    if (name instanceof Template) return name;
    return this.load(parent === null ? name : this.joinPath(name, parent), globals);
  }

  /** Loads the first of several templates that exists. Throws TemplatesNotFound. */
  selectTemplate(
    names: Iterable<string | Template>,
    parent?: string | null,
    globals?: Variables | null,
  ): Template {
    if (names instanceof Undefined) names.failWithUndefinedError();
    if (!truth(names)) {
      throw new TemplatesNotFound([], 'Tried to select from an empty list of templates.');
    }
    const tried: unknown[] = [];
    for (const name of iterate(names)) {
      if (name instanceof Template) return name;
      try {
        return this.findTemplate(name as string, parent ?? null, globals);
      } catch (error) {
        if (!(error instanceof TemplateNotFound || error instanceof UndefinedError)) throw error;
      }
      tried.push(name instanceof Undefined ? name.undefinedMessage : name);
    }
    throw new TemplatesNotFound(tried);
  }

  /** `getTemplate` for one name, `selectTemplate` for several. */
  getOrSelectTemplate(
    name: string | Template | Iterable<string | Template>,
    parent?: string | null,
    globals?: Variables | null,
  ): Template {
    if (typeof name === 'string' || name instanceof Undefined || name instanceof Template) {
      return this.getTemplate(name as string | Template, parent, globals);
    }
    return this.selectTemplate(name, parent, globals);
  }

  /** The names of the loader's templates, by file extension or by a predicate. */
  listTemplates(filter?: readonly string[] | ((name: string) => boolean)): string[] {
    if (this.loader === undefined) {
      throw new PyTypeError('no loader for this environment specified');
    }
    const names = this.loader.listTemplates();
    if (filter === undefined) return names;
    if (typeof filter === 'function') return names.filter(filter);
    return names.filter((name) => {
      const dot = name.lastIndexOf('.');
      return dot !== -1 && filter.includes(name.slice(dot + 1));
    });
  }

  // -- nunjucks' habits

  /** Loads and renders. With a callback, the result goes there. */
  render(name: string | Template, variables?: Variables | null): string;
  render(
    name: string | Template,
    variables: Variables | null | undefined,
    callback: RenderCallback,
  ): null;
  render(name: string | Template, variables?: unknown, callback?: unknown): string | null {
    const given = typeof variables === 'function' ? variables : callback;
    const values = typeof variables === 'function' ? null : (variables as Variables | null);
    const run = (): string => this.findTemplate(name, null, null).render(values);
    if (typeof given !== 'function') return run();
    deliver(given as Callback<string>, run);
    return null;
  }

  /** Renders a text. With a callback, the result goes there. */
  renderString(source: string, variables?: Variables | null, options?: unknown): string;
  renderString(
    source: string,
    variables: Variables | null | undefined,
    callback: RenderCallback,
  ): null;
  renderString(source: string, variables?: Variables | null, ...rest: unknown[]): string | null {
    const callback = rest.find((given) => typeof given === 'function');
    const run = (): string => this.fromString(source).render(variables);
    if (callback === undefined) return run();
    deliver(callback as Callback<string>, run);
    return null;
  }
}

Template.makeEnvironment = (options) => new Environment(options);
