import { spawn } from 'node:child_process';
import { type Image } from '../kolla/image.js';
import { type Logger } from './build-log.js';
import { type Engine, type EngineInfo } from './engine.js';
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

function run(program: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The one signal after which docker-squash removes the layers that it has unpacked.
      ...(signal ? { signal, killSignal: 'SIGINT' } : {}),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      // Stopped: it is over when it has cleaned up.
      if (child.pid !== undefined) return;
      const missing = `"${program}" command is not found; "pip install ${program}" installs it`;
      reject(new TaskFailure(error.code === 'ENOENT' ? missing : error.message, { cause: error }));
    });
    child.once('close', (code) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else if (code === 0) resolve(output);
      else reject(new TaskFailure(`${program} failed (exit ${code}):\n${output.trim()}`));
    });
  });
}

/** Version of the program that squashes; nothing if it is not installed. */
export async function squashVersion(): Promise<string | undefined> {
  try {
    return (await run('docker-squash', ['--version'])).trim().split(/\s+/)[0] ?? '';
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return;
    throw error;
  }
}

/** Throws a `TaskFailure` where, without the program, the engine does not squash either. */
export function requireSquash({ squashes }: EngineInfo): void {
  if (squashes) return;
  throw new TaskFailure(
    '"docker-squash" command is not found, and the daemon does not squash: ' +
      '"pip install docker-squash" installs it, or "experimental": true in daemon.json lets the daemon',
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
  await run('docker-squash', args, request.signal);
  logger.info('Image is squashed successfully');
  const squashed = await engine.inspect(image.canonicalName, request);
  if (!squashed) throw new TaskFailure(`docker-squash left no image ${image.canonicalName}`);
  return squashed.id;
}
