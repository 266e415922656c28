/** What to tell users of a disk that takes no more. */
export const DISK_FULL = 'no space is left on that disk; make room there, or name another place';

/** Whether an error of the file system says that a disk, or a user's share of it, is full. */
export const isDiskFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException | null)?.code ?? '');
