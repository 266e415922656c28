import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  describeDockerHost,
  findDockerHost,
  parseDockerHost,
} from '../../lib/adapters/docker-host.js';
import {
  dockerCredentials,
  registryOf,
  storedPasswords,
} from '../../lib/adapters/registry-credentials.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('findDockerHost', () => {
  it.each([
    ['unix:///run/x.sock', 'unix:///run/x.sock'],
    ['tcp://10.0.0.1:2375', 'tcp://10.0.0.1:2375'],
    ['10.0.0.1:4243', 'tcp://10.0.0.1:4243'],
    ['ssh://me@host:2222', 'ssh://me@host:2222'],
    ['ssh://host', 'ssh://host'],
  ])('reads DOCKER_HOST=%s', (given, expected) => {
    expect(describeDockerHost(findDockerHost({ DOCKER_HOST: given }))).toBe(expected);
  });

  it('takes the usual socket where nothing is said', () => {
    expect(findDockerHost({ DOCKER_CONFIG: join(folder, 'none') })).toEqual({
      kind: 'socket',
      path: '/var/run/docker.sock',
    });
  });

  it('reads certificates, and checks them only where asked', () => {
    const certs = join(folder, 'certs');
    mkdirSync(certs, { recursive: true });
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(certs, `${name}.pem`), name);
    const env = { DOCKER_HOST: 'tcp://host:2376', DOCKER_CERT_PATH: certs };
    expect(findDockerHost({ ...env, DOCKER_TLS_VERIFY: '1' })).toEqual({
      kind: 'tcp',
      host: 'host',
      port: 2376,
      tls: {
        verify: true,
        ca: Buffer.from('ca'),
        cert: Buffer.from('cert'),
        key: Buffer.from('key'),
      },
    });
    expect(findDockerHost(env)).toMatchObject({ tls: { verify: false } });
  });

  it("follows the context of Docker's client, and DOCKER_HOST before it", () => {
    const config = join(folder, 'context');
    const id = createHash('sha256').update('remote').digest('hex');
    mkdirSync(join(config, 'contexts/meta', id), { recursive: true });
    writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext: 'remote' }));
    const meta = { Name: 'remote', Endpoints: { docker: { Host: 'ssh://build@far' } } };
    writeFileSync(join(config, 'contexts/meta', id, 'meta.json'), JSON.stringify(meta));
    const env = { DOCKER_CONFIG: config };
    expect(describeDockerHost(findDockerHost(env))).toBe('ssh://build@far');
    expect(describeDockerHost(findDockerHost({ ...env, DOCKER_HOST: 'unix:///x' }))).toBe(
      'unix:///x',
    );
    expect(() => findDockerHost({ ...env, DOCKER_CONTEXT: 'other' })).toThrow(
      /"other" is not to be found/,
    );
  });

  it('refuses an address of no engine', () => {
    expect(() => parseDockerHost('ftp://x')).toThrow(/ftp:\/\/ is not an address/);
    expect(() => parseDockerHost('tcp://[')).toThrow(/not the address of a container engine/);
  });
});

describe('registryOf', () => {
  it.each([
    ['kolla/base:1', 'https://index.docker.io/v1/'],
    ['base', 'https://index.docker.io/v1/'],
    ['docker.io/kolla/base', 'https://index.docker.io/v1/'],
    ['quay.io/kolla/base:1', 'quay.io'],
    ['localhost/x', 'localhost'],
    ['127.0.0.1:5000/x:1', '127.0.0.1:5000'],
  ])('finds the registry of %s', (name, registry) => {
    expect(registryOf(name)).toBe(registry);
  });
});

