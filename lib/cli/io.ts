/** What a command sees of the process that it runs in. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Width of the terminal in characters. */
  readonly columns: number;
  /** Height of the terminal that stderr is, in lines; nothing if it is none. */
  readonly rows?: number | undefined;
  /** This machine in kernel spelling: `x86_64`, `aarch64`, ... */
  readonly machine: string;
  stdout(text: string): void;
  stderr(text: string): void;
}

const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** What a reader says that has gone away: EIO comes of a terminal that is closed. */
function allowEarlyEnd(this: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && !(error.code === 'EIO' && this.isTTY)) throw error;
}

/** The running process. A reader that goes away early, such as `head`, is no error. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(allowEarlyEnd)) stream.on('error', allowEarlyEnd);
  }
  const columns = Number(process.env['COLUMNS']) || process.stdout.columns || 80;
  return {
    // A copy: each look into process.env itself asks the C library.
    env: { ...process.env },
    columns,
    rows: process.stderr.isTTY ? process.stderr.rows || 24 : undefined,
    machine: MACHINES[process.arch] ?? process.arch,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  };
}
