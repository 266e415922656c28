import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { measure, ratio, report } from './measure.js';

const ROOT = resolve(import.meta.dirname, '../..');
const ORACLE = join(process.env.KOLLAGE_ORACLES ?? join(ROOT, '.oracles'), 'kolla-22.0.0');
const BASE = 'debian:bookworm';
const NAMESPACE = 'kollage-bench';

const docker = (...args) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** 37 small images in three levels. `salt` is in every one, so that no cache knows them. */
function writeCollection(folder, salt) {
  const image = (name, from, body) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'Dockerfile.j2'), `FROM ${from}\n${body}\n`);
    writeFileSync(join(folder, name, 'own.txt'), `${name} ${salt}\n`);
  };
  const named = (name) => `{{ namespace }}/{{ image_prefix }}${name}:{{ tag }}`;
  image('bench-base', BASE, 'COPY own.txt /base.txt\nRUN echo base > /made\nENV LEVEL=1');
  for (let at = 0; at < 6; at++) {
    image(`bench-middle${at}`, named('bench-base'), `COPY own.txt /m\nRUN echo ${at} > /made${at}`);
    for (let below = 0; below < 5; below++) {
      const body = `COPY own.txt /leaf\nRUN echo ${below} > /made-leaf\nCMD ["run"]`;
      image(`bench-leaf${at}x${below}`, named(`bench-middle${at}`), body);
    }
  }
}

/** Whole-process time to build 37 small images on the daemon of `DOCKER_HOST`: from nothing, and
 *  again with nothing changed. */
export async function bench({ runs }) {
  const reference = join(ORACLE, 'bin/kolla-build');
  if (!existsSync(reference)) {
    throw new Error('kolla 22.0.0 is not installed; .ci/oracles does that');
  }
  docker('image', 'inspect', BASE);
  const scratch = mkdtempSync(join(tmpdir(), 'kollage-bench-'));
  const env = {
    PATH: process.env.PATH,
    HOME: scratch,
    LANG: 'C.UTF-8',
    ...(process.env.DOCKER_HOST ? { DOCKER_HOST: process.env.DOCKER_HOST } : {}),
  };
  const ours = [
    process.execPath,
    [join(ROOT, 'bin/kolla-build.js'), '--images-dir', join(ORACLE, 'share/kolla/docker')],
  ];
  const rivals = {
    'kolla-build 22.0.0': { command: [reference, []], prefix: 'ref-' },
    kollage: { command: ours, prefix: 'ours-' },
    'kollage --nobuildkit': { command: ours, prefix: 'classic-', more: ['--nobuildkit'] },
    'kollage --incremental': { command: ours, prefix: 'inc-', more: ['--incremental'] },
  };
  const first = {};
  const second = {};
  try {
    // Minutes per round: fewer rounds than where a run takes milliseconds.
    for (let round = 0; round < Math.max(1, Math.ceil(runs / 4)); round++) {
      for (const [name, { command, prefix, more = [] }] of Object.entries(rivals)) {
        const folder = join(scratch, `${prefix}${round}`);
        writeCollection(folder, `${prefix}${round} ${Date.now()}`);
        const [program, args] = command;
        const json = join(scratch, `${prefix}${round}.json`);
        const all = [
          ...[...args, '--base', 'debian', '--docker-dir', folder, '--nopull', '--quiet'],
          ...['--network_mode', 'none', '--namespace', NAMESPACE, '--image-name-prefix', prefix],
          ...['--tag', 'bench', '--summary-json-file', json, ...more, '^bench-'],
        ];
        (first[name] ??= []).push(measure(program, all, { env }));
        (second[name] ??= []).push(measure(program, all, { env }));
      }
    }
    console.log('  37 images, first build');
    report(first);
    console.log('  37 images, second build, nothing changed');
    report(second);
    for (const name of Object.keys(rivals).slice(1)) {
      const theirs = 'kolla-build 22.0.0';
      const times = (samples) => ratio(samples[theirs], samples[name]).toFixed(1);
      console.log(`  ${name}: ${times(first)} times, ${times(second)} times as fast`);
    }
  } finally {
    rmSync(scratch, { recursive: true });
    const made = docker('images', '--format', '{{.Repository}}:{{.Tag}}')
      .split('\n')
      .filter((name) => name.startsWith(`${NAMESPACE}/`));
    if (made.length > 0) docker('rmi', '--force', ...made);
  }
}
