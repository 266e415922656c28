import { type Status } from '../kolla/status.js';

/** What became of one image. */
export interface ImageOutcome {
  readonly name: string;
  readonly canonicalName: string;
  readonly status: Status;
  /** Builds that were started. */
  readonly attempts: number;
  /** When the first build started, in milliseconds since 1970. */
  readonly started?: number;
  /** Seconds that building took, all attempts and the pauses between them together. */
  readonly seconds?: number;
  readonly imageId?: string;
  /** Bytes that the engine says the image has. */
  readonly size?: number;
  /** What the registry called it when it was pushed. */
  readonly digest?: string;
  /** Pushes that were started. */
  readonly pushAttempts?: number;
  /** Why it failed, or, of a skipped image, why it was left alone. */
  readonly reason?: string;
}

/** An outcome while it is still being found out. */
export type OutcomeInProgress = {
  -readonly [Key in keyof ImageOutcome]: ImageOutcome[Key];
};
