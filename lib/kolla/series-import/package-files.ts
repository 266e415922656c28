/** Files of the kolla package that facts are read from, by their path in it. A series has some of
 *  them; their order is part of `SeriesFacts.digest`. */
export const PACKAGE_FILES = [
  'common/config.py',
  'common/sources.py',
  'common/sources.yaml',
  'common/users.py',
  'image/build.py',
  'image/kolla_worker.py',
  'image/tasks.py',
  'image/unbuildable.py',
  'template/methods.py',
  'template/repos.yaml',
  'template/repos-noble.yaml',
  'template/repos-el10.yaml',
] as const;
