import { LOGGER_NAME } from '../adapters/log.js';
import { TemplateSyntaxError } from '../jinja/errors.js';
import { formatError } from '../jinja/format-error.js';
import { ConfigError, InvalidValueError, UsageError } from '../kolla/config/errors.js';
import { RenderError } from '../kolla/find-images.js';
import { hintOf } from '../kolla/repos-call.js';

/** An error as the program tells it. */
export interface ErrorReport {
  readonly text: string;
  readonly status: 1 | 2;
}

const logLine = (message: string): string => `ERROR:${LOGGER_NAME}:${message}\n`;

/** What to print for an error that ends the program: one clear message, with file and line where there
 *  are any, without a stack trace unless `debug`. `overrides` are the paths of template overrides. Errors of configuration and templates keep the names
 *  and texts that the reference gives them. */
export function reportError(
  error: unknown,
  debug: boolean,
  overrides: readonly string[] = [],
): ErrorReport {
  if (error instanceof UsageError) {
    const hint = error.hint === undefined ? '' : `kolla-build: ${error.hint}\n`;
    return { text: `kolla-build: error: ${error.message}\n${hint}`, status: 2 };
  }
  if (error instanceof InvalidValueError) return { text: `${error.message}\n`, status: 1 };
  if (error instanceof ConfigError) {
    const hint = error.hint === undefined ? '' : `  ${error.hint}\n`;
    return { text: `oslo_config.cfg.${error.name}: ${error.message}\n${hint}`, status: 1 };
  }
  if (error instanceof RenderError) {
    return { text: describeRender(error, debug, overrides), status: 1 };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { text: stackOf(error, debug) + logLine(message), status: 1 };
}

/** Two lines that kolla logs for syntax errors; anything else starts with the exception's name. Below
 *  stand the place, the line and the way in. */
function describeRender(error: RenderError, debug: boolean, overrides: readonly string[]): string {
  const { cause, image, template } = error;
  const hint = hintOf(cause);
  const notes = [`image ${image}`, ...(hint === undefined ? [] : [hint])];
  const text = formatError(cause, { notes });
  if (!(cause instanceof TemplateSyntaxError)) return `${stackOf(cause, debug)}${text}\n`;
  const [, ...place] = text.split('\n');
  const name = cause.templateName ?? template;
  // All overrides together bear the name of the first.
  const known = overrides.includes(name) ? overrides[0]!.replace(/^.*\//, '') : name;
  const head = `Syntax error in template: ${known}`;
  return `${stackOf(cause, debug)}${logLine(head)}${logLine(cause.message)}${place.join('\n')}\n`;
}

const stackOf = (error: unknown, debug: boolean): string =>
  debug && error instanceof Error ? `${error.stack ?? ''}\n` : '';
