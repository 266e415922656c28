import { type Image } from '../kolla/image.js';
import { type Logger } from './build-log.js';
import { type Engine, type EngineInfo } from './engine.js';
import { runProgram } from './run-program.js';
import { TaskFailure } from './task-failure.js';

/** An image whose layers are to become one. */
export interface SquashRequest {
  readonly engine: Engine;
  readonly image: Image;
  readonly id: string;
  readonly cleanup: boolean;
  readonly tmpDir: string | null;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

const PROGRAM = 'docker-squash';

async function dockerSquash(args: readonly string[], signal?: AbortSignal): Promise<string> {
  // The one signal after which it removes the layers that it has unpacked.
  const options = { signal, stopWith: 'SIGINT' } as const;
  const { status, stdout, stderr } = await runProgram(PROGRAM, args, options);
  const output = `${stdout}${stderr}`.trim();
  if (status === 0) return output;
  throw new TaskFailure(`${PROGRAM} failed (exit ${status}):\n${output}`);
}

/** Version of the program that squashes; nothing if it is not installed. */
export async function squashVersion(): Promise<string | undefined> {
  try {
    return (await dockerSquash(['--version'])).split(/\s+/)[0] ?? '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
}

/** Throws a `TaskFailure` where, without the program, the engine does not squash either. */
export function requireSquash({ squashes }: EngineInfo): void {
  if (squashes) return;
  throw new TaskFailure(
    `"${PROGRAM}" command is not found, and the daemon does not squash: "pip install ${PROGRAM}" ` +
      'installs it, or "experimental": true in daemon.json lets the daemon',
  );
}

/**
 * Squashes what an image adds to its parent into one layer, with the program `docker-squash`.
 * Returns the id of the squashed image. Source: kolla: image/tasks.py squash, common/utils.py.
 */
export async function squashImage(request: SquashRequest): Promise<string> {
  const { engine, image, id, logger } = request;
  const layers = await engine.history(image.parentName, request);
  const last = layers.find(({ tags }) => tags.includes(image.parentName));
  if (!last) throw new TaskFailure('Parent last layer is not found, cannot squash.');
  logger.info(`Parent last layer is: ${last.id}`);
  const args = ['--tag', image.canonicalName, id];
  if (request.cleanup) args.push('--cleanup');
  args.push('--from-layer', last.id);
  if (request.tmpDir) args.push('--tmp-dir', request.tmpDir);
  await dockerSquash(args, request.signal);
  logger.info('Image is squashed successfully');
  const squashed = await engine.inspect(image.canonicalName, request);
  if (!squashed) throw new TaskFailure(`docker-squash left no image ${image.canonicalName}`);
  return squashed.id;
}
