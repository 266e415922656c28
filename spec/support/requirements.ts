import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Root of the repository, whatever folder the runner was started in. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** Folder of the reference programs; `.ci/oracles` fills it. */
export const ORACLES = resolve(process.env['KOLLAGE_ORACLES'] ?? join(ROOT, '.oracles'));

const existing = (...paths: string[]): string | undefined => paths.find((path) => existsSync(path));

/** The real programs whose answers are the expected ones. `undefined`: not installed here. */
export const oracle = {
  /** Path of a Python interpreter that imports Jinja2 3.1.6. */
  python(): string | undefined {
    return existing(join(ORACLES, 'jinja2/bin/python'), join(ORACLES, 'kolla-22.0.0/bin/python'));
  },

  /** Path of the `kolla-build` of one kolla release, for example of `22.0.0`. */
  kolla(version: string): string | undefined {
    return existing(join(ORACLES, `kolla-${version}/bin/kolla-build`));
  },

  /** A Docker daemon that can keep its images in containerd. */
  youngDockerd(): string | undefined {
    return (
      existing(join(ORACLES, 'docker-trixie/.complete')) &&
      join(ORACLES, 'docker-trixie/usr/sbin/dockerd')
    );
  },

  /** Folder with `buildkitd`, and buildx in `cli-plugins`. */
  buildkit(): string | undefined {
    return existing(join(ORACLES, 'buildkit/.complete')) && join(ORACLES, 'buildkit');
  },
};

const memo = new Map<string, boolean>();
function once(key: string, probe: () => boolean): boolean {
  const known = memo.get(key);
  if (known !== undefined) return known;
  const found = probe();
  memo.set(key, found);
  return found;
}

const succeeds = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** Probes of the machine, each run once per spec file. */
export const available = {
  /** A Docker daemon answers where `DOCKER_HOST` (or Docker's own default) points. */
  docker: (): boolean => once('docker', () => succeeds('docker', ['version'])),

  /** The daemon holds an image, so a build from it needs no registry. */
  image: (name: string): boolean =>
    once(`image ${name}`, () => succeeds('docker', ['image', 'inspect', name])),

  /** A program is on the PATH. */
  command: (name: string): boolean =>
    once(`command ${name}`, () => succeeds('sh', ['-c', 'command -v "$0"', name])),
};

/** What specs may need beyond Node. */
export type RequirementName =
  | 'jinja2'
  | 'kolla'
  | 'docker'
  | 'podman'
  | 'buildah'
  | 'registry'
  | 'git'
  | 'graphviz'
  | 'npm'
  | 'tmpfs'
  | 'dockerd'
  | 'buildkit'
  | 'young dockerd';

const demanded = (name: string): boolean => {
  const names = (process.env['KOLLAGE_REQUIRE'] ?? '').split(',').map((part) => part.trim());
  return names.includes('all') || names.includes(name);
};

/** Tells whether the specs that need `name` run, for `describe.runIf(requirement(...))`.
 *  Says loudly what is skipped; throws when `KOLLAGE_REQUIRE` (`all`, or a comma-separated list)
 *  forbids the skip. */
export function requirement(name: RequirementName, isAvailable: boolean): boolean {
  if (isAvailable) return true;
  if (demanded(name)) {
    throw new Error(`${name} is required (KOLLAGE_REQUIRE) and not available on this machine`);
  }
  process.stderr.write(`SKIPPED: specs that need ${name}, which is not available here\n`);
  return false;
}
