/** What became of an image, in kolla's own words. Source: kolla: image/utils.py. */
export const STATUSES = [
  'connection_error',
  'push_error',
  'error',
  'parent_error',
  'built',
  'building',
  'unmatched',
  'matched',
  'unprocessed',
  'skipped',
  'unbuildable',
] as const;

/** One of kolla's statuses, as its JSON spells them. */
export type Status = (typeof STATUSES)[number];

/** Statuses that stop what is built on an image. */
export const STATUS_ERRORS: ReadonlySet<Status> = new Set<Status>([
  'connection_error',
  'push_error',
  'error',
  'parent_error',
]);

/** Statuses of images that nobody asks to build. */
export const STATUS_LEFT_OUT: ReadonlySet<Status> = new Set<Status>([
  'unmatched',
  'skipped',
  'unbuildable',
]);
