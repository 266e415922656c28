import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A Docker daemon of a spec's own, which may be killed. */
export class Dockerd {
  /** `unix://...` */
  readonly url: string;
  readonly #folder: string;
  readonly #program: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  /** `more` are further arguments, such as another address to listen at. */
  constructor(folder: string, more: readonly string[] = [], program = 'dockerd') {
    this.#folder = folder;
    this.#program = program;
    this.url = `unix://${join(folder, 'docker.sock')}`;
    this.#args = [
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', join(folder, 'pid'), '--host', this.url, ...more],
      // Nothing of this machine's network is touched.
      ...['--bridge', 'none', '--iptables=false'],
    ];
  }

  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    for (const left of ['pid', 'exec/containerd/containerd.pid']) {
      rmSync(join(this.#folder, left), { force: true });
    }
    const log = openSync(join(this.#folder, 'log'), 'a');
    this.#child = spawn(this.#program, this.#args, { stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    for (let tries = 0; !this.#answers(); tries++) {
      if (tries > 300 || this.#child.exitCode !== null) {
        const said = readFileSync(join(this.#folder, 'log'), 'utf8').slice(-3000);
        throw new Error(`dockerd does not start:\n${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #answers(): boolean {
    return spawnSync('docker', ['--host', this.url, 'version']).status === 0;
  }

  /** Docker's client on this daemon. */
  docker(...args: string[]): string {
    return execFileSync('docker', ['--host', this.url, ...args], { encoding: 'utf8' });
  }

  /** Ends it as the kernel ends a process without memory. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    // What a daemon that was killed leaves mounted, so that its folder can be removed.
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    for (const place of mounts.map((line) => line.split(' ')[1] ?? '').reverse()) {
      if (place.startsWith(this.#folder)) spawnSync('umount', ['--lazy', place]);
    }
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  }
}
