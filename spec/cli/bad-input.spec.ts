import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { available, ROOT } from '../support/requirements.js';
import { type Run, runKollaBuild, runUnprivileged } from '../support/run.js';

const COLLECTION = ['--images-dir', join(ROOT, 'templates'), '--base', 'debian'];

describe('kolla-build given bad input', () => {
  let scratch = '';
  let workDir = '';
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'kollage-bad-'));
    workDir = join(scratch, 'work');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  function write(path: string, text: string): string {
    const full = join(scratch, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  const render = (...args: string[]): Promise<Run> =>
    runKollaBuild([...COLLECTION, '--template-only', '--work-dir', workDir, ...args]);

  const image = (text: string): string[] => {
    write('images/broken/Dockerfile.j2', `FROM {{ namespace }}/base:{{ tag }}\n${text}`);
    return ['--docker-dir', join(scratch, 'images')];
  };

  const dockerfiles = (): string[] =>
    existsSync(workDir)
      ? readdirSync(workDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
          /(^|\/)Dockerfile$/.test(path),
        )
      : [];

  const isStack = (text: string): boolean =>
    /^\s+at .*[(:]\S*:\d+:\d+\)?$/m.test(text) || text.includes('Traceback');

  function expectOneClearMessage(done: Run, ...parts: (string | RegExp)[]): void {
    expect(done.status, done.stderr).toBeGreaterThan(0);
    for (const part of parts) expect(done.stderr).toMatch(part);
    expect(isStack(done.stderr), done.stderr).toBe(false);
    expect(done.stderr).not.toMatch(/\[object |undefined \(reading|node:internal/);
    expect(dockerfiles(), 'Dockerfiles left behind').toEqual([]);
  }

  it('names the line of a syntax error', async () => {
    const done = await render(...image('RUN a\n{% if base_distro %}\nRUN b\n{% endfor %}\n'));
    expectOneClearMessage(
      done,
      'Syntax error in template: broken/Dockerfile.j2',
      "Encountered unknown tag 'endfor'",
      /broken\/Dockerfile\.j2:5\b/,
    );
    expect(done.stderr.match(/Encountered unknown tag/g)).toHaveLength(1);
  });

  it('names the line of a user that does not exist', async () => {
    const done = await render(...image('RUN a\nRUN chown {{ users.nobody_knows.uid }} /x\n'));
    expectOneClearMessage(done, "has no attribute 'nobody_knows'", /broken\/Dockerfile\.j2:3\b/);
  });

  it('names the line of a parent template that is missing', async () => {
    write('images/broken/Dockerfile.j2', '{% extends "parents/missing.j2" %}\n');
    const done = await render('--docker-dir', join(scratch, 'images'));
    expectOneClearMessage(done, 'parents/missing.j2', /broken\/Dockerfile\.j2:1\b/);
  });

  it("names an override's own file and line", async () => {
    const first = write('first.j2', '{% extends parent_template %}\n{% set a = 1 %}\n');
    const second = write(
      'second.j2',
      '{% extends parent_template %}\n{% block base_footer %}\n{{ 1 + }}\n{% endblock %}\n',
    );
    const done = await render('--template-override', first, '--template-override', second);
    expectOneClearMessage(done, /second\.j2:3\b/);
  });

  it('passes on what a template raises', async () => {
    const done = await render(...image("{{ raise_error('this image needs a licence') }}\n"));
    expectOneClearMessage(done, 'this image needs a licence', /broken\/Dockerfile\.j2:2\b/);
  });

  it('suggests the nearest option for one that is unknown', async () => {
    const done = await render('--template-overide', 'x');
    expectOneClearMessage(done, 'template-overide', '--template-override');
    expect(done.status).toBe(2);
  });

  it('says what may be chosen', async () => {
    const done = await runKollaBuild(['--base', 'gentoo', '--template-only']);
    expectOneClearMessage(done, 'gentoo', 'debian');
  });

  it('names a configuration file that is missing', async () => {
    const done = await render('--config-file', join(scratch, 'missing.conf'));
    expectOneClearMessage(done, join(scratch, 'missing.conf'));
  });

  it('names the line of a configuration file that cannot be read', async () => {
    const conf = write('bad.conf', '[DEFAULT]\nbase debian\n');
    const done = await render('--config-file', conf);
    expectOneClearMessage(done, `${conf}:2`, "No ':' or '=' found in assignment: 'base debian'");
  });

  it('names a source of options that it can not read', async () => {
    const conf = write(
      'a.conf',
      '[DEFAULT]\nconfig_source = far\n[far]\ndriver = remote_file\nuri = http://x/\n',
    );
    const done = await render('--config-file', conf);
    expectOneClearMessage(
      done,
      "'far'",
      'remote_file is not supported',
      `${conf}:4`,
      '--config-file',
    );
  });

  it('names a docker-dir that is missing, or no folder', async () => {
    expectOneClearMessage(
      await render('--docker-dir', join(scratch, 'nowhere')),
      join(scratch, 'nowhere'),
    );
    const file = write('a-file', '');
    expectOneClearMessage(await render('--docker-dir', file), file);
  });

  it.runIf(available.command('setpriv'))('names a docker-dir that may not be read', async () => {
    write('images/secret/Dockerfile.j2', 'FROM x\n');
    const folder = join(scratch, 'images/secret');
    chmodSync(folder, 0o000);
    const args = ['--template-only', '--work-dir', workDir, '-D', join(scratch, 'images')];
    const done = await runUnprivileged([...COLLECTION, ...args]);
    expectOneClearMessage(done, folder, /permission denied/i);
  });

  it('names an override that is missing', async () => {
    const path = join(scratch, 'missing.j2');
    expectOneClearMessage(await render('--template-override', path), path);
  });

  it('names a profile and a pattern that are wrong', async () => {
    expectOneClearMessage(await render('--profile', 'nightly'), 'nightly');
    expectOneClearMessage(await render('a(b'), 'a(b');
  });

  it('says where it looked for a daemon', async () => {
    const socket = join(scratch, 'docker.sock');
    const done = await runKollaBuild([...COLLECTION, '--work-dir', workDir], {
      env: { DOCKER_HOST: `unix://${socket}` },
    });
    expect(done.status).toBeGreaterThan(0);
    expect(done.stderr).toContain(socket);
    expect(isStack(done.stderr), done.stderr).toBe(false);
  });

  it('shows the stack to those who ask with --debug', async () => {
    const done = await render('--debug', ...image('{{ users.nobody_knows.uid }}\n'));
    expect(done.status).toBeGreaterThan(0);
    expect(isStack(done.stderr), done.stderr).toBe(true);
  });
});
