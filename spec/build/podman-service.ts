import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Podman service with a store of its own. */
export interface PodmanService {
  /** `unix://...` */
  readonly url: string;
  readonly podman: (...args: string[]) => string;
  /** Ends it as the kernel ends a process without memory. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  stop(): void;
}

/** Starts `podman system service` on a socket in `folder`. Registries on loopback need no TLS. */
export async function startPodman(folder: string): Promise<PodmanService> {
  mkdirSync(folder, { recursive: true });
  const socket = join(folder, 'podman.sock');
  const config = join(folder, 'registries.conf');
  writeFileSync(config, '[[registry]]\nlocation = "127.0.0.1"\ninsecure = true\n');
  const global = [
    ...['--root', join(folder, 'root'), '--runroot', join(folder, 'run')],
    ...['--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--storage-driver', 'vfs'],
  ];
  const env = { ...process.env, CONTAINERS_REGISTRIES_CONF: config };
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    rmSync(socket, { force: true });
    child = spawn('podman', [...global, 'system', 'service', '--time', '0', `unix://${socket}`], {
      stdio: 'ignore',
      env,
    });
    for (let tries = 0; !existsSync(socket); tries++) {
      if (tries > 300) throw new Error('podman system service does not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await start();
  return {
    start,
    kill: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
    url: `unix://${socket}`,
    podman: (...args) =>
      execFileSync('podman', [...global, ...args], {
        encoding: 'utf8',
        env,
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    stop: () => {
      child.kill();
      try {
        // The store holds mounts and files of other users, which only Podman takes away.
        execFileSync('podman', [...global, 'system', 'reset', '--force'], { env, stdio: 'ignore' });
      } catch {
        // Nothing depends on it: the folder goes next.
      }
    },
  };
}
