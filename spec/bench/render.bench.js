import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { interleave, measure, ratio, report } from './measure.js';

const ROOT = resolve(import.meta.dirname, '../..');
const ORACLE = join(process.env.KOLLAGE_ORACLES ?? join(ROOT, '.oracles'), 'kolla-22.0.0');
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

/** Whole-process time of `--template-only` on all of kolla 22.0.0, the reference's and ours. */
export async function bench({ runs }) {
  const reference = join(ORACLE, 'bin/kolla-build');
  if (!existsSync(reference))
    throw new Error('kolla 22.0.0 is not installed; .ci/oracles does that');
  const scratch = mkdtempSync(join(tmpdir(), 'kollage-bench-'));
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C.UTF-8' };
  try {
    let count = 0;
    const theirs = (workDir) => measure(reference, [...ARGS, workDir], { env });
    const ours = (workDir) =>
      measure(
        process.execPath,
        [
          join(ROOT, 'bin/kolla-build.js'),
          '--images-dir',
          join(ORACLE, 'share/kolla/docker'),
          ...ARGS,
          workDir,
        ],
        { env },
      );
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
    console.log('  equal trees; each time is a whole process, debian x86_64');
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
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
