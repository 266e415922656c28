import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const WRAPPER = fileURLToPath(new URL('./measure.py', import.meta.url));

/** Runs a command to its end. Returns wall-clock seconds, CPU seconds and peak MiB of the whole
 *  process; throws with the end of its output when it exits with anything but 0. */
export function measure(command, args, options = {}) {
  const out = execFileSync('python3', [WRAPPER, command, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    ...options,
  });
  const { seconds, cpu, peakKiB, status, tail } = JSON.parse(out);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${status}\n${tail}`);
  return { seconds, cpu, peak: peakKiB / 1024 };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Times rivals in turn, in a new order each round. `rivals`: name -> function that runs once and
 *  returns `{ seconds, cpu, peak }`. Returns name -> list of samples. */
export function interleave(rivals, runs) {
  const names = Object.keys(rivals);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < runs; round++) {
    const order = [...names].sort(() => Math.random() - 0.5);
    for (const name of order) samples[name].push(rivals[name]());
  }
  return samples;
}

/** Prints one line per rival: median, range, CPU and peak memory. */
export function report(samples) {
  for (const [name, runs] of Object.entries(samples)) {
    const times = runs.map((run) => run.seconds);
    console.log(
      `  ${name.padEnd(22)} ${format(median(times))} (${format(Math.min(...times))} - ${format(Math.max(...times))}), ` +
        `CPU ${format(median(runs.map((run) => run.cpu)))}, peak ${median(runs.map((run) => run.peak)).toFixed(0)} MiB`,
    );
  }
}

const format = (seconds) =>
  seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`;

/** Ratio of the medians of two rivals: how many times `theirs` takes the time of `ours`. */
export const ratio = (theirs, ours) =>
  median(theirs.map((run) => run.seconds)) / median(ours.map((run) => run.seconds));
