import { type Status } from '../kolla/status.js';

/** Why a task of an image failed. An outcome to report, not a defect of ours. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  /** What the image ends as. */
  readonly status: Status;
  /** Another attempt may succeed. */
  readonly transient: boolean;

  constructor(
    message: string,
    options: { status?: Status; transient?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.status = options.status ?? 'error';
    this.transient = options.transient ?? false;
  }
}
