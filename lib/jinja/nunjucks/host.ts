import nunjucks from 'nunjucks/src/environment.js';
import NunjucksLoader from 'nunjucks/src/loader.js';

type Listener = (...args: unknown[]) => void;

/** What nunjucks' EmitterObj gives to its subclasses. */
export interface HostEmitter {
  on(event: string, listener: Listener): this;
  once(event: string, listener: Listener): this;
  off(event: string, listener: Listener): this;
  emit(event: string, ...args: unknown[]): boolean;
}

/** The parts of nunjucks' Environment that this engine keeps as they are. */
export interface HostedEnvironment extends HostEmitter {
  /** nunjucks' options; ours are properties of the environment. */
  readonly opts: Record<string, unknown>;
  readonly asyncFilters: string[];
  addGlobal(name: string, value: unknown): this;
  getGlobal(name: string): unknown;
  addFilter(name: string, filter: (...args: never[]) => unknown, async?: boolean): this;
  getFilter(name: string): unknown;
  addTest(name: string, test: (...args: never[]) => unknown): this;
  getTest(name: string): unknown;
  /** Hooks the environment into an Express application. */
  express(app: object): unknown;
}

/** The parts of nunjucks' Template that this engine overrides. */
export interface HostedTemplate {
  readonly path: string | undefined;
  render(variables?: never, callback?: never): unknown;
  getExported(variables?: never, callback?: never): unknown;
  compile(): void;
}

/** The parts of nunjucks' Loader that this engine keeps. */
export interface HostedLoader extends HostEmitter {
  /** Whether a template name is relative to the template that uses it. */
  isRelative(name: string): boolean;
  resolve(from: string, to: string): string;
}

/** nunjucks' classes behind our own types, so that published typings do not name nunjucks. */
export const HostEnvironment = nunjucks.Environment as new (
  loaders: readonly unknown[],
  options: object,
) => HostedEnvironment;

export const HostTemplate = nunjucks.Template as new (
  source: { type: 'code'; obj: object },
  environment: object,
  path: string | undefined,
) => HostedTemplate;

export const HostLoader = NunjucksLoader as new () => HostedLoader;
