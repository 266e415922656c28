import { setImmediate } from 'node:timers/promises';
import type { Engine } from '../adapters/engine.js';
import type { PreparedImages } from '../adapters/prepare-images.js';
import type { WorkDir } from '../adapters/work-dir.js';
import { prepare } from './prepare.js';
import type { RunContext } from './run-build.js';
import { catchSignals, type Interruption } from './signals.js';

/** Images with their Dockerfiles on disk, and what goes on around them. */
export interface ImagesAtHand extends PreparedImages {
  readonly interruption: Interruption;
  /** Leaves the working directory where it is, temporary or not. */
  readonly keepWorkDir: () => void;
}

/**
 * Renders and selects images, does something with them and returns the exit status. A signal stops
 * either; whatever happens, no temporary folder and no half of a tree stays behind.
 */
export async function withImages(
  context: RunContext,
  engine: Engine | undefined,
  work: (images: ImagesAtHand) => Promise<number>,
): Promise<number> {
  const { imagesDir } = context.surroundings;
  if (imagesDir instanceof Error) throw imagesDir;
  const { program } = context.log;
  let workDir: WorkDir | undefined;
  const cleanUp = (): void => {
    try {
      workDir?.abandon();
    } catch (error) {
      program.warning(`Failed to remove temporary files: ${(error as Error).message}`);
    }
  };
  const interruption = catchSignals(program, cleanUp);
  const { signal } = interruption;
  try {
    const onWorkDir = (opened: WorkDir): void => void (workDir = opened);
    const prepared = await prepare(context, imagesDir, engine, { signal, onWorkDir });
    const keepWorkDir = (): void => void (workDir = undefined);
    const status = await work({ ...prepared, interruption, keepWorkDir });
    // A signal that came during the last of the work counts, too; Node sees it on its next round.
    await setImmediate();
    await setImmediate();
    return interruption.status() ?? status;
  } catch (error) {
    const status = interruption.status();
    if (status !== undefined && comesFrom(error, signal.reason)) return status;
    throw error;
  } finally {
    // In this order: a signal must not end the process while it removes folders.
    cleanUp();
    interruption.release();
  }
}

function comesFrom(error: unknown, reason: unknown): boolean {
  for (let link = error; link !== undefined; link = (link as { cause?: unknown }).cause) {
    if (link === reason) return true;
    if (typeof link !== 'object' || link === null) return false;
  }
  return false;
}
