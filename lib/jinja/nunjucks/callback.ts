/** nunjucks' callback: an error, or a result. */
export type Callback<T> = (error: unknown, result: T | null) => void;

/** Runs `work` and hands its result, or its error, to a callback, never synchronously. */
export function deliver<T>(callback: Callback<T>, work: () => T): void {
  let error: unknown = null;
  let result: T | null = null;
  try {
    result = work();
  } catch (raised) {
    error = raised;
  }
  queueMicrotask(() => {
    callback(error, result);
  });
}
