import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TreeError } from '../../lib/adapters/docker-dir.js';
import { prepareImages, type PreparedImages } from '../../lib/adapters/prepare-images.js';
import { loadSeries } from '../../lib/adapters/series-files.js';
import { RenderError } from '../../lib/kolla/find-images.js';
import { makeOptions } from '../kolla/make-options.js';

let root = '';
let warnings: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kollage-prepare-'));
  warnings = [];
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
  write('stock', {
    'macros.j2': '{% macro hi() %}hi{% endmacro %}',
    'base/Dockerfile.j2': 'FROM debian\n',
    'group/app/Dockerfile.j2': 'FROM {{ namespace }}/base:{{ tag }}\n',
    'group/app/files/run.sh': 'true\n',
    'group/lib/Dockerfile.j2': 'FROM {{ namespace }}/base:{{ tag }}\n',
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const at = (...parts: string[]): string => join(root, ...parts);
const text = (...parts: string[]): string => readFileSync(at(...parts), 'utf8');

function prepare(...argv: string[]): Promise<PreparedImages> {
  return prepareIn('2026.1', ['--work-dir', at('work'), ...argv]);
}

function prepareIn(series: string, argv: readonly string[]): Promise<PreparedImages> {
  const facts = loadSeries(series);
  return prepareImages({
    options: makeOptions(['--base', 'debian', ...argv], series),
    facts,
    imagesDir: at('stock'),
    kollaVersion: facts.version,
    now: new Date('2026-07-31T12:00:00.500Z'),
    env: { FOO: 'bar' },
    log: {
      debug: () => undefined,
      warning: (message) => warnings.push(message),
      error: (message) => warnings.push(message),
    },
  });
}

function tree(folder = 'work/docker'): string[] {
  return readdirSync(at(folder), { recursive: true, encoding: 'utf8' }).sort();
}

describe('prepareImages', () => {
  it('writes each Dockerfile beside its template and gives every image a patches folder', async () => {
    await prepare('--template-only');
    expect(tree()).toEqual([
      'base',
      'base/Dockerfile',
      'base/Dockerfile.j2',
      'base/patches',
      'group',
      'group/app',
      'group/app/Dockerfile',
      'group/app/Dockerfile.j2',
      'group/app/files',
      'group/app/files/run.sh',
      'group/app/patches',
      'group/lib',
      'group/lib/Dockerfile',
      'group/lib/Dockerfile.j2',
      'group/lib/patches',
      'macros.j2',
    ]);
    expect(text('work/docker/group/app/Dockerfile')).toBe('FROM kolla/base:22.0.0');
    expect(readdirSync(at('work'))).toEqual(['docker']);
  });

  it('removes folders of images that are not selected, but not their group', async () => {
    await prepare('--template-only', '^base$');
    expect(tree()).toEqual([
      'base',
      'base/Dockerfile',
      'base/Dockerfile.j2',
      'base/patches',
      'group',
      'macros.j2',
    ]);
  });

  it('keeps a selected image that lies in the folder of one that is not', async () => {
    write('stock', {
      'group/app/inner/Dockerfile.j2': 'FROM scratch\n',
      'group/app/inner/deep/other/Dockerfile.j2': 'FROM scratch\n',
    });
    await prepare('--template-only', '^inner$');
    expect(tree()).toEqual([
      'group',
      'group/app',
      'group/app/inner',
      'group/app/inner/Dockerfile',
      'group/app/inner/Dockerfile.j2',
      'group/app/inner/deep',
      'group/app/inner/patches',
      'macros.j2',
    ]);
  });

  it('renders and copies for a build only what is selected, and examines the rest while it builds', async () => {
    const bad = [...loadSeries('2026.1').unbuildable['aarch64']!][0]!;
    write('stock', {
      [`${bad}/Dockerfile.j2`]: 'FROM {{ namespace }}/base:{{ tag }}\n',
      'above/Dockerfile.j2': `FROM {{ namespace }}/${bad}:{{ tag }}\n`,
      'circle/Dockerfile.j2': 'FROM {{ namespace }}/round:{{ tag }}\n',
      'round/Dockerfile.j2': 'FROM {{ namespace }}/circle:{{ tag }}\n',
      'broken/Dockerfile.j2': '{{ nothing.at.all }}\n',
    });
    const argv = ['--base', 'debian', '--base-arch', 'aarch64', '^lib$'];
    const { images, workDir, examineUnselected } = await prepareIn('2026.1', argv);
    try {
      expect(readdirSync(workDir.path).sort()).toEqual(['base', 'group', 'macros.j2']);
      expect(readdirSync(join(workDir.path, 'group'))).toEqual(['lib']);
      const statusOf = (name: string): unknown => images.find((one) => one.name === name)?.status;
      expect(statusOf('above')).toBe('unmatched');
      await examineUnselected();
      expect(statusOf('above')).toBe('unbuildable');
      expect(statusOf('app')).toBe('unmatched');
      expect(statusOf('round')).toBe('unmatched');
      expect(statusOf('base')).toBe('matched');
    } finally {
      workDir.cleanUp();
    }
  });

  it('releases folders of a temporary tree alone', async () => {
    const { workDir } = await prepareIn('2026.1', ['--base', 'debian', '^(app|lib)$']);
    workDir.release('group/lib');
    await vi.waitFor(() => expect(readdirSync(join(workDir.path, 'group'))).toEqual(['app']));
    workDir.release('group/app');
    workDir.cleanUp();
    expect(existsSync(dirname(workDir.path))).toBe(false);

    const named = await prepare('^lib$');
    named.workDir.release('group/lib');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(tree()).toContain('group/lib/Dockerfile');
  });

  it('lays later trees over earlier ones, and follows links in them', async () => {
    write('mine', {
      'macros.j2': 'other',
      'group/app/files/more.sh': 'more\n',
      'base/Dockerfile': 'replaced\n',
    });
    write('elsewhere', { 'linked/Dockerfile.j2': 'FROM scratch\n' });
    chmodSync(at('mine/group/app/files/more.sh'), 0o751);
    chmodSync(at('mine/base/Dockerfile'), 0o600);
    symlinkSync(at('elsewhere/linked'), at('mine/linked'));
    await prepare('--template-only', '-D', at('mine'));
    expect(text('work/docker/macros.j2')).toBe('other');
    expect(statSync(at('work/docker/group/app/files/more.sh')).mode & 0o777).toBe(0o751);
    expect(text('work/docker/group/app/files/run.sh')).toBe('true\n');
    expect(text('work/docker/base/Dockerfile')).toBe('FROM debian');
    expect(statSync(at('work/docker/base/Dockerfile')).mode & 0o777).toBe(0o600);
    expect(statSync(at('work/docker/linked')).isDirectory()).toBe(true);
    expect(text('work/docker/linked/Dockerfile')).toBe('FROM scratch');
  });

  it('keeps times under --template-only and sets them to 0 otherwise', async () => {
    utimesSync(at('stock/group/app/files/run.sh'), 1_000_000, 2_000_000);
    utimesSync(at('stock/group/app/files'), 1_000_000, 3_000_000);
    await prepare('--template-only');
    const seconds = (path: string): number => statSync(at('work/docker', path)).mtimeMs / 1000;
    expect(seconds('group/app/files/run.sh')).toBe(2_000_000);
    expect(seconds('group/app/files')).toBe(3_000_000);
    await prepare('--list-images');
    for (const path of tree()) expect(seconds(path), path).toBe(0);
  });

  it('copies the patches of a series file, and tells which are missing', async () => {
    write('patches/app', { series: '# x\n one.patch \nsub/two.patch\ngone -p1\n\n' });
    write('patches/app', { 'one.patch': '1', 'sub/two.patch': '2', 'unlisted.patch': '3' });
    write('patches/lib', { 'one.patch': '1' });
    await prepare('--template-only', '--patches-path', at('patches'));
    expect(tree('work/docker/group/app/patches')).toEqual([
      'one.patch',
      'series',
      'sub',
      'sub/two.patch',
    ]);
    expect(tree('work/docker/group/lib/patches')).toEqual([]);
    expect(warnings).toEqual([`${at('patches/app/series')}:4: there is no patch gone -p1`]);
  });

  it('refuses a patch outside of the folder of patches', async () => {
    write('patches/app', { series: '../secret\n' });
    write('patches', { secret: 'x' });
    await expect(prepare('--patches-path', at('patches'))).rejects.toThrow(
      `${at('patches/app/series')}:1: ../secret is outside of the folder of patches`,
    );
  });

  it('lets a broken template be that no selected image needs', async () => {
    write('stock', { 'broken/Dockerfile.j2': '{% if %}' });
    const { images } = await prepare('--template-only', '^app$');
    expect(images.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'base matched',
      'broken unmatched',
      'app matched',
      'lib unmatched',
    ]);
  });

  it('leaves every folder in place, rendered, in the series that does not select first', async () => {
    await prepareIn('train', ['--work-dir', at('work'), '--template-only', '^base$']);
    expect(text('work/docker/group/app/Dockerfile')).toBe('FROM kolla/base:9.4.0');
    expect(existsSync(at('work/docker/group/app/patches'))).toBe(false);
  });

  it('tells what is built on an unbuildable image from what is not selected', async () => {
    write('stock', {
      'tgtd/Dockerfile.j2': 'FROM {{ namespace }}/base:{{ tag }}',
      'tgt-more/Dockerfile.j2': 'FROM {{ namespace }}/tgtd:{{ tag }}',
    });
    const { images, workDir, examineUnselected } = await prepareIn('2026.1', [
      '--base',
      'rocky',
      '^app$',
    ]);
    await examineUnselected();
    workDir.cleanUp();
    expect(images.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'base matched',
      'app matched',
      'lib unmatched',
      'tgt-more unbuildable',
      'tgtd unbuildable',
    ]);
  });

  it.each([
    ['the selected image', 'group/app', 'app'],
    ['what it is built on', 'base', 'base'],
  ])('stops at a broken template of %s', async (_case, folder, name) => {
    write('stock', {
      [`${folder}/Dockerfile.j2`]: 'FROM {{ namespace }}/base:{{ tag }}\n{{ usr.uid }}',
    });
    await expect(prepare('--template-only', '^app$')).rejects.toMatchObject({
      name: 'RenderError',
      message: "'usr' is undefined",
      image: name,
      template: `${folder}/Dockerfile.j2`,
    });
    expect(existsSync(at('work'))).toBe(false);
  });

  it('leaves no work dir behind when a template fails', async () => {
    write('stock', { 'base/Dockerfile.j2': '{{ usr.uid }}' });
    await expect(prepare('--template-only')).rejects.toThrow(RenderError);
    expect(existsSync(at('work'))).toBe(false);
  });

  it('leaves an earlier tree alone when a template fails', async () => {
    await prepare('--template-only');
    const before = tree();
    write('stock', { 'base/Dockerfile.j2': '{{ usr.uid }}' });
    await expect(prepare('--template-only')).rejects.toThrow(RenderError);
    expect(tree()).toEqual(before);
    expect(text('work/docker/base/Dockerfile')).toBe('FROM debian');
  });

  it('forgets images of an earlier run in the same work dir, and keeps what others put there', async () => {
    write('mine', { 'extra/one/Dockerfile.j2': 'FROM scratch\n', 'extra/one/patches/a': 'a' });
    await prepare('--list-images', '-D', at('mine'));
    write('work/docker', { 'notes/readme': 'mine', 'base/more': 'mine' });
    const { images } = await prepare('--list-images');
    expect(images.map(({ name }) => name)).toEqual(['base', 'app', 'lib']);
    expect(existsSync(at('work/docker/extra'))).toBe(false);
    expect(text('work/docker/notes/readme')).toBe('mine');
    expect(text('work/docker/base/more')).toBe('mine');
  });

  it('forgets the plugins that an earlier build unpacked into a reused work dir', async () => {
    write('stock', { 'group/app/additions/own': 'own' });
    await prepare();
    write('work/docker/group/app', {
      'plugins/old/file': 'old',
      'plugins-archive': '',
      'additions/old': 'old',
      'additions-archive': '',
    });
    write('work/docker/group/lib', { 'plugins/by-hand': 'mine' });
    await prepare();
    expect(tree('work/docker/group/app/plugins')).toEqual([]);
    expect(tree('work/docker/group/app/additions')).toEqual(['own']);
    expect(tree('work/docker/group/lib/plugins')).toEqual(['by-hand']);
  });

  it('warns of a template in a reused work dir that is in no template tree', async () => {
    await prepare('--template-only');
    expect(warnings).toEqual([]);
    write('work/docker', { 'old/Dockerfile.j2': 'FROM x\n', 'old/two/Dockerfile.j2': 'FROM x\n' });
    const { images } = await prepare('--template-only');
    expect(images.map(({ name }) => name)).toEqual(['base', 'app', 'lib']);
    expect(warnings).toEqual([
      `${at('work/docker/old/Dockerfile.j2')} (and 1 more) is no image, as it is in no folder of templates: delete it, or give its folder with --docker-dir`,
    ]);
    expect(text('work/docker/old/Dockerfile.j2')).toBe('FROM x\n');
  });

  it.each([
    ['a missing folder', 'gone', 'no such file or folder'],
    ['a file', 'stock/macros.j2', 'not a folder'],
  ])('names %s given as docker-dir', async (_case, path, reason) => {
    await expect(prepare('-D', at(path))).rejects.toThrow(new TreeError(`${at(path)}: ${reason}`));
    expect(existsSync(at('work'))).toBe(false);
  });

  it('names a dangling link, and one that leads in circles', async () => {
    mkdirSync(at('mine/sub'), { recursive: true });
    symlinkSync('nowhere', at('mine/sub/link'));
    await expect(prepare('-D', at('mine'))).rejects.toThrow(
      `${at('mine/sub/link')}: no such file or folder`,
    );
    rmSync(at('mine/sub/link'));
    symlinkSync('..', at('mine/sub/loop'));
    await expect(prepare('-D', at('mine'))).rejects.toThrow(
      `${at('mine/sub/loop')}: a symbolic link to a folder that it lies in`,
    );
  });

  it('refuses a work dir that holds the templates', async () => {
    write('docker', { 'base/Dockerfile.j2': 'FROM x' });
    await expect(prepareIn('2026.1', ['--work-dir', root, '-D', at('docker')])).rejects.toThrow(
      'is read from, so --work-dir must name another place',
    );
  });

  it('says which template is not UTF-8', async () => {
    writeFileSync(at('stock/base/Dockerfile.j2'), Buffer.from([0x46, 0xff, 0x0a]));
    await expect(prepare('--template-only')).rejects.toThrow(
      `${at('stock/base/Dockerfile.j2')}: not UTF-8 text`,
    );
  });

  it('says which file has a name that is not UTF-8', async () => {
    mkdirSync(at('mine'), { recursive: true });
    writeFileSync(Buffer.concat([Buffer.from(at('mine/caf')), Buffer.from([0xe9])]), 'x');
    await expect(prepare('-D', at('mine'))).rejects.toThrow(
      `${at('mine/caf\ufffd')}: its name is not UTF-8; rename it`,
    );
    rmSync(at('mine'), { recursive: true });
    write('mine', { 'really\ufffd': 'this character itself' });
    await prepare('-D', at('mine'));
  });

  it('hands templates nothing that another template could have changed', async () => {
    write('stock', {
      'macros.j2': '{% set seen = [] %}',
      'base/Dockerfile.j2':
        'FROM x\n{% import "macros.j2" as m %}{{ m.seen.append(1) }}{{ users.pop("nova").uid }} {{ m.seen }}',
      'group/app/Dockerfile.j2':
        'FROM x\n{% import "macros.j2" as m %}{{ m.seen }} {{ users.nova.uid }}',
    });
    await prepare('--template-only');
    expect(text('work/docker/base/Dockerfile')).toBe('FROM x\nNone42436 [1]');
    expect(text('work/docker/group/app/Dockerfile')).toBe('FROM x\n[] 42436');
  });

  it('lets overrides import what lies beside them, and templates, when asked to', async () => {
    write('over', {
      'site.j2':
        '{% extends parent_template %}{% import "macros.j2" as m %}{% import "own/more.j2" as o %}' +
        '{% block footer %}{{ m.hi() }} {{ o.there }}{% endblock %}',
      'own/more.j2': '{% set there = "there" %}',
    });
    write('stock', { 'base/Dockerfile.j2': 'FROM x\n{% block footer %}{% endblock %}' });
    const argv = ['--template-only', '--template-override', at('over/site.j2'), '^base$'];
    await expect(prepare(...argv)).rejects.toThrow('macros.j2');
    await prepare(...argv, '--override-imports');
    expect(text('work/docker/base/Dockerfile')).toBe('FROM x\nhi there');
  });

  it('puts mirrors into the commands of handle_repos', async () => {
    write('stock', { 'base/Dockerfile.j2': 'FROM x\n{{ handle_repos(["grafana"], "enable") }}' });
    await prepare(
      '--template-only',
      '--repos-mirror',
      'https://apt.grafana.com=https://near.example',
    );
    expect(text('work/docker/base/Dockerfile')).toContain("echo 'Uris: https://near.example' >");
  });

  it('writes nothing where images are only listed', async () => {
    const { images, workDir } = await prepareIn('2026.1', ['--list-images']);
    expect(images).toHaveLength(3);
    expect(existsSync(workDir.path)).toBe(false);
    workDir.cleanUp();
  });

  it('writes into a temporary folder that only its owner may read', async () => {
    const { workDir } = await prepareIn('2026.1', ['--template-only']);
    try {
      expect(workDir.label).toMatch(/\/kolla-2026-07-(30|31)_\d\d-\d\d-\d\d_[A-Za-z0-9]+\/docker$/);
      expect(statSync(dirname(workDir.path)).mode & 0o777).toBe(0o700);
      expect(existsSync(join(workDir.path, 'base/Dockerfile'))).toBe(true);
    } finally {
      workDir.cleanUp();
    }
    expect(existsSync(dirname(workDir.path))).toBe(false);
  });
});
