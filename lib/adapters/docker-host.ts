import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { redactAddresses } from './redact.js';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where an engine listens. */
export type DockerHost =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls?: {
        readonly ca?: Buffer;
        readonly cert?: Buffer;
        readonly key?: Buffer;
        readonly verify: boolean;
      };
    }
  | { readonly kind: 'ssh'; readonly target: string; readonly port?: number };

/** A `DOCKER_HOST` or a context that cannot be followed. */
export class DockerHostError extends Error {
  override readonly name = 'DockerHostError';
}

const configDir = (env: Environment): string =>
  env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');

function readJson(path: string): Record<string, unknown> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new DockerHostError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function certificates(
  folder: string,
  verify: boolean,
  required = false,
): NonNullable<Extract<DockerHost, { kind: 'tcp' }>['tls']> {
  const read = (name: string): Buffer | undefined =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : undefined;
  if (required && !existsSync(join(folder, 'ca.pem'))) {
    throw new DockerHostError(
      `${join(folder, 'ca.pem')} is missing; DOCKER_TLS_VERIFY needs it to know the daemon by, ` +
        'and DOCKER_CERT_PATH names its folder',
    );
  }
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return { verify, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** Reads an address as Docker writes it: `unix:///path`, `tcp://host:port`, `ssh://user@host`. */
export function parseDockerHost(
  text: string,
  tls?: Extract<DockerHost, { kind: 'tcp' }>['tls'],
): DockerHost {
  if (/^(unix|http\+unix):\/\//.test(text)) {
    const path = text.replace(/^[a-z+]+:\/\//, '');
    return { kind: 'socket', path: path || '/var/run/docker.sock' };
  }
  if (text.startsWith('/')) return { kind: 'socket', path: text };
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//.test(text) ? text : `tcp://${text}`);
  } catch {
    const shown = redactAddresses(text);
    throw new DockerHostError(`"${shown}" is not the address of a container engine`);
  }
  if (url.protocol === 'ssh:') {
    const target = url.username ? `${url.username}@${url.hostname}` : url.hostname;
    return { kind: 'ssh', target, ...(url.port ? { port: Number(url.port) } : {}) };
  }
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    throw new DockerHostError(
      `${url.protocol}// is not an address of a container engine; unix://, tcp:// and ssh:// are`,
    );
  }
  const secure = tls ?? (url.protocol === 'https:' ? { verify: true } : undefined);
  const port = url.port ? Number(url.port) : secure ? 2376 : 2375;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { kind: 'tcp', host, port, ...(secure ? { tls: secure } : {}) };
}

/**
 * Finds the daemon where Docker's own client does: `DOCKER_HOST` (with `DOCKER_TLS_VERIFY` and
 * `DOCKER_CERT_PATH`), else the context named by `DOCKER_CONTEXT` or the client's config file, else
 * the usual socket. Throws `DockerHostError`.
 */
export function findDockerHost(env: Environment): DockerHost {
  const folder = configDir(env);
  if (env['DOCKER_HOST']) {
    const wantsTls = Boolean(
      env['DOCKER_TLS_VERIFY'] || env['DOCKER_TLS'] || env['DOCKER_CERT_PATH'],
    );
    const verify = Boolean(env['DOCKER_TLS_VERIFY']);
    const isTcp = !/^(unix|ssh|http\+unix):|^\//.test(env['DOCKER_HOST']);
    const tls = wantsTls
      ? certificates(env['DOCKER_CERT_PATH'] || folder, verify, verify && isTcp)
      : undefined;
    return parseDockerHost(env['DOCKER_HOST'], tls);
  }
  const named = env['DOCKER_CONTEXT'] || readJson(join(folder, 'config.json'))?.['currentContext'];
  if (typeof named !== 'string' || named === '' || named === 'default') {
    return { kind: 'socket', path: '/var/run/docker.sock' };
  }
  const id = createHash('sha256').update(named).digest('hex');
  const meta = readJson(join(folder, 'contexts/meta', id, 'meta.json'));
  const endpoint = (meta?.['Endpoints'] as Record<string, Record<string, unknown>> | undefined)?.[
    'docker'
  ];
  if (typeof endpoint?.['Host'] !== 'string') {
    throw new DockerHostError(`Docker context "${named}" is not to be found in ${folder}/contexts`);
  }
  const tlsFolder = join(folder, 'contexts/tls', id, 'docker');
  const tls = existsSync(tlsFolder)
    ? certificates(tlsFolder, endpoint['SkipTLSVerify'] !== true)
    : undefined;
  return parseDockerHost(endpoint['Host'], tls);
}

/** The address as a person would write it. */
export function describeDockerHost(host: DockerHost): string {
  if (host.kind === 'socket') return `unix://${host.path}`;
  if (host.kind === 'ssh') return `ssh://${host.target}${host.port ? `:${host.port}` : ''}`;
  return `tcp://${host.host}:${host.port}`;
}
