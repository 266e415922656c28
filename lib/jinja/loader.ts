import type { Environment } from './environment.js';
import { TemplateNotFound } from './errors.js';
import { HostLoader } from './nunjucks/host.js';
import type { Origin } from './source.js';
import { type Template, type Variables } from './template.js';
import { PyRuntimeError, PyTypeError } from './value/py-error.js';

/** What a loader knows about a template. */
export interface TemplateSource {
  readonly source: string;
  /** The file, where there is one. */
  readonly filename?: string | null;
  /** Answers false when the source has changed since. */
  readonly uptodate?: () => boolean;
  /**
   * For texts that were put together from files: where a line (1-based) of `source` comes from, so
   * that errors point there. `undefined` for lines that are the template's own.
   */
  readonly origin?: (line: number) => Origin | undefined;
}

/** Where templates come from. Subclasses override `getSource`. Source: jinja2 3.1.6 loaders. */
export abstract class BaseLoader extends HostLoader {
  /** False for loaders that know no source text. */
  readonly hasSourceAccess: boolean = true;

  /** The source of a template; throws TemplateNotFound. */
  getSource(_environment: Environment, template: string): TemplateSource {
    if (!this.hasSourceAccess) {
      throw new PyRuntimeError(`${this.constructor.name} cannot provide access to the source`);
    }
    throw new TemplateNotFound(template);
  }

  /** The names of all templates, sorted; throws where the loader cannot tell. */
  listTemplates(): string[] {
    throw new PyTypeError('this loader cannot iterate over all templates');
  }

  /** Loads and compiles a template. */
  load(environment: Environment, name: string, globals?: Variables | null): Template {
    const { source, filename, uptodate, origin } = this.getSource(environment, name);
    const code = environment.compileSource(source, name, filename ?? null, origin);
    return new environment.templateClass(code, environment, name, globals, uptodate);
  }
}

/** Templates from a mapping of names to texts. */
export class DictLoader extends BaseLoader {
  private readonly mapping: () => ReadonlyMap<string, string>;

  constructor(mapping: Readonly<Record<string, string>> | ReadonlyMap<string, string>) {
    super();
    this.mapping =
      mapping instanceof Map
        ? () => mapping as ReadonlyMap<string, string>
        : () => new Map(Object.entries(mapping as Readonly<Record<string, string>>));
    if (!(mapping instanceof Map)) {
      const record = mapping as Readonly<Record<string, string>>;
      this.lookUp = (name) => (Object.hasOwn(record, name) ? record[name] : undefined);
    } else {
      this.lookUp = (name) => (mapping as ReadonlyMap<string, string>).get(name);
    }
  }
  private readonly lookUp: (name: string) => string | undefined;

  override getSource(_environment: Environment, template: string): TemplateSource {
    const source = this.lookUp(template);
    if (source === undefined) throw new TemplateNotFound(template);
    return { source, uptodate: () => this.lookUp(template) === source };
  }

  override listTemplates(): string[] {
    return [...this.mapping().keys()].sort();
  }
}

/** Templates from a function: text, a whole TemplateSource, or nothing when there is no such one. */
export class FunctionLoader extends BaseLoader {
  constructor(private readonly find: (name: string) => string | TemplateSource | null | undefined) {
    super();
  }

  override getSource(_environment: Environment, template: string): TemplateSource {
    const found = this.find(template);
    if (found === null || found === undefined) throw new TemplateNotFound(template);
    return typeof found === 'string' ? { source: found } : found;
  }
}

/** Runs `load`; a TemplateNotFound names the template as it was asked for. */
function renamed<T>(name: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof TemplateNotFound)) throw error;
    const outer = new TemplateNotFound(name);
    outer.cause = error;
    throw outer;
  }
}

/** One loader per prefix: `app1/index.html` is `index.html` of the loader under `app1`. */
export class PrefixLoader extends BaseLoader {
  private readonly loaders: ReadonlyMap<string, BaseLoader>;

  constructor(
    mapping: Readonly<Record<string, BaseLoader>> | ReadonlyMap<string, BaseLoader>,
    private readonly delimiter = '/',
  ) {
    super();
    this.loaders = new Map(mapping instanceof Map ? mapping : Object.entries(mapping));
  }

  private loaderFor(template: string): { loader: BaseLoader; name: string } {
    const at = template.indexOf(this.delimiter);
    const loader = at === -1 ? undefined : this.loaders.get(template.slice(0, at));
    if (loader === undefined) throw new TemplateNotFound(template);
    return { loader, name: template.slice(at + this.delimiter.length) };
  }

  override getSource(environment: Environment, template: string): TemplateSource {
    const { loader, name } = this.loaderFor(template);
    return renamed(template, () => loader.getSource(environment, name));
  }

  override load(environment: Environment, template: string, globals?: Variables | null): Template {
    const { loader, name } = this.loaderFor(template);
    return renamed(template, () => loader.load(environment, name, globals));
  }

  override listTemplates(): string[] {
    return [...this.loaders].flatMap(([prefix, loader]) =>
      loader.listTemplates().map((name) => `${prefix}${this.delimiter}${name}`),
    );
  }
}

/** The first of several loaders that knows the template. */
export class ChoiceLoader extends BaseLoader {
  constructor(private readonly loaders: readonly BaseLoader[]) {
    super();
  }

  private first<T>(template: string, load: (loader: BaseLoader) => T): T {
    for (const loader of this.loaders) {
      try {
        return load(loader);
      } catch (error) {
        if (!(error instanceof TemplateNotFound)) throw error;
      }
    }
    throw new TemplateNotFound(template);
  }

  override getSource(environment: Environment, template: string): TemplateSource {
    return this.first(template, (loader) => loader.getSource(environment, template));
  }

  override load(environment: Environment, template: string, globals?: Variables | null): Template {
    return this.first(template, (loader) => loader.load(environment, template, globals));
  }

  override listTemplates(): string[] {
    return [...new Set(this.loaders.flatMap((loader) => loader.listTemplates()))].sort();
  }
}

/** A loader in nunjucks' manner: `getSource(name)` returns `{ src, path, noCache }` or null. */
export interface NunjucksLoader {
  getSource(name: string): { src: string; path?: string; noCache?: boolean } | null;
}

/** A nunjucks loader in Jinja's place. */
export class NunjucksLoaderAdapter extends BaseLoader {
  constructor(private readonly loader: NunjucksLoader) {
    super();
  }

  override getSource(_environment: Environment, template: string): TemplateSource {
    const found = this.loader.getSource(template);
    if (found === null) throw new TemplateNotFound(template);
    const { src, path, noCache } = found;
    return { source: src, filename: path ?? null, uptodate: () => noCache !== true };
  }
}
