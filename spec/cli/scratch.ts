import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { kollaBuild } from '../../lib/cli/kolla-build.js';
import { TINY, writeFiles } from './tiny-collection.js';

/** What a run of ours left. */
export interface Left {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder per test, with the tiny collection in `images`. */
export interface Scratch {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): void;
  read(path: string): string;
  /** Runs kolla-build on the collection with that folder as home. */
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<Left>;
}

/** Makes the folder before each test and removes it after. */
export function useScratch(): Scratch {
  let path = '';
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    writeFiles(join(path, 'images'), TINY);
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    write: (files) => writeFiles(path, files),
    read: (file) => readFileSync(join(path, file), 'utf8'),
    async run(argv, env = {}) {
      let [stdout, stderr] = ['', ''];
      const status = await kollaBuild(argv, {
        env: {
          HOME: path,
          DOCKER_HOST: `unix://${path}/no.sock`,
          OS_DEFAULT__IMAGES_DIR: join(path, 'images'),
          OS_DEFAULT__KOLLA_SERIES: '2026.1',
          ...env,
        },
        columns: 80,
        machine: 'x86_64',
        stdout: (text) => void (stdout += text),
        stderr: (text) => void (stderr += text),
      });
      return { status, stdout, stderr };
    },
  };
}
