import { type Status } from '../kolla/status.js';

/** Gets to hear how a run goes, for whoever shows it. */
export interface BuildProgress {
  /** A build or push begins. */
  started(image: string, what: 'build' | 'push'): void;
  /** A line of a build's output. */
  line(image: string, text: string): void;
  /** A build or push, with all its attempts, is over. */
  ended(image: string, what: 'build' | 'push', status: Status): void;
}
