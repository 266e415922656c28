import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchGit } from '../../lib/adapters/git-source.js';
import { available, requirement } from '../support/requirements.js';

describe.runIf(requirement('git', available.command('git')))('fetchGit', () => {
  let work = '';
  let repository = '';
  let first = '';
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent' };

  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: repository,
      encoding: 'utf8',
      env: { ...env, GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z' },
    }).trim();

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    repository = join(work, 'repository');
    mkdirSync(repository);
    git('init', '--quiet', '--initial-branch=master');
    writeFileSync(join(repository, 'setup.py'), 'one');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    first = git('rev-parse', 'HEAD');
    git('tag', 'v1');
    git('checkout', '--quiet', '-b', 'stable/x');
    writeFileSync(join(repository, 'setup.py'), 'two');
    git('commit', '--quiet', '-am', 'two');
    git('checkout', '--quiet', 'master');
  });

  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  const members = (archive: string): string[] =>
    execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).split('\n');

  it.each([
    ['a branch', 'stable/x', 'two'],
    ['a tag', 'v1', 'one'],
    ['a commit', 'first', 'one'],
  ])('checks out %s, under the name of the archive and the reference', async (_, name, text) => {
    const reference = name === 'first' ? first : name;
    const archive = join(work, 'nova-base-archive');
    const commit = await fetchGit({ location: repository, reference }, archive, { env });
    expect(commit).toBe(git('rev-parse', reference));
    const top = `nova-base-archive-${reference.replace('/', '-')}`;
    expect(members(archive)).toEqual(
      expect.arrayContaining([`${top}/`, `${top}/.git/HEAD`, `${top}/setup.py`]),
    );
    const content = execFileSync('tar', ['-xOf', archive, `${top}/setup.py`], { encoding: 'utf8' });
    expect(content).toBe(text);
    expect(readFileSync(join(work, top, '.git/config'), 'utf8')).not.toContain('remote');
  });

  it('gives the same archive for the same commit', async () => {
    const digests = [];
    for (const at of [1, 2]) {
      const folder = join(work, `run${at}`);
      mkdirSync(folder);
      const archive = join(folder, 'x-archive');
      await fetchGit({ location: repository, reference: 'v1' }, archive, { env });
      digests.push(createHash('sha256').update(readFileSync(archive)).digest('hex'));
    }
    expect(digests[0]).toBe(digests[1]);
  });

  it.each([
    ['a missing reference', 'nosuch', 'repository', /pathspec 'nosuch'|invalid reference: nosuch/],
    ['a missing repository', 'v1', 'nowhere', /does not exist|not found/],
    ['a reference that looks like an option', '--orphan', 'repository', /begins with "-"/],
  ])('fails for %s, and leaves no clone behind', async (_, reference, name, message) => {
    const archive = join(work, 'failing-archive');
    const location = join(work, name);
    const failing = fetchGit({ location, reference }, archive, { env });
    await expect(failing).rejects.toMatchObject({
      name: 'TaskFailure',
      transient: false,
      message: expect.stringMatching(message) as string,
    });
    await expect(failing).rejects.toThrow(`Failed to get source from git: ${location}`);
    expect(existsSync(`${archive}-${reference}`)).toBe(false);
    expect(existsSync(archive)).toBe(false);
  });

  it('shows no password of the address', async () => {
    const location = 'https://me:s3cret@127.0.0.1:1/x.git';
    const failing = fetchGit({ location, reference: 'v1' }, join(work, 'a-archive'), { env });
    await expect(failing).rejects.toThrow('https://***@127.0.0.1:1/x.git');
    await expect(failing).rejects.not.toThrow('s3cret');
  });
});
