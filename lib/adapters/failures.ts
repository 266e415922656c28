import { looksTransient } from '../kolla/retry.js';
import { type Logger } from './build-log.js';
import { EngineError } from './engine.js';
import { TaskFailure } from './task-failure.js';

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Whether another attempt of what the engine did not do may succeed. */
function mayPass({ failure, statusCode, message }: EngineError): boolean {
  switch (failure) {
    case 'lost':
    case 'unreachable':
      return true;
    case 'request':
    case 'push':
      return statusCode === 429 || looksTransient(message);
    case 'build':
    case 'cancelled':
      return false;
  }
}

/** A failed build as an outcome. `output` is the end of what the build printed. */
export function buildFailure(error: unknown, output: readonly string[] = []): TaskFailure {
  if (error instanceof TaskFailure) return error;
  const message = messageOf(error);
  if (!(error instanceof EngineError)) return new TaskFailure(message, { cause: error });
  const transient =
    error.failure === 'build' ? looksTransient(`${output.join('\n')}\n${message}`) : mayPass(error);
  return new TaskFailure(message, { transient, cause: error });
}

/** A failed push as an outcome. */
export function pushFailure(error: unknown): TaskFailure {
  if (error instanceof TaskFailure) return error;
  const message = messageOf(error);
  if (!(error instanceof EngineError)) {
    return new TaskFailure(message, { status: 'push_error', cause: error });
  }
  const noAnswer = error.failure === 'unreachable' || error.failure === 'lost';
  const status = noAnswer ? 'connection_error' : 'push_error';
  return new TaskFailure(message, { status, transient: mayPass(error), cause: error });
}

/** Logs why an image failed. */
export function logFailure(logger: Logger, error: unknown): void {
  const cause = error instanceof TaskFailure ? error.cause : error;
  if (cause instanceof EngineError) logger.error("Error'd with the following message");
  for (const line of messageOf(error).split('\n')) if (line.trim() !== '') logger.error(line);
  const unexpected = !(error instanceof TaskFailure || error instanceof EngineError);
  if (unexpected && error instanceof Error && error.stack) logger.debug(error.stack);
}
