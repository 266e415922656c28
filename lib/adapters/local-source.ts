import { copyFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { archiveFolder, type ArchiveOptions } from './make-archive.js';
import { TaskFailure } from './task-failure.js';

/**
 * Archives a folder, or copies a file as it is. A folder that is named with a slash at its end has
 * no top folder in the archive, as in Python's `os.path.basename`.
 */
export async function fetchLocal(
  location: string,
  archive: string,
  options: Pick<ArchiveOptions, 'signal' | 'pinned'>,
): Promise<void> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(location)).isDirectory();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'there is no such file or folder' : (error as Error).message;
    throw new TaskFailure(`Failed to get local source ${location}: ${reason}`, { cause: error });
  }
  if (isFolder) {
    const topName = location.slice(location.lastIndexOf('/') + 1);
    await archiveFolder(location, archive, { topName, ...options });
    return;
  }
  const part = `${archive}.part`;
  try {
    await copyFile(location, part);
    await rename(part, archive);
  } finally {
    await rm(part, { force: true });
  }
  await utimes(archive, 0, 0);
}
