import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { attempt } from './docker-dir.js';

/** Writes a file whole or not at all, in place of an older one; devices and pipes are written to as
 *  they are. Throws `TreeError`, which names the path. */
export function writeWhole(path: string, text: string): void {
  attempt(path, () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && !found.isFile()) {
      writeFileSync(path, text);
      return;
    }
    // What a link points at is replaced, not the link.
    const target = found ? realpathSync(path) : resolve(path);
    const part = `${target}.${process.pid}`;
    try {
      writeFileSync(part, text);
      renameSync(part, target);
    } catch (error) {
      rmSync(part, { force: true });
      // A file may be writable where its folder is not, or be a mount of its own.
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!found || !['EACCES', 'EPERM', 'EBUSY', 'EROFS'].includes(code)) throw error;
      writeFileSync(target, text);
    }
  });
}
