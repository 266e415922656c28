import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runKollaBuild } from '../support/run.js';
import { useScratch } from './scratch.js';

describe('kolla-build', () => {
  const scratch = useScratch();

  it('prints the version that it reproduces', async () => {
    expect(await scratch.run(['--version'])).toEqual({
      status: 0,
      stdout: '22.0.0\n',
      stderr: '',
    });
  });

  it('explains every option in its help, our own apart', async () => {
    const { status, stdout } = await scratch.run(['--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^usage: kolla-build \[-h\] \[--base BASE\]/);
    for (const flag of ['--base-tag BASE_TAG', '--nopull', '--config-file PATH', '--images-dir']) {
      expect(stdout).toContain(`\n  ${flag}`);
    }
    expect(stdout.indexOf('--images-dir')).toBeGreaterThan(stdout.indexOf('beyond kolla-build'));
  });

  it('prints usage and the nearest option for one that does not exist', async () => {
    const { status, stderr } = await scratch.run(['--thread', '2', '--bsae', 'debian']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^usage: /);
    expect(stderr).toContain('kolla-build: error: unrecognized arguments: --bsae\n');
    expect(stderr).toContain('did you mean --base?');
  });

  it('prints one line for a value that is not valid, and exits 1', async () => {
    expect(await scratch.run(['--threads', '0'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'argument --threads: Invalid Integer(min=1) value: 0\n',
    });
  });

  it('says what a key that nothing reads was probably meant to be', async () => {
    scratch.write({ 'kolla-build.conf': '[DEFAULT]\nbase_tga = x\nelephant = 1\n' });
    const { stderr } = await scratch.run(['--list-images', 'cron']);
    expect(stderr).toContain(
      `WARNING:kolla.common.utils:${scratch.path}/kolla-build.conf:2: nothing reads base_tga in [DEFAULT]; did you mean base_tag?\n`,
    );
    expect(stderr).not.toContain('elephant');
  });

  it('names file and line of a template error, and shows the line', async () => {
    scratch.write({ 'images/zz/Dockerfile.j2': 'FROM x\nRUN {{ usres.kolla.uid }}\n' });
    const { status, stderr } = await scratch.run(['--list-images']);
    expect(status).toBe(1);
    expect(stderr).toContain("UndefinedError: 'usres' is undefined");
    expect(stderr).toContain(`${scratch.path}/images/zz/Dockerfile.j2:2:`);
    expect(stderr).toContain('2 | RUN {{ usres.kolla.uid }}');
    expect(stderr).toContain('image zz');
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it.each([
    ['2024.1', "KeyError: 'rocky'", 'has no section rocky-x86_64 or rocky: add one'],
    [
      '2026.1',
      "KeyError: 'epel'",
      'has no such repository in [rpm], [rocky], [rocky-x86_64]: add it',
    ],
    ['master', "KeyError: 'epel-x'", "or kolla's own, has no such repository in [rpm]"],
  ])('names the table of repositories that lacks something (%s)', async (series, error, advice) => {
    const name = series === 'master' ? 'epel-x' : 'epel';
    scratch.write({
      'repos.yaml': 'fedora:\n  epel: x\n',
      'images/zz/Dockerfile.j2': `FROM x\n{{ handle_repos(['${name}'], 'enable') }}\n`,
    });
    const table = join(scratch.path, 'repos.yaml');
    const { status, stderr } = await scratch.run(['--list-images', '--repos-yaml', table, '^zz$'], {
      OS_DEFAULT__KOLLA_SERIES: series,
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${error}$`, 'm'));
    expect(stderr).toContain('images/zz/Dockerfile.j2:2:');
    expect(stderr.slice(stderr.indexOf(table))).toContain(advice);
  });

  it('shows a stack trace of an error of the work with --debug', async () => {
    const missing = ['--list-images', '-D', join(scratch.path, 'nope')];
    expect((await scratch.run(missing)).stderr).not.toMatch(/^ {4}at /m);
    expect((await scratch.run([...missing, '--debug'])).stderr).toMatch(/^ {4}at /m);
  });

  it('is not stopped by a broken template that no selected image needs', async () => {
    scratch.write({ 'images/zz/Dockerfile.j2': '{% if %}' });
    expect((await scratch.run(['--list-images', '^cron$'])).status).toBe(0);
    expect((await scratch.run(['--list-images'])).status).toBe(1);
  });

  it('takes global flags in a regex', async () => {
    const { stdout } = await scratch.run(['--list-images', '(?i)CRON']);
    expect(stdout).toBe('1 : base\n2 : cron\n');
  });

  it('leaves no temporary folder behind after lists and errors', async () => {
    scratch.write({ 'tmp/x': '' });
    const env = {
      HOME: scratch.path,
      TMPDIR: join(scratch.path, 'tmp'),
      OS_DEFAULT__IMAGES_DIR: join(scratch.path, 'images'),
    };
    expect((await runKollaBuild(['--list-images'], { env })).status).toBe(0);
    expect((await runKollaBuild(['--list-dependencies'], { env })).status).toBe(0);
    expect((await runKollaBuild(['--list-images', '-p', 'nope'], { env })).status).toBe(1);
    expect(readdirSync(join(scratch.path, 'tmp'))).toEqual(['x']);
  });

  it('leaves nothing half written after an error', async () => {
    const work = join(scratch.path, 'work');
    const { status } = await scratch.run([
      ...['--template-only', '--work-dir', work, '--template-override', '/nope.j2'],
    ]);
    expect(status).toBe(1);
    expect(existsSync(work)).toBe(false);
  });

  it('exits 1 when nothing is selected, if asked to', async () => {
    expect((await scratch.run(['--list-images', '^nope$'])).status).toBe(0);
    expect((await scratch.run(['--list-images', '--fail-unmatched', '^nope$'])).status).toBe(1);
  });

  it('leaves out what is excluded, and what is built on it', async () => {
    const { stdout } = await scratch.run(['--list-images', '--exclude', '^openstack-base$']);
    expect(stdout).toBe('1 : base\n2 : cron\n');
  });

  it('says so when no engine answers', async () => {
    const { status, stderr } = await scratch.run(['cron']);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'ERROR:kolla.common.utils:Unable to connect to container engine daemon, exiting\n',
    );
    expect(stderr).toContain('INFO:kolla.common.utils:Exception caught: ');
  });

  it('prints a completion script that knows options and their values', async () => {
    const { status, stdout } = await scratch.run(['--shell_completion', 'bash']);
    expect(status).toBe(0);
    expect(stdout).toContain('complete -F _kolla_build kolla-build');
    expect(stdout).toContain('--base|-b) words="centos debian rocky ubuntu"');
  });
});
