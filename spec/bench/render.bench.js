import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { interleave, measure, median, ratio, report } from './measure.js';

const ROOT = resolve(import.meta.dirname, '../..');
const ORACLE = join(process.env.KOLLAGE_ORACLES ?? join(ROOT, '.oracles'), 'kolla-22.0.0');
/** Where files need no disk. */
const MEMORY = '/dev/shm';
const ARGS = ['--base', 'debian', '--base-arch', 'x86_64', '--template-only', '--work-dir'];

/** One hash over every path, mode and byte below a folder. */
function hashTree(root) {
  const hash = createHash('sha256');
  for (const path of readdirSync(root, { recursive: true }).sort()) {
    const stat = statSync(join(root, path));
    hash.update(`${path}\0${stat.mode}\0`);
    if (stat.isFile()) hash.update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

const secondsOf = ({ seconds }) => seconds;
const execute = (script, ...args) =>
  execFileSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
  });

/** Where the time goes, from what shorter runs take; the floor is what nobody can leave out. */
function reportSteps({ node, loaded, compiled, listed, whole, copied }) {
  const ms = (seconds) => `${(seconds * 1000).toFixed(0)} ms`;
  console.log(
    `  of which: Node's start ${ms(node)}, loading the program ${ms(loaded - node)}, compiling ${ms(compiled)}, ` +
      `reading and rendering ${ms(listed - loaded - compiled)}, copying and writing ${ms(whole - listed)}`,
  );
  console.log(`  floor: Node's start and \`cp -a\` of the collection, ${ms(node + copied)}`);
}

/** Whole-process time of `--template-only` on all of kolla 22.0.0, the reference's and ours. */
export async function bench({ runs }) {
  if (!existsSync(join(ORACLE, 'bin/kolla-build')))
    throw new Error('kolla 22.0.0 is not installed; .ci/oracles does that');
  // A thousand new files can take longer on a busy disk than all else, in both programs.
  compare(tmpdir(), runs);
  if (existsSync(MEMORY)) compare(MEMORY, runs);
}

/** Both programs in turn, with their trees below one folder, and the steps of ours. */
function compare(folder, runs) {
  const reference = join(ORACLE, 'bin/kolla-build');
  const scratch = mkdtempSync(join(folder, 'kollage-bench-'));
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C.UTF-8' };
  try {
    let count = 0;
    const theirs = (workDir) => measure(reference, [...ARGS, workDir], { env });
    const collection = join(ORACLE, 'share/kolla/docker');
    const program = (...args) =>
      measure(process.execPath, [join(ROOT, 'bin/kolla-build.js'), ...args], { env });
    const ours = (workDir) => program('--images-dir', collection, ...ARGS, workDir);
    const once = (program) => () => {
      const workDir = join(scratch, String(count++));
      const sample = program(workDir);
      rmSync(workDir, { recursive: true });
      return sample;
    };

    theirs(join(scratch, 'theirs'));
    ours(join(scratch, 'ours'));
    if (hashTree(join(scratch, 'theirs')) !== hashTree(join(scratch, 'ours'))) {
      throw new Error('the two programs render different trees: nothing to compare');
    }
    console.log(`  equal trees below ${folder}; each time is a whole process, debian x86_64`);
    const samples = interleave(
      {
        'kolla-build 22.0.0': once(theirs),
        kollage: once(ours),
        'node, doing nothing': () => measure(process.execPath, ['-e', '0'], { env }),
      },
      runs,
    );
    report(samples);
    console.log(
      `  reference / kollage: ${ratio(samples['kolla-build 22.0.0'], samples.kollage).toFixed(1)} times`,
    );
    const copied = join(scratch, 'copied');
    const steps = interleave(
      {
        node: () => measure(process.execPath, ['-e', '0'], { env }),
        loaded: () => program('--version'),
        compiled: () => ({ seconds: Number(execute('compile-once.js', collection)) }),
        listed: () => program('--images-dir', collection, '--base', 'debian', '--list-images'),
        whole: once(ours),
        copied: () => {
          const sample = measure('cp', ['-a', collection, copied], { env });
          rmSync(copied, { recursive: true });
          return sample;
        },
      },
      runs,
    );
    reportSteps(
      Object.fromEntries(
        Object.entries(steps).map(([name, samples]) => [name, median(samples.map(secondsOf))]),
      ),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