describe('dockerCredentials', () => {
  const withConfig = (name: string, config: unknown): ReturnType<typeof dockerCredentials> => {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    writeFileSync(join(own, 'config.json'), text);
    return dockerCredentials({ DOCKER_CONFIG: own, PATH: '/nonexistent' });
  };
  const auth = Buffer.from('me:pass:word').toString('base64');

  it('splits the login at its first colon, and finds it under old spellings of the registry', async () => {
    const credentials = withConfig('plain', { auths: { 'https://quay.io/v1/': { auth } } });
    expect(await credentials.forImage('quay.io/x/y:1')).toEqual({
      username: 'me',
      password: 'pass:word',
      serveraddress: 'quay.io',
    });
    expect(await credentials.forImage('other.io/x/y:1')).toBeUndefined();
    expect(Object.keys(await credentials.all())).toEqual(['https://quay.io/v1/']);
    expect(await credentials.any()).toBe(true);
  });

  it('never quotes a file that is not JSON, which holds passwords', async () => {
    const asking = withConfig('broken', '{"auths": s3cret').forImage('quay.io/x');
    await expect(asking).rejects.toThrow(/config\.json is not JSON$/);
  });

  it('names a helper that is not there', async () => {
    const asking = withConfig('helper', { credsStore: 'vault' }).forImage('quay.io/x');
    await expect(asking).rejects.toThrow(/docker-credential-vault does not start/);
  });

  it.each([
    null,
    {},
    { auths: null, credHelpers: null, credsStore: null },
    { auths: { 'quay.io': null, 'a.io': {}, 'b.io': { auth: '' } } },
  ])('has nothing where the file has nothing: %j', async (config) => {
    const credentials = withConfig('nothing', config);
    expect(await credentials.forImage('quay.io/x')).toBeUndefined();
    expect(await credentials.forImage('other.io/x')).toBeUndefined();
    expect(await credentials.all()).toEqual({});
    expect(await storedPasswords({ DOCKER_CONFIG: join(folder, 'nothing') })).toEqual([]);
  });

  it.each([[[]], ['"text"'], ['5'], [{ auths: [1] }], [{ auths: { 'quay.io': 5 } }]])(
    'says that a file is none of credentials: %j',
    async (config) => {
      const asking = withConfig('other', config).forImage('quay.io/x');
      await expect(asking).rejects.toMatchObject({ name: 'CredentialsError' });
      await expect(asking).rejects.toThrow(/config\.json/);
      expect(await storedPasswords({ DOCKER_CONFIG: join(folder, 'other') })).toEqual([]);
    },
  );

  it('lets the helper of one registry fail where it is about all of them', async () => {
    const credentials = withConfig('some', {
      auths: { 'quay.io': { auth } },
      credHelpers: { 'gone.io': 'nosuch' },
    });
    expect(Object.keys(await credentials.all())).toEqual(['quay.io']);
    await expect(credentials.forImage('gone.io/x')).rejects.toThrow(/nosuch does not start/);
  });

  it.each(['null', '5', '{"Username":5,"Secret":{}}', ''])(
    'says that a helper answers what it should not: %s',
    async (answer) => {
      const bin = join(folder, 'bin');
      mkdirSync(bin, { recursive: true });
      const program = join(bin, 'docker-credential-odd');
      writeFileSync(program, `#!/bin/sh\nprintf '%s' '${answer}'\n`, { mode: 0o755 });
      withConfig('odd', { credsStore: 'odd' });
      const env = { DOCKER_CONFIG: join(folder, 'odd'), PATH: `${bin}:/usr/bin:/bin` };
      await expect(dockerCredentials(env).forImage('quay.io/x')).rejects.toMatchObject({
        name: 'CredentialsError',
        message: expect.stringContaining('docker-credential-odd') as string,
      });
    },
  );

  it('has nothing where there is no file', async () => {
    const credentials = dockerCredentials({ DOCKER_CONFIG: join(folder, 'nowhere') });
    expect(await credentials.forImage('quay.io/x')).toBeUndefined();
    expect(await credentials.all()).toEqual({});
    expect(await credentials.any()).toBe(false);
  });
});
