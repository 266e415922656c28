import { type BuildLog, type Logger } from './build-log.js';

/** A log that hides secrets in whatever is written to it. */
export function redactingLog(log: BuildLog, hide: (text: string) => string): BuildLog {
  const wrap = (logger: Logger): Logger => ({
    debug: (message) => logger.debug(hide(message)),
    info: (message) => logger.info(hide(message)),
    warning: (message) => logger.warning(hide(message)),
    error: (message) => logger.error(hide(message)),
  });
  return { program: wrap(log.program), image: (name) => wrap(log.image(name)) };
}
