import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Environment } from './docker-host.js';
import { writeWhole } from './write-whole.js';

/** What is remembered of an image, from run to run. */
export interface RememberedImage {
  /** Seconds that its last successful build took. */
  readonly seconds?: number;
  /** Id of the image that the last run which was to build it made; absent if it did not. */
  readonly imageId?: string;
}

const SAVE_MS = 500;

/** Where runs are remembered unless `--state-file` says otherwise: `$XDG_STATE_HOME/kollage`. */
export const defaultStateFile = (env: Environment): string =>
  join(
    env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local/state'),
    'kollage/builds.json',
  );

/**
 * Remembers builds by the full names of images, so that a later run knows how long each takes and
 * what an interrupted one has not finished. Nothing depends on it: a file that cannot be read or
 * written is as good as none.
 */
export class RunState {
  readonly #path: string;
  readonly #images: Map<string, RememberedImage>;
  /** What this run has changed: the rest is as whoever wrote the file last has left it. */
  readonly #own = new Set<string>();
  #saved = 0;

  constructor(path: string) {
    this.#path = path;
    this.#images = read(path);
  }

  get(name: string): RememberedImage | undefined {
    return this.#images.get(name);
  }

  /** Notes that images are to be built, hence not finished. */
  begin(names: Iterable<string>): void {
    for (const name of names) {
      const seconds = this.#images.get(name)?.seconds;
      this.#own.add(name);
      this.#images.set(name, seconds === undefined ? {} : { seconds });
    }
    this.#save();
  }

  /** Notes that an image is finished. */
  finish(name: string, image: RememberedImage): void {
    this.#own.add(name);
    this.#images.set(name, { ...this.#images.get(name), ...image });
    // The whole file is written each time: not for each of thousands of images.
    if (Date.now() - this.#saved >= SAVE_MS) this.#save();
  }

  /** Writes what has been noted since the file was last written. */
  flush(): void {
    this.#save();
  }

  #save(): void {
    this.#saved = Date.now();
    // Runs at the same time share the file.
    const images = read(this.#path);
    for (const name of this.#own) images.set(name, this.#images.get(name) ?? {});
    const text = JSON.stringify({ version: 1, images: Object.fromEntries(images) });
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeWhole(this.#path, text);
    } catch {
      // A read-only home must not stop a build.
    }
  }
}

function read(path: string): Map<string, RememberedImage> {
  try {
    const { version, images } = JSON.parse(readFileSync(path, 'utf8')) as {
      version: unknown;
      images: Record<string, unknown>;
    };
    if (version !== 1) return new Map();
    return new Map(Object.entries(images).map(([name, image]) => [name, remembered(image)]));
  } catch {
    return new Map();
  }
}

/** What of an entry makes sense. */
function remembered(image: unknown): RememberedImage {
  const { seconds, imageId } = (image ?? {}) as Readonly<Record<string, unknown>>;
  const isTime = typeof seconds === 'number' && seconds >= 0 && Number.isFinite(seconds);
  return {
    ...(isTime ? { seconds } : {}),
    ...(typeof imageId === 'string' ? { imageId } : {}),
  };
}
