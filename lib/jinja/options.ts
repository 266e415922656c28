import type { ExtensionClass } from './extension.js';
import type { BaseLoader, NunjucksLoader } from './loader.js';
import { nearest } from './suggest.js';
import type { UndefinedClass } from './undefined.js';

/** Options of an Environment. Names and defaults are those of jinja2 3.1.6 in camelCase. */
export interface EnvironmentOptions {
  /** Default `{%`. */
  readonly blockStartString?: string | undefined;
  /** Default `%}`. */
  readonly blockEndString?: string | undefined;
  /** Default `{{`. */
  readonly variableStartString?: string | undefined;
  /** Default `}}`. */
  readonly variableEndString?: string | undefined;
  /** Default `{#`. */
  readonly commentStartString?: string | undefined;
  /** Default `#}`. */
  readonly commentEndString?: string | undefined;
  /** Starts a statement that is a line of its own. Default: none. */
  readonly lineStatementPrefix?: string | null | undefined;
  /** Starts a comment that ends with its line. Default: none. */
  readonly lineCommentPrefix?: string | null | undefined;
  /** Drops the first newline behind a block tag. Default false. */
  readonly trimBlocks?: boolean | undefined;
  /** Drops blanks in front of a block tag on a line. Default false. */
  readonly lstripBlocks?: boolean | undefined;
  /** What every line break of a template becomes. Default `\n`. */
  readonly newlineSequence?: '\n' | '\r\n' | '\r' | undefined;
  /** Keeps the newline at the end of a template. Default false. */
  readonly keepTrailingNewline?: boolean | undefined;
  /** `do`, `loopcontrols`, `debug`, or classes of your own. */
  readonly extensions?: readonly (string | ExtensionClass)[] | undefined;
  /** Evaluates constant expressions at compile time. Default true. */
  readonly optimized?: boolean | undefined;
  /** The class of undefined values. Default Undefined. */
  readonly undefined?: UndefinedClass | undefined;
  /** Called with every value that is printed; its result is printed instead. */
  readonly finalize?: ((...args: never[]) => unknown) | null | undefined;
  /** HTML-escapes printed values; a function decides by template name. Default false. */
  readonly autoescape?: boolean | ((templateName: string | null) => boolean) | undefined;
  readonly loader?: BaseLoader | NunjucksLoader | null | undefined;
  /** How many templates are kept compiled; 0 none, -1 all. Default 400. */
  readonly cacheSize?: number | undefined;
  /** Asks loaders whether a template has changed, on every use. Default true. */
  readonly autoReload?: boolean | undefined;
  /** Out of scope: true is refused. */
  readonly enableAsync?: boolean | undefined;
  /** Numbers from [0, 1) for `random`, `shuffle` and `lipsum`. Default: the platform's. */
  readonly random?: (() => number) | undefined;
}

const NAMES: Readonly<Record<keyof EnvironmentOptions, true>> = {
  blockStartString: true,
  blockEndString: true,
  variableStartString: true,
  variableEndString: true,
  commentStartString: true,
  commentEndString: true,
  lineStatementPrefix: true,
  lineCommentPrefix: true,
  trimBlocks: true,
  lstripBlocks: true,
  newlineSequence: true,
  keepTrailingNewline: true,
  extensions: true,
  optimized: true,
  undefined: true,
  finalize: true,
  autoescape: true,
  loader: true,
  cacheSize: true,
  autoReload: true,
  enableAsync: true,
  random: true,
};

/** Options that nunjucks knows and that change nothing here. */
const IGNORED: ReadonlySet<string> = new Set([
  'dev',
  'throwOnUndefined',
  'watch',
  'noCache',
  'web',
]);

/** Throws TypeError for option names that do not exist, with the nearest one that does. */
export function checkOptions(options: object): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(NAMES, name) || IGNORED.has(name)) continue;
    const meant = nearest(name.replaceAll('_', ''), Object.keys(NAMES));
    const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
    throw new TypeError(`unknown option '${name}'${hint}`);
  }
  if ((options as EnvironmentOptions).enableAsync === true) {
    throw new TypeError('enableAsync: asynchronous templates are out of scope of this engine');
  }
}

/** Jinja's options from what nunjucks' `new Environment(loaders, options)` takes. */
export function fromNunjucksOptions(options: Readonly<Record<string, unknown>>): object {
  const { tags, ...rest } = options;
  const given = (tags ?? {}) as Readonly<Record<string, string>>;
  const delimiters = Object.fromEntries(
    ['block', 'variable', 'comment'].flatMap((kind) =>
      ['Start', 'End']
        .filter((side) => given[`${kind}${side}`] !== undefined)
        .map((side) => [`${kind}${side}String`, given[`${kind}${side}`]]),
    ),
  );
  return { ...rest, ...delimiters };
}
