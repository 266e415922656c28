import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BASE, writeCollection, writePlainCollection } from './build/collections.js';
import { measure, median, ratio, report } from './measure.js';

const ROOT = resolve(import.meta.dirname, '../..');
const ORACLE = join(process.env.KOLLAGE_ORACLES ?? join(ROOT, '.oracles'), 'kolla-22.0.0');
const NAMESPACE = 'kollage-bench';
const REFERENCE = 'kolla-build 22.0.0';

const docker = (...args) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

// Every image makes the daemon wait for its disk dozens of times.
function fileSystem(folder) {
  if (!existsSync(folder)) return 'another machine';
  return execFileSync('df', ['--output=fstype', folder], { encoding: 'utf8' })
    .trim()
    .split('\n')[1];
}

/** Whole-process time to build small images on the daemon of `DOCKER_HOST`, what of it is ours, and
 *  the memory that a large source takes. */
export async function bench({ runs, quick }) {
  const reference = join(ORACLE, 'bin/kolla-build');
  if (!existsSync(reference)) {
    throw new Error('kolla 22.0.0 is not installed; .ci/oracles does that');
  }
  docker('image', 'inspect', BASE);
  const [version, data] = docker('info', '--format', '{{.ServerVersion}} {{.DockerRootDir}}')
    .trim()
    .split(' ');
  console.log(`  a daemon of version ${version}, its data on ${fileSystem(data)}`);
  const scratch = mkdtempSync(join(tmpdir(), 'kollage-bench-'));
  const env = {
    PATH: process.env.PATH,
    HOME: scratch,
    LANG: 'C.UTF-8',
    ...(process.env.DOCKER_HOST ? { DOCKER_HOST: process.env.DOCKER_HOST } : {}),
  };
  const kollage = [
    join(ROOT, 'bin/kolla-build.js'),
    '--images-dir',
    join(ORACLE, 'share/kolla/docker'),
  ];
  const common = (folder, prefix) => [
    ...[
      '--base',
      'debian',
      '--docker-dir',
      folder,
      '--nopull',
      '--quiet',
      '--network_mode',
      'none',
    ],
    ...['--namespace', NAMESPACE, '--image-name-prefix', prefix, '--tag', 'bench'],
    ...['--summary-json-file', join(scratch, 'summary.json'), '^bench-'],
  ];
  const ours = (...args) => measure(process.execPath, [...kollage, ...args], { env });
  const theirs = (...args) => measure(reference, args, { env });
  const settings = { scratch, env, ours, theirs, common };
  try {
    benchRivals({ ...settings, quick, rounds: Math.max(1, Math.floor(runs / 9)) });
    benchOverhead({ ...settings, rounds: quick ? 3 : 5 });
    benchUnchanged({ ...settings, rounds: 3 });
    benchLargeSource({ ...settings, mebibytes: 2048 });
  } finally {
    rmSync(scratch, { recursive: true });
    const made = docker('images', '--format', '{{.Repository}}:{{.Tag}}')
      .split('\n')
      .filter((name) => name.startsWith(`${NAMESPACE}/`));
    if (made.length > 0) docker('rmi', '--force', ...made);
  }
}

/** From nothing, and again with nothing changed; a round of the reference takes most of a minute. */
function benchRivals({ scratch, ours, theirs, common, quick, rounds }) {
  const rivals = {
    [REFERENCE]: { run: theirs, prefix: 'ref-' },
    kollage: { run: ours, prefix: 'ours-' },
    'kollage --incremental': { run: ours, prefix: 'inc-', more: ['--incremental'] },
    ...(quick
      ? {}
      : { 'kollage --nobuildkit': { run: ours, prefix: 'classic-', more: ['--nobuildkit'] } }),
  };
  const first = {};
  const second = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, { run, prefix, more = [] }] of Object.entries(rivals)) {
      const folder = join(scratch, `${prefix}${round}`);
      writeCollection(folder, { middles: 6, leaves: 5, salt: `${prefix}${round} ${Date.now()}` });
      const args = [...common(folder, prefix), ...more];
      (first[name] ??= []).push(run(...args));
      // What takes no minute is measured more than once.
      for (let again = prefix === 'ours-' || prefix === 'inc-' ? 5 : 1; again > 0; again--) {
        (second[name] ??= []).push(run(...args));
      }
    }
  }
  console.log('  37 images, first build');
  report(first);
  console.log('  37 images, second build, nothing changed');
  report(second);
  for (const name of Object.keys(rivals).slice(1)) {
    const times = (samples) => ratio(samples[REFERENCE], samples[name]).toFixed(1);
    console.log(`  ${name}: ${times(first)} times, ${times(second)} times as fast`);
  }
}

/** Ours less what a client takes that does nothing but send the same contexts, in the same order. */
function benchOverhead({ scratch, env, ours, common, rounds }) {
  const folder = join(scratch, 'overhead');
  writeCollection(folder, { middles: 6, leaves: 5, salt: `overhead ${Date.now()}` });
  const workDir = join(scratch, 'overhead-work');
  ours(...common(folder, 'over-'), '--work-dir', workDir);
  const bare = [];
  const whole = [];
  for (let round = 0; round < rounds; round++) {
    whole.push(ours(...common(folder, 'over-')));
    const client = join(import.meta.dirname, 'build/bare-client.js');
    const seconds = execFileSync(process.execPath, [client, join(workDir, 'docker'), '8'], { env });
    bare.push(Number(seconds));
  }
  const wall = median(whole.map(({ seconds }) => seconds));
  const cpu = median(whole.map((sample) => sample.cpu));
  const ms = (seconds) => `${((seconds * 1000) / 37).toFixed(1)} ms`;
  console.log(
    `  overhead per image: ${ms(wall - median(bare))} ` +
      `(ours ${wall.toFixed(2)} s, a bare client ${median(bare).toFixed(2)} s), CPU ${ms(cpu)}`,
  );
}

/** What it takes to find out that there is nothing to do. */
function benchUnchanged({ scratch, ours, common, rounds }) {
  const folder = join(scratch, 'unchanged');
  writePlainCollection(folder, { middles: 199, leaves: 0, salt: `unchanged ${Date.now()}` });
  const args = [...common(folder, 'many-'), '--incremental'];
  ours(...args);
  console.log('  200 images, --incremental, nothing changed');
  report({ 'kollage --incremental': Array.from({ length: rounds }, () => ours(...args)) });
}

/** Memory while a large folder is archived and sent. The classic builder keeps no copy of it. */
function benchLargeSource({ scratch, ours, common, mebibytes }) {
  const source = join(scratch, 'large-source');
  mkdirSync(source);
  writeFileSync(join(source, 'zeros'), '');
  truncateSync(join(source, 'zeros'), mebibytes * 2 ** 20);
  const folder = join(scratch, 'large');
  mkdirSync(join(folder, 'bench-large'), { recursive: true });
  writeFileSync(join(folder, 'bench-large/Dockerfile.j2'), `FROM ${BASE}\nENV LARGE=1\n`);
  const config = join(scratch, 'large.conf');
  writeFileSync(config, `[bench-large]\ntype = local\nlocation = ${source}\n`);
  const args = ['--config-file', config, ...common(folder, 'large-'), '--nobuildkit'];
  console.log(`  a local source of ${mebibytes} MiB`);
  report({ kollage: [ours(...args)] });
}
