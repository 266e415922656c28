import type { Span } from './source.js';

/** Stable literals, one per class of error. */
export type ErrorCode =
  | 'template-error'
  | 'template-not-found'
  | 'templates-not-found'
  | 'template-syntax'
  | 'template-assertion'
  | 'template-runtime'
  | 'undefined'
  | 'security'
  | 'filter-argument';

/** One step on the way from the rendered template to the place of an error, innermost first. */
export interface ErrorFrame {
  /** How the failing place was reached: by `{% include %}`, a macro call, an inherited block, ... */
  readonly via: 'include' | 'import' | 'extends' | 'block' | 'macro' | 'caller' | 'template';
  /** Name of the macro or block that was entered there. */
  readonly name?: string;
  readonly templateName: string | null;
  readonly span?: Span;
  /** 1-based line, as Python's Jinja reports it. */
  readonly lineno?: number;
}

/** What boundaries add to an error on its way out; Python's own errors carry it as well. */
export interface ErrorPosition {
  /** Name of the template in which it happened; null for a template made from a string. */
  templateName?: string | null;
  /** The exact piece of the template that failed. */
  span?: Span;
  /** 1-based line, as Python's Jinja reports it: that of the statement, where `span` may lie deeper. */
  lineno?: number;
  /** Text of that template, for excerpts. */
  source?: string;
  /** File of that template, where the loader knows one. */
  filename?: string | null;
  /** Name of the block in which it happened. */
  blockName?: string;
  /** The way in, innermost first. */
  chain?: ErrorFrame[];
  /** A name in scope that is nearly the missing one. */
  suggestion?: string;
}

/** Gives an error its position. The source text stays out of sight of whoever prints the error. */
export function setPosition(error: object, position: ErrorPosition): void {
  const { source, ...visible } = position;
  Object.assign(error, visible);
  if (source !== undefined) {
    Object.defineProperty(error, 'source', {
      value: source,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }
}

/** Base class of all template errors. `message` holds no position. Source: jinja2 3.1.6 exceptions. */
export class TemplateError extends Error implements ErrorPosition {
  override name = 'TemplateError';
  readonly code: ErrorCode = 'template-error';
  declare templateName?: string | null;
  declare span?: Span;
  declare lineno?: number;
  declare source?: string;
  declare filename?: string | null;
  declare blockName?: string;
  declare chain?: ErrorFrame[];
  declare suggestion?: string;
}

/** Raised when a template does not exist. `templates` lists the names that were tried. */
export class TemplateNotFound extends TemplateError {
  override name = 'TemplateNotFound';
  override readonly code: ErrorCode = 'template-not-found';
  readonly templates: readonly unknown[];

  /** @param requested the name that was looked for. @param message replaces it in the message. */
  constructor(requested: unknown, message?: string) {
    super(message ?? (requested === null || requested === undefined ? 'None' : String(requested)));
    this.templates = [requested];
  }
}

/** Raised when none of several templates exists. */
export class TemplatesNotFound extends TemplateNotFound {
  override name = 'TemplatesNotFound';
  override readonly code: ErrorCode = 'templates-not-found';
  override readonly templates: readonly unknown[];

  constructor(names: readonly unknown[] = [], message?: string) {
    super(
      names.at(-1) ?? null,
      message ?? `none of the templates given were found: ${names.map(String).join(', ')}`,
    );
    this.templates = [...names];
  }
}

/** Raised when a template cannot be read. */
export class TemplateSyntaxError extends TemplateError {
  override name = 'TemplateSyntaxError';
  override readonly code: ErrorCode = 'template-syntax';

  constructor(message: string, lineno?: number, templateName?: string | null) {
    super(message);
    if (lineno !== undefined) this.lineno = lineno;
    if (templateName !== undefined) this.templateName = templateName;
  }
}

/** Raised at compile time for something that is well-formed and cannot work: an unknown filter, ... */
export class TemplateAssertionError extends TemplateSyntaxError {
  override name = 'TemplateAssertionError';
  override readonly code: ErrorCode = 'template-assertion';
}

/** Raised when rendering goes wrong inside the engine. */
export class TemplateRuntimeError extends TemplateError {
  override name = 'TemplateRuntimeError';
  override readonly code: ErrorCode = 'template-runtime';
}

/** Raised when a template works with an undefined value. */
export class UndefinedError extends TemplateRuntimeError {
  override name = 'UndefinedError';
  override readonly code: ErrorCode = 'undefined';
}

/** Raised when a template does something that the sandbox forbids. */
export class SecurityError extends TemplateRuntimeError {
  override name = 'SecurityError';
  override readonly code: ErrorCode = 'security';
}

/** Raised when a filter receives arguments that it cannot use. */
export class FilterArgumentError extends TemplateRuntimeError {
  override name = 'FilterArgumentError';
  override readonly code: ErrorCode = 'filter-argument';
}
