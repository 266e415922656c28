import { type OptionValues } from '../kolla/options.js';

/** The options that building reads. */
export type BuildOptions = Pick<
  OptionValues,
  | 'engine'
  | 'podmanBaseUrl'
  | 'threads'
  | 'pushThreads'
  | 'retries'
  | 'push'
  | 'pull'
  | 'cache'
  | 'keep'
  | 'squash'
  | 'squashCleanup'
  | 'squashTmpDir'
  | 'networkMode'
  | 'platform'
  | 'buildArgs'
  | 'buildkit'
  | 'timeout'
  | 'debianArch'
>;
