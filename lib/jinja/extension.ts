import type { Arguments, ExtensionCall, Expression, Keyword, NodeBase, Statement } from './ast.js';
import type { Environment } from './environment.js';
import type { Token } from './lexer.js';
import type { Parser } from './parser.js';

/**
 * Adds tags, or changes source text and tokens before they are parsed. Bound to one environment.
 * Source: jinja2 3.1.6 ext.Extension.
 */
export abstract class Extension {
  /** The tags that `parse` is called for. */
  readonly tags: readonly string[] = [];
  /** Extensions with a lower number come first. */
  readonly priority: number = 100;
  readonly environment: Environment;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** Identifies the extension in an environment. */
  get identifier(): string {
    return this.constructor.name;
  }

  /** A copy for an overlay. */
  bind(environment: Environment): this {
    return Object.assign(Object.create(Object.getPrototypeOf(this) as object) as this, this, {
      environment,
    });
  }

  /** Changes the source text before it is read. */
  preprocess?(source: string, name: string | null, filename: string | null): string;

  /** Changes the tokens before they are parsed. */
  filterStream?(tokens: Iterable<Token>): Iterable<Token>;

  /** Parses one of `tags`; the parser stands on the tag's name. */
  parse?(parser: Parser): Statement | Statement[];

  /** An expression that calls `callback` while rendering, with the values of the arguments. */
  call(
    callback: (...args: unknown[]) => unknown,
    at: NodeBase,
    args: readonly Expression[] = [],
    kwargs: readonly Keyword[] = [],
  ): ExtensionCall {
    const { line, start, end } = at;
    const values: Arguments = { args, kwargs, dynArgs: null, dynKwargs: null };
    return { type: 'ExtensionCall', callback, ...values, line, start, end };
  }
}

/** A class of extensions, as the `extensions` option takes it. */
export type ExtensionClass = new (environment: Environment) => Extension;
