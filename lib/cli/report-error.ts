import { LOGGER_NAME } from '../adapters/log.js';
import { ConfigError, InvalidValueError, UsageError } from '../kolla/config/errors.js';

/** An error as the program tells it. */
export interface ErrorReport {
  readonly text: string;
  readonly status: 1 | 2;
}

/** Names that Python gives an error, module included, as the last line of its traceback prints it. */
const MODULES: Readonly<Record<string, string>> = {
  KollaDirNotFoundException: 'kolla.exception.',
  KollaRpmSetupUnknownConfig: 'kolla.exception.',
};

/** What to print for an error that ends the program: one clear message, without a stack trace unless
 *  `debug`. Configuration errors keep the name and the text that oslo.config gives them. */
export function reportError(error: unknown, debug: boolean): ErrorReport {
  const { text, status } = describe(error);
  const stack = debug && error instanceof Error && error.stack ? `${error.stack}\n` : '';
  return { text: stack + text, status };
}

function describe(error: unknown): ErrorReport {
  if (error instanceof UsageError) {
    const hint = error.hint === undefined ? '' : `kolla-build: ${error.hint}\n`;
    return { text: `kolla-build: error: ${error.message}\n${hint}`, status: 2 };
  }
  if (error instanceof InvalidValueError) return { text: `${error.message}\n`, status: 1 };
  if (error instanceof ConfigError) {
    const hint = error.hint === undefined ? '' : `  ${error.hint}\n`;
    return { text: `oslo_config.cfg.${error.name}: ${error.message}\n${hint}`, status: 1 };
  }
  if (!(error instanceof Error)) return { text: `${String(error)}\n`, status: 1 };
  const name = `${MODULES[error.name] ?? ''}${error.name}`;
  const prefix = error.name === 'Error' ? `ERROR:${LOGGER_NAME}:` : `${name}: `;
  return { text: `${prefix}${error.message}\n`, status: 1 };
}
