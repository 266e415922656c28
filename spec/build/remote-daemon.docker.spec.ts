import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { shellArchive } from './collection.js';
import { Dockerd } from './dockerd.js';
import { FaultyRegistry } from './faulty-registry.js';
import { freePort, startRegistry, type Registry } from './registry.js';
import { built, endProcessesWith, eventually, failed, processesWith, useStage } from './stage.js';

const runs =
  requirement('docker', available.docker()) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd')) &&
  requirement(
    'dockerd',
    process.getuid?.() === 0 && available.command('dockerd') && available.command('openssl'),
  );

describe.runIf(runs)('a daemon of its own', () => {
  const stage = useStage('remote');
  let daemon: Dockerd;
  let registry: Registry;
  let port = 0;
  let tree: string[] = [];

  /** A certificate authority, and a certificate of a server and of a client that it has signed. */
  const certificates = (name: string): string => {
    const folder = join(stage.work, name);
    mkdirSync(folder);
    const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
    const by = '-CA ca.pem -CAkey ca-key.pem';
    const script = `
      openssl req -x509 ${key} -keyout ca-key.pem -out ca.pem -subj /CN=spec-ca
      openssl req -x509 ${key} ${by} -keyout server-key.pem -out server-cert.pem \\
        -subj /CN=spec -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=CA:FALSE
      openssl req -x509 ${key} ${by} -keyout key.pem -out cert.pem \\
        -subj /CN=client -addext extendedKeyUsage=clientAuth -addext basicConstraints=CA:FALSE`;
    execFileSync('sh', ['-ec', script], { cwd: folder, stdio: 'pipe' });
    return folder;
  };

  beforeAll(async () => {
    const own = certificates('certificates');
    certificates('others');
    port = await freePort();
    daemon = new Dockerd(join(stage.work, 'dockerd'), [
      ...['--host', `tcp://127.0.0.1:${port}`, '--tlsverify', '--tlscacert', join(own, 'ca.pem')],
      ...['--tlscert', join(own, 'server-cert.pem'), '--tlskey', join(own, 'server-key.pem')],
    ]);
    await daemon.start();
    shellArchive(join(stage.work, 'shell.tar'));
    daemon.docker('import', join(stage.work, 'shell.tar'), stage.base);
    registry = await startRegistry(stage.work);
    writeFileSync(join(stage.work, 'secret'), 'planted-secret\n');
    const secret = 'RUN --mount=type=secret,id=word grep -q planted /run/secrets/word';
    tree = [
      ...stage.collection('tree', {
        'remote-first': ['', 'RUN echo first > /first'],
        'remote-second': ['remote-first', secret.replace('grep -q planted', 'cat')],
      }),
      ...['--build-secret', `id=word,src=${join(stage.work, 'secret')}`, '^remote-'],
    ];
  }, 120_000);

  afterAll(async () => {
    registry.stop();
    await daemon.stop();
  }, 60_000);

  const tls = (folder: string, more: Readonly<Record<string, string>> = {}) => ({
    DOCKER_HOST: `tcp://127.0.0.1:${port}`,
    DOCKER_CERT_PATH: join(stage.work, folder),
    DOCKER_TLS_VERIFY: '1',
    ...more,
  });

  describe('behind TLS', () => {
    it('builds for who has the right certificates', async () => {
      const found = await stage.run(tree, tls('certificates'));
      expect(found.stderr).not.toMatch(/^ERROR/m);
      expect(found.status).toBe(0);
      expect(built(found)).toEqual(['remote-first', 'remote-second']);
      expect(found.stderr).toContain('remote-second:***');
    });

    it('is not asked for its certificate without DOCKER_TLS_VERIFY', async () => {
      const mixed = join(stage.work, 'mixed');
      cpSync(join(stage.work, 'certificates'), mixed, { recursive: true });
      cpSync(join(stage.work, 'others/ca.pem'), join(mixed, 'ca.pem'));
      const env = tls('mixed', { DOCKER_TLS_VERIFY: '' });
      expect((await stage.run(tree, env)).status).toBe(0);
      const checked = await stage.run(tree, tls('mixed'));
      expect(checked.status).toBe(1);
      expect(checked.stderr).toMatch(
        /No secure connection to tcp:\S+ .*DOCKER_CERT_PATH must hold/,
      );
    });

    it.each([
      ['certificates of somebody else', () => tls('others'), /No secure connection to tcp:/],
      [
        'no certificate',
        () => {
          const folder = join(stage.work, 'bare');
          mkdirSync(folder, { recursive: true });
          cpSync(join(stage.work, 'certificates/ca.pem'), join(folder, 'ca.pem'));
          return tls('bare');
        },
        /No secure connection to tcp:.*cert\.pem and key\.pem/,
      ],
      [
        'no folder',
        () => tls('nowhere'),
        /nowhere\/ca\.pem is missing; DOCKER_TLS_VERIFY needs it/,
      ],
      [
        'no TLS',
        () => ({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }),
        /HTTP request to an HTTPS server/,
      ],
    ] as const)('refuses who has %s', async (_, env, said) => {
      const found = await stage.run(tree, env());
      expect(found.status).toBe(1);
      expect(found.stderr).toContain('Unable to connect to container engine daemon, exiting');
      expect(found.stderr).toMatch(said);
      expect(found.stderr).not.toMatch(/^ {4}at /m);
      await stage.leavesNothing();
    });
  });

  describe('behind ssh', () => {
    const bin = (): string => join(stage.work, 'bin');

    /** A program of that name which does what ssh would: run the command, where the daemon is. */
    const withSsh = (script: string): Record<string, string> => {
      mkdirSync(bin(), { recursive: true });
      writeFileSync(join(bin(), 'ssh'), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin(), 'ssh'), 0o755);
      const PATH = `${bin()}:${process.env['PATH']}`;
      return { PATH, DOCKER_HOST: 'ssh://builder@far.example:2222' };
    };
    const forwards = (): string => `
      echo "$@" >> ${bin()}/calls
      while [ "$1" != -- ]; do shift; done
      shift 2
      export DOCKER_HOST=${daemon.url}
      exec 3<&0
      "$@" <&3 3<&- & command=$!
      trap 'kill -9 $command' TERM
      wait $command`;

    it.each(['--buildkit', '--nobuildkit'])('builds (%s)', async (builder) => {
      const args =
        builder === '--buildkit'
          ? tree
          : [...stage.collection('plain', { 'remote-plain': ['', 'RUN echo 1'] }), '^remote-'];
      const found = await stage.run([builder, ...args], withSsh(forwards()));
      expect(found.stderr).not.toMatch(/^ERROR/m);
      expect(found.status).toBe(0);
      expect(readFileSync(join(bin(), 'calls'), 'utf8')).toMatch(
        /-p 2222 -- builder@far\.example docker system dial-stdio\n$/,
      );
      await eventually('ssh ends', () => processesWith('docker system dial-stdio').size === 0);
      await stage.leavesNothing();
    });

    it('says what ssh says', async () => {
      const env = withSsh(
        'echo "builder@far.example: Permission denied (publickey)." >&2; exit 255',
      );
      const found = await stage.run(tree, env);
      expect(found.status).toBe(1);
      expect(found.stderr).toMatch(
        /Cannot reach ssh:\/\/builder@far\.example:2222: .*Permission denied \(publickey\)/,
      );
      await stage.leavesNothing();
    });

    it('says that there is no ssh', async () => {
      rmSync(bin(), { recursive: true, force: true });
      const found = await stage.run(tree, { DOCKER_HOST: 'ssh://far.example', PATH: '/nowhere' });
      expect(found.status).toBe(1);
      expect(found.stderr).toContain('the program ssh is not installed');
    });

    it('survives a connection that breaks off', async () => {
      const args = stage.collection('far', {
        'remote-far': ['', `RUN echo begins && ${stage.forever}`],
      });
      const { ended, until } = stage.start([...args, '^remote-far$'], withSsh(forwards()));
      await until('remote-far:begins');
      endProcessesWith('docker system dial-stdio');
      const found = await ended;
      expect(found.status).toBe(1);
      expect(failed(found)).toEqual({ 'remote-far': 'error' });
      await stage.leavesNothing();
    });
  });

  describe('that is killed', () => {
    it('while it builds fails what was being built', async () => {
      const trees = ['', 'true'].map((command) =>
        stage.collection(`killed${command}`, {
          'remote-done': ['', 'RUN echo done > /done'],
          'remote-killed': ['remote-done', `RUN echo begins && ${command || stage.forever}`],
          'remote-below': ['remote-killed', 'ENV BELOW=1'],
        }),
      );
      const env = { DOCKER_HOST: daemon.url };
      const { ended, until } = stage.start([...trees[0]!, '^remote-'], env);
      await until('remote-killed:begins');
      await daemon.kill();
      const found = await ended;
      // What the daemon ran is nobody's child now.
      endProcessesWith(stage.forever);
      expect(found.status).toBe(1);
      expect(built(found)).toEqual(['remote-done']);
      expect(failed(found)).toEqual({ 'remote-below': 'matched', 'remote-killed': 'error' });
      expect(found.stderr).toMatch(/remote-killed:.*(broke off|Cannot reach)/);
      await stage.leavesNothing();
      await daemon.start();
      const again = await stage.run([...trees[1]!, '^remote-'], env);
      expect(again.status).toBe(0);
    }, 120_000);

    it('while it pushes is waited for, as long as there are attempts', async () => {
      const env = { DOCKER_HOST: daemon.url };
      const faulty = await new FaultyRegistry(registry.host).start();
      faulty.fail('silence', 1);
      const args = ['--push', '--registry', faulty.host, '--retries', '6'];
      const one = stage.collection('pushing', { 'remote-pushed': ['', 'RUN echo pushed > /p'] });
      const { ended, until } = stage.start([...one, ...args, '^remote-pushed$'], env);
      await until('Trying to push the image');
      await eventually('it pushes', () => faulty.attempts > 0);
      await daemon.kill();
      await daemon.start();
      const found = await ended;
      faulty.stop();
      expect(found.stderr).toContain('Attempt number: 2 to run task: PushTask(remote-pushed)');
      expect(found.stderr).toContain('Pushed successfully');
      expect(found.status).toBe(0);
      await stage.leavesNothing();
    }, 120_000);
  });
});
