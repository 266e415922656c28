import { type Status } from '../kolla/status.js';
import { type BuildProgress } from './build-progress.js';

/** A way to colour text. */
export type Paint = (text: string) => string;

/** Colours of the view; `Chalk` has them all. */
export interface Palette {
  readonly green: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
}

/** What a view is shown on. */
export interface Terminal {
  write(text: string): void;
  readonly columns: number;
  readonly rows: number;
  readonly palette: Palette;
  /** Milliseconds since some point in time. */
  now(): number;
}

interface Running {
  readonly what: 'build' | 'push';
  readonly since: number;
  step: string;
  readonly tail: string[];
}

/** Lines of a failed image's output that are shown. */
const FAILURE_LINES = 8;
const REDRAW_MS = 120;
const ESCAPES = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** Minutes and seconds, with hours where there are some: `1:02:03`, `2:03`. */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/**
 * A view of the run at the bottom of a terminal: what runs and at which step, counts, the slowest
 * image so far. Failures scroll by above it with the last lines of their output.
 */
export class LiveView implements BuildProgress {
  readonly #terminal: Terminal;
  readonly #total: number;
  readonly #began: number;
  readonly #running = new Map<string, Running>();
  readonly #counts: Partial<Record<Status, number>> = {};
  #slowest: { image: string; milliseconds: number } | undefined;
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `total` is the number of images that the run is about. */
  constructor(terminal: Terminal, total: number) {
    this.#terminal = terminal;
    this.#total = total;
    this.#began = terminal.now();
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
  }

  started(image: string, what: 'build' | 'push'): void {
    const since = this.#terminal.now();
    const step = what === 'push' ? 'pushing' : 'preparing';
    this.#running.set(`${image} ${what}`, { what, since, step, tail: [] });
  }

  line(image: string, text: string): void {
    const running = this.#running.get(`${image} build`);
    if (!running) return;
    const plain = text.replace(ESCAPES, '');
    if (plain.startsWith('Step ')) running.step = plain;
    running.tail.push(plain);
    if (running.tail.length > FAILURE_LINES) running.tail.shift();
  }

  ended(image: string, what: 'build' | 'push', status: Status): void {
    const running = this.#running.get(`${image} ${what}`);
    this.#running.delete(`${image} ${what}`);
    const failed = status !== 'built' && status !== 'skipped';
    if (what === 'build') this.#counts[status] = (this.#counts[status] ?? 0) + 1;
    if (!running) return;
    const milliseconds = this.#terminal.now() - running.since;
    if (what === 'build' && milliseconds > (this.#slowest?.milliseconds ?? -1)) {
      this.#slowest = { image, milliseconds };
    }
    if (!failed) return;
    const { red, dim } = this.#terminal.palette;
    const lines = running.tail.map((line) => dim(`    ${line}`));
    this.above([red(`✗ ${image}: ${status}`), ...lines].map((line) => `${line}\n`).join(''));
  }

  /** Writes text that stays, above the view. */
  above(text: string): void {
    this.#erase();
    this.#terminal.write(text);
    this.#draw();
  }

  /** Makes room for text of somebody else's; the view comes back by itself. */
  pause(): void {
    this.#erase();
  }

  /** Takes the view away. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#erase();
  }

  /** The lines of the view as they are now. */
  lines(): string[] {
    const { columns, rows, palette } = this.#terminal;
    const now = this.#terminal.now();
    const running = [...this.#running];
    const room = Math.max(1, rows - 3);
    const shown = running.slice(0, room).map(([key, { since, step }]) => {
      const image = key.slice(0, key.lastIndexOf(' '));
      const elapsed = clock(now - since);
      const left = `  ${image}  `;
      const space = Math.max(0, columns - left.length - elapsed.length - 3);
      const text = step.length > space ? `${step.slice(0, Math.max(0, space - 1))}…` : step;
      return `${palette.cyan(left)}${text.padEnd(space)} ${palette.dim(elapsed)}`;
    });
    if (running.length > room) shown.push(palette.dim(`  and ${running.length - room} more`));
    return [this.#headline(now), ...shown];
  }

  #headline(now: number): string {
    const { green, red, bold, dim } = this.#terminal.palette;
    const { built = 0, skipped = 0, ...others } = this.#counts;
    const failed = Object.values(others).reduce((sum, count) => sum + count, 0);
    const parts = [
      bold(`[${built + skipped + failed}/${this.#total}]`),
      green(`${built} built`),
      ...(skipped > 0 ? [`${skipped} left alone`] : []),
      ...(failed > 0 ? [red(`${failed} failed`)] : []),
      `${this.#running.size} running`,
      clock(now - this.#began),
    ];
    const slowest = this.#slowest;
    if (slowest) parts.push(dim(`slowest ${slowest.image} ${clock(slowest.milliseconds)}`));
    return parts.join('  ');
  }

  #draw(): void {
    if (this.#timer === undefined) return;
    const lines = this.lines();
    this.#erase();
    this.#terminal.write(lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#terminal.write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }
}
