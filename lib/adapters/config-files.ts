import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ConfigFiles } from '../kolla/config/config-files.js';
import { ConfigError } from '../kolla/config/errors.js';

/** Python's `os.path.expanduser`: `~` alone; other users' homes stay as they are. */
const expandHome = (path: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? home + path.slice(1) : path;

const PROBLEMS: Readonly<Record<string, 'missing' | 'denied'>> = {
  ENOENT: 'missing',
  EACCES: 'denied',
};

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Configuration files of this machine. `env` tells the home directory. */
export function systemConfigFiles(env: Readonly<Record<string, string | undefined>>): ConfigFiles {
  const home = env['HOME'] ?? homedir();
  return {
    resolve: (path) => resolve(expandHome(path, home)),
    exists: existsSync,
    read(path) {
      try {
        // Undecodable bytes are an error, and a byte order mark is part of the text.
        const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        return { text: decoder.decode(readFileSync(path)) };
      } catch (error) {
        const problem = PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''];
        if (problem) return { problem };
        const reason = error instanceof TypeError ? 'not UTF-8 text' : (error as Error).message;
        throw new ConfigError('ConfigFileParseError', `Failed to parse ${path}: ${reason}`);
      }
    },
    // Python's glob() finds nothing in what is no folder.
    listConf: (folder) =>
      readFolder(folder)
        .filter((name) => name.endsWith('.conf') && !name.startsWith('.'))
        .sort()
        .map((name) => join(folder, name)),
  };
}
