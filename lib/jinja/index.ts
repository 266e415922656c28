/**
 * Jinja2 for Node: the same templates, the same output as Python's Jinja2 3.1.6, in process and
 * synchronous. Plain objects and Maps are dicts, arrays are lists, integers are ints.
 */
export { Environment, type EnvironmentOptions, type UndefinedInit } from './environment.js';
export {
  ImmutableSandboxedEnvironment,
  MAX_BITS,
  MAX_RANGE,
  MAX_REPETITION,
  SandboxedEnvironment,
  isInternalAttribute,
  modifiesKnownMutable,
  unsafe,
} from './sandbox.js';
export { Template, type TemplateModule, type Variables } from './template.js';
export { TemplateStream } from './stream.js';
export { Context, EvalContext } from './context.js';
export {
  BaseLoader,
  ChoiceLoader,
  DictLoader,
  FunctionLoader,
  PrefixLoader,
  type TemplateSource,
} from './loader.js';
export { FileSystemLoader, type FileSystemLoaderOptions } from './file-system-loader.js';
export {
  ChainableUndefined,
  DebugUndefined,
  StrictUndefined,
  Undefined,
  isUndefined,
  makeLoggingUndefined,
  type UndefinedLogger,
} from './undefined.js';
export {
  FilterArgumentError,
  SecurityError,
  TemplateAssertionError,
  TemplateError,
  TemplateNotFound,
  TemplateRuntimeError,
  TemplateSyntaxError,
  TemplatesNotFound,
  UndefinedError,
  type ErrorCode,
  type ErrorFrame,
  type ErrorPosition,
} from './errors.js';
export { formatError, type FormatErrorOptions } from './format-error.js';
export * as meta from './meta.js';
export { HTML, Markup, escape, softStr } from './markup.js';
export { selectAutoescape, type SelectAutoescapeOptions } from './select-autoescape.js';
export { Extension } from './extension.js';
export { Namespace } from './globals.js';
export type { Trace, TraceAssignment, TraceCall, TracePiece } from './trace.js';
export type { Origin, Span } from './source.js';
export { passContext, passEnvironment, passEvalContext, pyFunction } from './value/callable.js';
export { Dict } from './value/dict.js';
export { Float, toFloat } from './value/number.js';
export { FrozenSet } from './value/set.js';
export { Tuple, tupleFrom } from './value/tuple.js';
export * from './value/py-error.js';
/** The symbols under which an object takes part in Python's protocols: `protocol.CALL`, `protocol.STR`, … */
export * as protocol from './value/protocol.js';
