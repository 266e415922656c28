import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { oracle } from '../support/requirements.js';

/** A BuildKit daemon of a spec's own, as a builder of buildx. */
export interface Buildkitd {
  /** Its name as a builder. */
  readonly builder: string;
  /** What makes Docker's client find buildx and the builder. */
  readonly env: { readonly DOCKER_CONFIG: string };
  /** Forgets what it has built. */
  prune(): void;
  stop(): Promise<void>;
}

/** Starts `buildkitd` in `folder`; steps use this machine's network. */
export async function startBuildkitd(folder: string): Promise<Buildkitd> {
  const programs = oracle.buildkit()!;
  const builder = 'kollage-spec';
  const own = join(folder, 'buildkitd');
  const config = join(folder, 'docker-config');
  for (const made of [own, config]) mkdirSync(made, { recursive: true });
  symlinkSync(join(programs, 'cli-plugins'), join(config, 'cli-plugins'));
  const address = `unix://${join(own, 'socket')}`;
  const args = ['--root', join(own, 'root'), '--addr', address, '--oci-worker-net', 'host'];
  const child = spawn(join(programs, 'buildkitd'), [...args, '--config', '/dev/null'], {
    stdio: 'ignore',
  });
  const env = { DOCKER_CONFIG: config };
  const buildx = (...words: string[]): string =>
    execFileSync('docker', ['buildx', ...words], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  buildx('create', '--name', builder, '--driver', 'remote', address);
  for (let tries = 0; !/Status:\s+running/.test(buildx('inspect', builder)); tries++) {
    if (tries > 100) throw new Error('buildkitd does not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    builder,
    env,
    prune: () => void buildx('prune', '--all', '--force', '--builder', builder),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}
