import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mirrorOf } from '../../lib/adapters/git-source.js';
import { SourceCache } from '../../lib/adapters/source-cache.js';
import { available, requirement } from '../support/requirements.js';

describe('SourceCache', () => {
  const content = 'what the server has';
  const sha256 = createHash('sha256').update(content).digest('hex');
  const options = { env: {}, timeout: 10 };
  let work = '';
  let server: Server;
  let url = '';
  let requests = 0;

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    server = createServer((request, response) => {
      requests += 1;
      response.setHeader('etag', '"one"');
      if (request.headers['if-none-match'] === '"one"') response.writeHead(304).end();
      else response.end(content);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
  });

  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(work, 'cache-'));
    requests = 0;
  });

  afterAll(() => {
    server.close();
    rmSync(work, { recursive: true, force: true });
  });

  const cache = (offline = false): SourceCache => new SourceCache({ folder, offline });
  const cached = (): string => join(folder, 'sha256', sha256);

  describe.each([
    ['whose digest is known', { sha256 }],
    ['whose digest nobody gave', {}],
  ])('of a file %s', (_, given) => {
    it.each(['', 'what the server'])(
      'fetches it again where it was damaged: "%s"',
      async (left) => {
        await cache().get({ url, ...given }, options);
        writeFileSync(cached(), left);
        const { path } = await cache().get({ url, ...given }, options);
        expect(readFileSync(path, 'utf8')).toBe(content);
        expect(requests).toBe(2);
      },
    );

    it('hands out nothing damaged offline', async () => {
      await cache().get({ url, ...given }, options);
      writeFileSync(cached(), 'what somebody wrote');
      await expect(cache(true).get({ url, ...given }, options)).rejects.toThrow(
        'is not in the source cache',
      );
    });

    it('keeps what is whole', async () => {
      await cache().get({ url, ...given }, options);
      const { ino } = statSync(cached());
      await cache(true).get({ url, ...given }, options);
      expect(statSync(cached()).ino).toBe(ino);
    });
  });

  describe.runIf(requirement('git', available.command('git')))('of git repositories', () => {
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent' };
    let repository = '';

    const git = (cwd: string, ...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        ...{ cwd, encoding: 'utf8', env },
      }).trim();

    beforeEach(() => {
      repository = mkdtempSync(join(work, 'repository-'));
      git(repository, 'init', '--quiet', '--initial-branch=main');
      git(repository, 'commit', '--quiet', '--allow-empty', '-m', 'one');
    });

    const mirror = (): Promise<string> => mirrorOf(repository, cache(), { env });

    it('keeps no address, which may hold a login', async () => {
      const path = await mirror();
      await mirror();
      const texts = ['config', 'packed-refs', 'FETCH_HEAD'].map((name) => join(path, name));
      for (const file of texts.filter((one) => existsSync(one))) {
        if (file.endsWith('FETCH_HEAD')) continue;
        expect(readFileSync(file, 'utf8')).not.toContain(repository);
      }
    });

    it('follows what is new, renamed and gone', async () => {
      git(repository, 'branch', 'old');
      const path = await mirror();
      git(repository, 'branch', '-m', 'old', 'new');
      git(repository, 'commit', '--quiet', '--allow-empty', '-m', 'two');
      git(repository, 'tag', 'v2');
      expect(await mirror()).toBe(path);
      const refs = git(path, 'for-each-ref', '--format=%(refname)').split('\n');
      expect(refs).toEqual(['refs/heads/main', 'refs/heads/new', 'refs/tags/v2']);
      expect(git(path, 'rev-parse', 'main')).toBe(git(repository, 'rev-parse', 'main'));
    });

    it('makes one anew that is damaged', async () => {
      const path = await mirror();
      for (const name of ['objects', 'refs']) rmSync(join(path, name), { recursive: true });
      mkdirSync(join(path, 'objects'));
      expect(await mirror()).toBe(path);
      expect(git(path, 'rev-parse', 'main')).toBe(git(repository, 'rev-parse', 'main'));
    });

    it('is shared by runs at the same time', async () => {
      const first = await Promise.all([mirror(), mirror(), mirror()]);
      expect(new Set(first).size).toBe(1);
      git(repository, 'commit', '--quiet', '--allow-empty', '-m', 'two');
      await Promise.all([mirror(), mirror(), mirror()]);
      expect(git(first[0]!, 'rev-parse', 'main')).toBe(git(repository, 'rev-parse', 'main'));
      expect(readdirSync(join(folder, 'git'))).toHaveLength(1);
    });
  });
});
