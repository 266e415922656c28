import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerEngine } from '../../lib/adapters/docker-engine.js';
import { findDockerHost } from '../../lib/adapters/docker-host.js';
import { type BuildRequest } from '../../lib/adapters/engine.js';
import { dockerCredentials } from '../../lib/adapters/registry-credentials.js';
import { docker, importShell } from '../build/collection.js';
import { startRegistry, type Registry } from '../build/registry.js';
import { available, requirement } from '../support/requirements.js';

const LOGIN = 'builder:s3cret';
const runs =
  requirement('docker', available.docker()) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd'));

describe.runIf(runs)('DockerEngine', () => {
  const base = 'kollage-spec/engine-shell:1';
  let work = '';
  let open: Registry;
  let closed: Registry;
  let broken: Server;
  let brokenStatus = 500;
  const made = new Set<string>([base]);

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    importShell(base);
    open = await startRegistry(work);
    closed = await startRegistry(work, LOGIN);
    broken = createServer((_, response) => response.writeHead(brokenStatus).end('{"errors":[]}'));
    await new Promise<void>((done) => broken.listen(0, '127.0.0.1', done));
  }, 300_000);

  afterAll(() => {
    open.stop();
    closed.stop();
    broken.close();
    for (const name of made) docker('rmi', '--force', name);
    rmSync(work, { recursive: true, force: true });
  });

  const engine = (
    builder: 'classic' | 'buildkit',
    env: Record<string, string> = { DOCKER_CONFIG: join(work, 'none') },
  ): DockerEngine =>
    new DockerEngine({
      host: findDockerHost(process.env),
      builder,
      credentials: dockerCredentials(env),
    });

  const context = (name: string, dockerfile: string): string => {
    const folder = join(work, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
    return folder;
  };

  const request = (name: string, contextDir: string, more: Partial<BuildRequest> = {}) => {
    made.add(name);
    return {
      name,
      alsoNamed: [],
      contextDir,
      pull: false,
      cache: true,
      keep: false,
      networkMode: 'none',
      platform: null,
      buildArgs: new Map<string, string>(),
      labels: new Map<string, string>(),
      cacheFrom: [],
      inlineCache: false,
      secrets: new Map<string, Buffer>(),
      ...more,
    };
  };

  describe.each(['classic', 'buildkit'] as const)('building with %s', (builder) => {
    it('hands out log lines as steps and what they print', async () => {
      const folder = context('lines', `FROM ${base}\nARG A\nRUN echo one; echo two >&2; echo $A\n`);
      const lines: string[] = [];
      const id = await engine(builder).build(
        request(`kollage-spec/lines:${builder}`, folder, {
          cache: false,
          buildArgs: new Map([['A', 'grün']]),
          alsoNamed: [`kollage-spec/lines:${builder}-2`],
        }),
        (line) => lines.push(line),
      );
      made.add(`kollage-spec/lines:${builder}-2`);
      expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
      const plain = lines.map((line) => line.replace(/\x1b\[\d+m/g, '').trim());
      expect(plain).toEqual(expect.arrayContaining(['one', 'two', 'grün']));
      expect(plain.filter((line) => line.startsWith('Step')).at(-1)).toMatch(
        /^Step \d\/\d : RUN echo one; echo two >&2; echo (\$A|grün)$/,
      );
      expect(plain).toContain(`Successfully built ${id.slice(7, 19)}`);
      expect(plain).toContain(`Successfully tagged kollage-spec/lines:${builder}`);
      for (const name of [builder, `${builder}-2`]) {
        expect((await engine(builder).inspect(`kollage-spec/lines:${name}`))?.id).toBe(id);
      }
    });

    it('leaves out what .dockerignore excludes', async () => {
      const folder = context(
        'ignore',
        `FROM ${base}\nCOPY . /c\nRUN cat /c/kept && ! cat /c/gone\n`,
      );
      writeFileSync(join(folder, '.dockerignore'), '*\n!kept\n');
      writeFileSync(join(folder, 'kept'), 'kept');
      writeFileSync(join(folder, 'gone'), 'gone');
      await engine(builder).build(request('kollage-spec/ignore:1', folder), () => undefined);
    });

    it('builds in a network of the daemon', async () => {
      const network = `kollage-spec-${builder}`;
      docker('network', 'create', '--internal', '--driver', 'bridge', network);
      try {
        const folder = context('network', `FROM ${base}\nRUN cat /proc/net/dev\n`);
        const lines: string[] = [];
        const inside = request('kollage-spec/network:1', folder, {
          networkMode: network,
          cache: false,
        });
        await engine(builder).build(inside, (line) => lines.push(line));
        expect(lines.join('\n')).toContain('eth0:');
      } finally {
        docker('network', 'rm', network);
      }
    });

    it.each([
      ['all', '*\n!kept\n', '/c/kept'],
      ['both', 'Dockerfile\n.dockerignore\ngone\n', '/c/kept'],
      ['the Dockerfile', 'Dockerfile\ngone\n', '/c/.dockerignore /c/kept'],
      ['neither', 'gone\n', '/c/.dockerignore /c/Dockerfile /c/kept'],
    ])('shows COPY what .dockerignore leaves, which hides %s', async (_, ignored, seen) => {
      const see = 'RUN echo SEEN $(for f in /c/.dockerignore /c/*; do [ -e $f ] && echo $f; done)';
      const folder = context('hidden', `FROM ${base}\nCOPY . /c\n${see}\n`);
      writeFileSync(join(folder, '.dockerignore'), ignored);
      writeFileSync(join(folder, 'kept'), 'kept');
      writeFileSync(join(folder, 'gone'), 'gone');
      const lines: string[] = [];
      const uncached = request('kollage-spec/hidden:1', folder, { cache: false });
      await engine(builder).build(uncached, (line) => lines.push(line));
      expect(lines.find((line) => line.startsWith('SEEN'))).toBe(`SEEN ${seen}`);
    });

    it.each([
      ['a step', 'RUN exit 7', 'build', /exit(ed with| code:|.*code: 7)|non-zero code: 7/],
      ['a missing file', 'COPY nosuch /', 'build', /nosuch/],
      ['a missing base image', 'FROM kollage-spec/nosuch:1', 'build', /nosuch|registry-1/],
      ['a bad instruction', 'RUNN x', undefined, /unknown instruction: RUNN/i],
    ])('fails for %s', async (_, instruction, failure, message) => {
      const text = instruction.startsWith('FROM') ? instruction : `FROM ${base}\n${instruction}`;
      const folder = context('failing', `${text}\n`);
      const building = engine(builder).build(
        request('kollage-spec/failing:1', folder),
        () => undefined,
      );
      made.delete('kollage-spec/failing:1');
      await expect(building).rejects.toMatchObject({
        name: 'EngineError',
        message: expect.stringMatching(message) as string,
        ...(failure ? { failure } : {}),
      });
    });

    it('is stopped by a signal, on the daemon too', async () => {
      const folder = context('stopped', `FROM ${base}\nRUN echo begins && sleep 300\n`);
      const controller = new AbortController();
      const building = engine(builder).build(
        request('kollage-spec/stopped:1', folder, { signal: controller.signal, cache: false }),
        (line) => {
          if (line.trim() === 'begins') controller.abort();
        },
      );
      made.delete('kollage-spec/stopped:1');
      await expect(building).rejects.toMatchObject({ failure: 'cancelled' });
    });

    it('names a file of the context that it can not read', async () => {
      const folder = context('unreadable', `FROM ${base}\n`);
      writeFileSync(join(folder, 'closed'), 'x');
      chmodSync(join(folder, 'closed'), 0);
      const building = engine(builder).build(
        request('kollage-spec/unreadable:1', folder),
        () => undefined,
      );
      if (process.getuid?.() === 0) await building;
      else await expect(building).rejects.toThrow(/Can not read file .*closed/);
    });
  });

  describe('a session with BuildKit', () => {
    it('hands secrets to the steps that mount them, and leaves no trace of them', async () => {
      const folder = context(
        'secret',
        `FROM ${base}\nRUN --mount=type=secret,id=token cat /run/secrets/token\n`,
      );
      const lines: string[] = [];
      const secrets = new Map([['token', Buffer.from('pl4nted')]]);
      const build = request('kollage-spec/secret:1', folder, { secrets, cache: false });
      await engine('buildkit').build(build, (line) => lines.push(line));
      expect(lines).toContain('pl4nted');
      const inspected = docker('image', 'inspect', 'kollage-spec/secret:1');
      expect(inspected + docker('history', '--no-trunc', 'kollage-spec/secret:1')).not.toContain(
        'pl4nted',
      );
    });

    it('fails for a secret that nobody gave', async () => {
      const dockerfile = `FROM ${base}\nRUN --mount=type=secret,id=other,required cat /run/secrets/other\n`;
      const folder = context('no-secret', dockerfile);
      const secrets = new Map([['token', Buffer.from('x')]]);
      const build = request('kollage-spec/no-secret:1', folder, { secrets });
      made.delete('kollage-spec/no-secret:1');
      await expect(engine('buildkit').build(build, () => undefined)).rejects.toThrow(
        /secret.*other/,
      );
    });

    it.each(['classic', 'buildkit'] as const)(
      'fetches a base image with the credentials that are stored (%s)',
      async (builder) => {
        const name = `${closed.host}/kollage-spec/private-${builder}:1`;
        const folder = join(work, `login-${builder}`);
        mkdirSync(folder, { recursive: true });
        const auths = { [closed.host]: { auth: Buffer.from(LOGIN).toString('base64') } };
        writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
        const loggedIn = engine(builder, { DOCKER_CONFIG: folder });
        docker('tag', base, name);
        await loggedIn.push(name);
        docker('rmi', name);
        const files = context(`private-${builder}`, `FROM ${name}\nENV A=${builder}\n`);
        const build = request(`kollage-spec/from-private:${builder}`, files, { pull: true });
        await expect(engine(builder).build(build, () => undefined)).rejects.toThrow(
          /no basic auth|unauthorized|authoriz/i,
        );
        await loggedIn.build(build, () => undefined);
        if (builder === 'classic') made.add(name);
      },
    );
  });

  describe('pushing', () => {
    const tagged = (host: string, name = 'pushed:1'): string => {
      const full = `${host}/kollage-spec/${name}`;
      docker('tag', base, full);
      made.add(full);
      return full;
    };

    it('returns the digest', async () => {
      const digest = await engine('classic').push(tagged(open.host));
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      const answer = await fetch(`http://${open.host}/v2/kollage-spec/pushed/manifests/1`, {
        headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
      });
      expect(answer.headers.get('docker-content-digest')).toBe(digest);
    });

    it('logs in with the credentials of the config file', async () => {
      const folder = join(work, 'config');
      mkdirSync(folder, { recursive: true });
      const auths = { [closed.host]: { auth: Buffer.from(LOGIN).toString('base64') } };
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
      const digest = await engine('classic', { DOCKER_CONFIG: folder }).push(tagged(closed.host));
      expect(digest).toMatch(/^sha256:/);
    });

    it('logs in with what a credential helper says', async () => {
      const folder = join(work, 'helper');
      mkdirSync(folder, { recursive: true });
      const helper = join(folder, 'docker-credential-spec');
      const [Username, Secret] = LOGIN.split(':');
      writeFileSync(
        helper,
        `#!/bin/sh\nread host\n[ "$1 $host" = "get ${closed.host}" ] || exit 1\n` +
          `echo '${JSON.stringify({ ServerURL: closed.host, Username, Secret })}'\n`,
      );
      chmodSync(helper, 0o755);
      const credHelpers = { [closed.host]: 'spec' };
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ credHelpers }));
      const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
      expect(await engine('classic', env).push(tagged(closed.host, 'helped:1'))).toMatch(
        /^sha256:/,
      );
    });

    it('counts an error inside the answer as a failure', async () => {
      const pushing = engine('classic').push(tagged(closed.host));
      await expect(pushing).rejects.toMatchObject({
        failure: 'push',
        message: expect.stringMatching(/no basic auth credentials|unauthorized|denied/) as string,
      });
    });

    it('says that no registry listens', async () => {
      const pushing = engine('classic').push(tagged('127.0.0.1:1'));
      await expect(pushing).rejects.toMatchObject({
        message: expect.stringMatching(/refused/) as string,
      });
    });

    it.each([500, 429])(
      'fails where the registry answers %i',
      async (status) => {
        brokenStatus = status;
        const { port } = broken.address() as AddressInfo;
        const pushing = engine('classic').push(tagged(`127.0.0.1:${port}`));
        await expect(pushing).rejects.toMatchObject({ failure: 'push' });
      },
      120_000,
    );
  });
});
