import { type BuildLog, type Logger } from './build-log.js';
import { type BuildProgress } from './build-progress.js';

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

/** The same for lines that are shown. */
export const redactingProgress = (
  progress: BuildProgress,
  hide: (text: string) => string,
): BuildProgress => ({
  started: (image, what) => progress.started(image, what),
  line: (image, text) => progress.line(image, hide(text)),
  ended: (image, what, status) => progress.ended(image, what, status),
});
