/** One logger of the run. Messages are single lines without level or name. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
}

/** The loggers that building writes to: the program's own and one per image. */
export interface BuildLog {
  readonly program: Logger;
  image(name: string): Logger;
}
