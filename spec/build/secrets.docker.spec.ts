import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, requirement, ROOT } from '../support/requirements.js';
import { docker } from './collection.js';
import { startRegistry, type Registry } from './registry.js';
import { failed, useStage } from './stage.js';

const runs =
  requirement('docker', available.docker()) &&
  requirement('git', available.command('git')) &&
  requirement('registry', available.command('docker-registry') && available.command('htpasswd'));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe.runIf(runs)('secrets of a run', () => {
  const stage = useStage('secret');
  const login = 'builder:planted-registry';
  let registry: Registry;
  let server: Server;
  let port = 0;

  beforeAll(async () => {
    registry = await startRegistry(stage.work, login);
    execFileSync(
      'sh',
      [
        '-ec',
        `mkdir code good; cd code; git init -q -b main; echo code > setup.py; git add .
         git -c user.name=a -c user.email=a@b commit -qm one; cd ..
         git clone -q --bare code repo.git; git -C repo.git update-server-info
         echo good > good/file; tar -cf good.tar good`,
      ],
      { cwd: stage.work },
    );
    // A web server with git's repository, a proxy of every other place, and a judge of logins.
    server = createServer(({ url = '', headers }, response) => {
      const login = (text: string): string => `Basic ${base64(text)}`;
      if (url.startsWith('http:')) {
        const known = headers['proxy-authorization'] === login('proxy:planted-proxy');
        const asked = headers.authorization === login('reader:planted-source');
        if (!known) response.writeHead(407).end();
        else if (!asked) response.writeHead(403).end(`planted-echo ${headers.authorization}`);
        else response.end(readFileSync(join(stage.work, 'good.tar')));
        return;
      }
      if (headers.authorization !== login('reader:planted-git')) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="spec"' }).end();
        return;
      }
      const file = join(stage.work, normalize(url.split('?')[0]!));
      if (existsSync(file) && statSync(file).isFile()) response.end(readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    ({ port } = server.address() as AddressInfo);
    writeFileSync(join(stage.work, 'word'), 'planted-first-line\nplanted-second-line\n');
  }, 60_000);

  afterAll(() => {
    registry.stop();
    server.close();
  });

  const filesIn = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());

  interface Planted {
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    /** Everything that the run wrote, by where. */
    written(): Record<string, string>;
  }

  /** A run into which every kind of secret is put; `good` tells whether all of them fit. */
  const plant = (name: string, builder: string, good: boolean): Planted => {
    const out = join(stage.work, `out-${name}`);
    const dockerConfig = join(out, 'docker');
    mkdirSync(dockerConfig, { recursive: true });
    const auth = base64(good ? login : 'builder:planted-wrong-login');
    const auths = {
      [registry.host]: { auth },
      'other.example': { auth: base64('a:planted-other') },
    };
    writeFileSync(join(dockerConfig, 'config.json'), JSON.stringify({ auths }));
    const mount = '--mount=type=secret,id=word --mount=type=secret,id=key';
    const read = `RUN ${mount} while read l; do echo "word $l"; done < /run/secrets/word`;
    const says = 'ARG TOKEN\nARG OWN\nRUN echo "token $TOKEN, own $OWN, proxy $http_proxy"';
    const stop = good ? '' : '\nRUN exit 3';
    const wrong = good ? '' : 'wrong-';
    const reports = ['results-file', 'junit-file', 'summary-json-file', 'state-file'];
    return {
      args: [
        ...[builder, '--debug', '--push', '--registry', registry.host],
        ...stage.collection(`tree-${name}`, {
          'secret-pushed': ['', 'ENV PUSHED=1'],
          'secret-url': ['', 'ADD secret-url-archive /source'],
          'secret-git': ['', 'ADD secret-git-archive /source'],
          'secret-args': ['', says + stop],
          ...(builder === '--buildkit' ? { 'secret-mount': ['', read + stop] as const } : {}),
        }),
        ...stage.config({
          'secret-url': {
            type: 'url',
            location: `http://reader:planted-${wrong}source@files.invalid/good.tar`,
          },
          'secret-git': {
            type: 'git',
            location: `http://reader:planted-${wrong}git@127.0.0.1:${port}/repo.git`,
            reference: 'main',
          },
          'secret-args': { build_args: 'OWN:planted-own' },
        }),
        ...['--build-args', 'TOKEN:planted-token', '--secret-build-args', 'TOKEN,OWN'],
        ...(builder === '--buildkit' ? ['--incremental'] : []),
        ...(builder === '--buildkit'
          ? ['--build-secret', `id=word,src=${join(stage.work, 'word')}`]
          : []),
        ...(builder === '--buildkit' ? ['--build-secret', 'id=key,env=KEY'] : []),
        ...['--logs-dir', join(out, 'logs'), '--source-cache', join(stage.work, `cache-${name}`)],
        ...reports.flatMap((report) => [`--${report}`, join(out, report)]),
        '^secret-',
      ],
      env: {
        DOCKER_CONFIG: dockerConfig,
        KEY: 'planted-key',
        http_proxy: `http://proxy:planted-${wrong}proxy@127.0.0.1:${port}`,
        no_proxy: '127.0.0.1',
      },
      written: () => {
        const files = [
          ...reports.map((report) => join(out, report)),
          ...readdirSync(join(out, 'logs')).map((file) => join(out, 'logs', file)),
          ...filesIn(join(stage.work, `cache-${name}`)),
        ];
        return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'utf8')]));
      },
    };
  };

  const expectHidden = (texts: Readonly<Record<string, string>>): void => {
    const encoded = /planted|cGxhbnRlZ|wbGFudGVk|xhbnRlZ/;
    const lines = Object.entries(texts).flatMap(([where, text]) =>
      text
        .split('\n')
        .filter((line) => encoded.test(line))
        .map((line) => `${where}: ${line.slice(0, 300)}`),
    );
    expect(lines).toEqual([]);
  };

  it.each(['--nobuildkit', '--buildkit'])(
    'are in nothing that a good run writes (%s)',
    async (builder) => {
      const planted = plant(`good${builder}`, builder, true);
      const { stdout, stderr, status } = await stage.run(planted.args, planted.env);
      expect(stderr).not.toMatch(/^ERROR/m);
      expect(status).toBe(0);
      expect(stderr).toContain('token ***, own ***, proxy http://***@127.0.0.1');
      if (builder === '--buildkit') expect(stderr).toContain('secret-mount:word ***');
      expectHidden({ stdout, stderr, ...planted.written() });
      await stage.leavesNothing();
    },
  );

  it.each(['--nobuildkit', '--buildkit'])(
    'are in nothing that a bad run writes (%s)',
    async (builder) => {
      const planted = plant(`bad${builder}`, builder, false);
      const { stdout, stderr, status } = await stage.run(planted.args, planted.env);
      expect(status).toBe(1);
      const json = Object.entries(planted.written()).find(([file]) =>
        file.endsWith('summary-json-file'),
      );
      expect(failed({ stdout: json![1] })).toEqual({
        'secret-args': 'error',
        'secret-git': 'error',
        'secret-pushed': 'push_error',
        'secret-url': 'error',
        ...(builder === '--buildkit' ? { 'secret-mount': 'error' } : {}),
      });
      expectHidden({ stdout, stderr, ...planted.written() });
      await stage.leavesNothing();
    },
  );

  it('are in no image', () => {
    // Docker itself writes build arguments into the history: --build-secret is for what must not.
    for (const name of ['pushed', 'url', 'git', 'mount']) {
      const image = `${registry.host}/kollage-spec/secret-${name}:secret`;
      const archive = join(stage.work, `${name}.tar`);
      docker('save', '--output', archive, image);
      expectHidden({
        [`layers of ${name}`]: readFileSync(archive, 'latin1'),
        [`history of ${name}`]: docker('history', '--no-trunc', image),
        [`configuration of ${name}`]: docker('image', 'inspect', image),
      });
    }
    const labels = docker(
      ...['image', 'inspect', '--format', '{{json .Config.Labels}}{{json .Config.Env}}'],
      `${registry.host}/kollage-spec/secret-args:secret`,
    );
    expectHidden({ labels });
    expect(labels).toContain('io.kollage.inputs');
  });

  it('are not shown by kollage, which shows all else', async () => {
    const planted = plant('shown', '--buildkit', false);
    const common = ['--images-dir', join(stage.work, 'stock'), '--kolla-series', '2026.1'];
    const kollage = (...args: string[]): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [join(ROOT, 'bin/kollage.js'), ...args], {
          env: { ...process.env, ...planted.env, HOME: join(stage.work, 'home') },
        });
        let text = '';
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        }
        child.once('close', () => resolve(text));
      });
    const args = [...common, '--base', 'debian', '--no-pull', '--retries', '0', ...planted.args];
    const options = args.filter((word) => !word.startsWith('^'));
    const texts = {
      live: await kollage('build', ...args, '--progress', 'tty'),
      explained: await kollage('build', ...args, '--explain'),
      config: await kollage('config', ...options),
      source: await kollage('config', ...options, 'secret-url.location'),
      json: await kollage('config', ...options, '--json', '--all'),
    };
    expect(texts.config).toContain('"TOKEN":"***"');
    expect(texts.source).toContain('http://***@files.invalid/good.tar');
    expect(texts.live).toContain('secret-args');
    expectHidden(texts);
  });

  it('are not shown where the engine is not found', async () => {
    for (const DOCKER_HOST of [
      'tcp://who:planted-host@127.0.0.1:1',
      'tcp://who:planted-host@[',
      'ftp://who:planted-host@x',
      'ssh://who:planted-host@127.0.0.1:1',
    ]) {
      const { stdout, stderr, status } = await stage.run(['--debug', '^secret-'], { DOCKER_HOST });
      expect(status).toBe(1);
      expect(stderr).toContain('Unable to connect');
      expectHidden({ stdout, stderr });
    }
  });
});
