import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Environment } from './docker-host.js';

/** What a registry asks for, in the form that container engines take. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
  readonly identitytoken?: string;
}

/** The credentials that Docker's client has stored. */
export interface RegistryCredentials {
  /** For the registry of an image's full name; `undefined` if none are stored. */
  forImage(name: string): Promise<Credentials | undefined>;
  /** All that the config file itself holds or names, by registry, for pulling base images. */
  all(): Promise<Record<string, Credentials>>;
  /** Whether there may be some for any registry. Starts no helper. */
  any(): Promise<boolean>;
}

/** Stored credentials that cannot be read. The message names the file or helper, never a secret. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** Docker's own name for Docker Hub in its config file. */
export const DOCKER_HUB = 'https://index.docker.io/v1/';

interface DockerConfig {
  readonly auths: Readonly<Record<string, StoredAuth>>;
  readonly credsStore: string;
  readonly credHelpers: Readonly<Record<string, string>>;
}

const NOTHING: DockerConfig = { auths: {}, credsStore: '', credHelpers: {} };

interface StoredAuth {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** The registry part of an image's name; Docker Hub's if it has none. */
export function registryOf(name: string): string {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost';
  return isHost && first !== 'docker.io' && first !== 'index.docker.io' ? first : DOCKER_HUB;
}

const hostOf = (address: string): string =>
  address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');

function decode(registry: string, stored: StoredAuth): Credentials | undefined {
  let { username = '', password = '' } = stored;
  if (stored.auth) {
    const text = Buffer.from(stored.auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) {
      throw new CredentialsError(`The stored credentials of ${registry} have no user name`);
    }
    username = text.slice(0, colon);
    password = text.slice(colon + 1).replace(/\0+$/, '');
  }
  const { identitytoken } = stored;
  if (username === '' && !identitytoken) return undefined;
  return {
    username,
    password,
    serveraddress: registry,
    ...(identitytoken ? { identitytoken } : {}),
  };
}

/** Asks `docker-credential-<helper>`, Docker's protocol for programs that keep passwords. */
function askHelper(
  helper: string,
  command: 'get' | 'list',
  input: string,
  env: Environment,
): Promise<string | undefined> {
  const program = `docker-credential-${helper}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [command], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...env },
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', (error) => {
      reject(
        new CredentialsError(`The credential helper ${program} does not start: ${error.message}`),
      );
    });
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      // Helpers say so on stdout, with a failing exit code.
      else if (/credentials not found/i.test(output)) resolve(undefined);
      else reject(new CredentialsError(`The credential helper ${program} failed (exit ${code})`));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

async function fromHelper(
  helper: string,
  registry: string,
  env: Environment,
): Promise<Credentials | undefined> {
  const answer = await askHelper(helper, 'get', `${registry}\n`, env);
  if (answer === undefined) return undefined;
  let found: { Username?: unknown; Secret?: unknown } | null;
  try {
    found = JSON.parse(answer) as typeof found;
  } catch {
    throw new CredentialsError(`The credential helper docker-credential-${helper} printed no JSON`);
  }
  const { Username = '', Secret = '' } = found ?? {};
  const isLogin = typeof found === 'object' && found !== null;
  if (!isLogin || typeof Username !== 'string' || typeof Secret !== 'string') {
    throw new CredentialsError(`The credential helper docker-credential-${helper} named no login`);
  }
  // Docker's convention: this user name says that the secret is an identity token.
  return Username === '<token>'
    ? { username: '', password: '', serveraddress: registry, identitytoken: Secret }
    : { username: Username, password: Secret, serveraddress: registry };
}

async function readConfig(path: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING;
    throw new CredentialsError(`Cannot read ${path}: ${(error as Error).message}`);
  }
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which holds passwords.
    throw new CredentialsError(`${path} is not JSON`);
  }
  const { auths, credHelpers, credsStore } = recordOf(config, path);
  const logins = Object.entries(recordOf(auths, path));
  return {
    auths: Object.fromEntries(logins.map(([name, login]) => [name, recordOf(login, path)])),
    credHelpers: recordOf(credHelpers, path) as Record<string, string>,
    credsStore: typeof credsStore === 'string' ? credsStore : '',
  };
}

/** What is to be an object; like Docker's client, nothing where it is null. */
function recordOf(value: unknown, path: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new CredentialsError(`${path} is not what Docker's client stores credentials in`);
}

const configFile = (env: Environment): string =>
  join(env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker'), 'config.json');

/** The passwords that Docker's config file itself holds, and the forms that they are sent in: what no
 *  text may show, whoever it comes from. Empty where the file is missing or broken. */
export async function storedPasswords(env: Environment): Promise<string[]> {
  const { auths } = await readConfig(configFile(env)).catch(() => NOTHING);
  return Object.entries(auths).flatMap(([registry, stored]) => {
    try {
      const { password = '', identitytoken = '' } = decode(registry, stored) ?? {};
      return [password, identitytoken, stored.auth ?? ''].filter((text) => text !== '');
    } catch {
      return [];
    }
  });
}

/**
 * Credentials as Docker's client stores them: `config.json` in `DOCKER_CONFIG` or `~/.docker`, the
 * helper of a registry (`credHelpers`), the helper of all (`credsStore`). Read once, when first
 * needed. Rejections are `CredentialsError`s.
 */
export function dockerCredentials(env: Environment): RegistryCredentials {
  let loaded: Promise<DockerConfig> | undefined;
  const config = (): Promise<DockerConfig> => (loaded ??= readConfig(configFile(env)));

  async function find(registry: string): Promise<Credentials | undefined> {
    const { auths, credHelpers, credsStore } = await config();
    const host = hostOf(registry);
    const own = credHelpers[registry] ?? credHelpers[host];
    if (own) return fromHelper(own, registry, env);
    if (credsStore) {
      const found = await fromHelper(credsStore, registry, env);
      if (found) return found;
    }
    const stored =
      auths[registry] ?? Object.entries(auths).find(([key]) => hostOf(key) === host)?.[1];
    return stored ? decode(registry, stored) : undefined;
  }

  return {
    forImage: (name) => find(registryOf(name)),
    async any() {
      const { auths, credHelpers, credsStore } = await config();
      return Boolean(credsStore) || Object.keys({ ...auths, ...credHelpers }).length > 0;
    },
    async all() {
      const { auths, credHelpers } = await config();
      const registries = new Set([...Object.keys(auths), ...Object.keys(credHelpers)]);
      const found = await Promise.all(
        [...registries].map(async (registry) => {
          // Whether it is this one that a build needs, the engine finds out.
          const login = await find(registry).catch(() => undefined);
          return [registry, login] as const;
        }),
      );
      return Object.fromEntries(found.flatMap(([key, value]) => (value ? [[key, value]] : [])));
    },
  };
}
