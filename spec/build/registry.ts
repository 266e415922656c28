import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A registry on loopback. */
export interface Registry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  stop(): void;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Starts Debian's docker-registry; with `login` (`user:password`) it lets nobody else in. */
export async function startRegistry(folder: string, login?: string): Promise<Registry> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const own = join(folder, `registry-${port}`);
  mkdirSync(own, { recursive: true });
  const auth: string[] = [];
  if (login !== undefined) {
    const [user = '', password = ''] = login.split(':');
    const file = join(own, 'htpasswd');
    writeFileSync(file, execFileSync('htpasswd', ['-Bbn', user, password]));
    auth.push('auth:', '  htpasswd:', '    realm: spec', `    path: ${file}`);
  }
  const config = [
    ...['version: 0.1', 'log:', '  level: error', 'storage:', '  filesystem:'],
    `    rootdirectory: ${join(own, 'data')}`,
    ...['http:', `  addr: ${host}`, ...auth, ''],
  ];
  writeFileSync(join(own, 'config.yml'), config.join('\n'));
  const child = spawn('docker-registry', ['serve', join(own, 'config.yml')], { stdio: 'ignore' });
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer) return { host, stop: () => child.kill() };
    if (tries > 100) throw new Error('docker-registry does not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
