import { describe, expect, it } from 'vitest';
import { loadSeries } from '../../../lib/adapters/series-files.js';
import type { ConfigFiles } from '../../../lib/kolla/config/config-files.js';
import { resolveOptions, type ResolvedOptions } from '../../../lib/kolla/config/resolve-options.js';

const FACTS = loadSeries('2026.1');

const memoryFiles = (texts: Readonly<Record<string, string>>): ConfigFiles => ({
  resolve: (path) => (path.startsWith('~') ? `/home${path.slice(1)}` : path),
  exists: (path) => Object.keys(texts).some((file) => file === path || file.startsWith(`${path}/`)),
  read: (path) => (path in texts ? { text: texts[path]! } : { problem: 'missing' }),
  listConf: (folder) => Object.keys(texts).filter((file) => file.startsWith(`${folder}/`)),
});

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly machine?: string;
  readonly series?: string;
}

function resolve(argv: readonly string[], given: Given = {}): ResolvedOptions {
  const resolved = resolveOptions({
    argv,
    env: given.env ?? {},
    files: memoryFiles(given.files ?? {}),
    facts: given.series === undefined ? FACTS : loadSeries(given.series),
    version: '22.0.0',
    machine: given.machine ?? 'x86_64',
  });
  if ('exit' in resolved) throw new Error(`it stops: ${resolved.exit}`);
  return resolved;
}

describe('resolveOptions', () => {
  it('fills defaults from the series', () => {
    expect(resolve([]).options).toMatchObject({
      base: 'rocky',
      baseTag: '10',
      baseImage: 'quay.io/rockylinux/rockylinux',
      tag: '22.0.0',
      openstackBranch: 'stable-2026.1',
      threads: 8,
      regex: [],
      registry: null,
      progress: 'auto',
    });
  });

  it('builds for the machine that it runs on', () => {
    expect(resolve([], { machine: 'arm64' }).options).toMatchObject({
      baseArch: 'aarch64',
      debianArch: 'arm64',
    });
  });

  it('asks for the architecture on a machine that kolla does not know', () => {
    expect(() => resolve([], { machine: 'riscv64' })).toThrow('say which');
    expect(resolve(['--base-arch', 'x86_64'], { machine: 'riscv64' }).options.baseArch).toBe(
      'x86_64',
    );
  });

  it('composes the tag where the series does', () => {
    expect(resolve(['-b', 'debian'], { series: '2026.2' }).options.tag).toBe(
      '2026.2-debian-trixie',
    );
  });

  it('knows the options of old series only there', () => {
    expect(resolve(['-t', 'binary'], { series: 'ussuri' }).options.installType).toBe('binary');
    expect(() => resolve(['-t', 'binary'])).toThrow('unrecognized arguments: -t');
  });

  it('tells where a value comes from', () => {
    const { settings } = resolve(['--tag', 'x'], {
      files: { '/home/kolla-build.conf': '[DEFAULT]\nbase = debian\n' },
      env: { OS_DEFAULT__NAMESPACE: 'n' },
    });
    expect(settings.explain('base').origin).toEqual({
      kind: 'file',
      path: '/home/kolla-build.conf',
      line: 2,
    });
    expect(settings.explain('tag').origin).toEqual({ kind: 'command line' });
    expect(settings.explain('namespace').origin).toMatchObject({
      variable: 'OS_DEFAULT__NAMESPACE',
    });
    expect(settings.explain('threads').origin).toEqual({ kind: 'default' });
  });

  it('refuses an empty number when it is needed, and not before', () => {
    const files = { '/f': '[DEFAULT]\nretries =\ntimeout =\n' };
    const { options } = resolve(['--config-file', '/f'], { files });
    expect(options.timeout).toBeGreaterThan(1_000_000);
    expect(() => options.retries).toThrow(
      'Value for option retries from /f:2 is not valid: a number is missing',
    );
  });

  it('names file and line of a bad value, and the value that was meant', () => {
    const files = { '/f': '[cron]\n\ntype = lokal\n' };
    const source = resolve(['--config-file', '/f'], { files }).options.source('cron');
    expect(() => source.type).toThrow(
      expect.objectContaining({
        name: 'ConfigFileValueError',
        message:
          "Value for option type from /f:3 is not valid: Valid values are [local, git, url], but found 'lokal'",
        hint: 'did you mean local?',
      }) as Error,
    );
  });

  it('says which option holds a stray dollar sign', () => {
    expect(() => resolve(['--build-args', 'P:pa$wd'])).toThrow(
      expect.objectContaining({
        message: 'no such option wd in group [DEFAULT]',
        hint: 'in the value of build-args, command line; write $$ for a plain dollar sign',
      }) as Error,
    );
  });

  it('stops at a reference to itself', () => {
    expect(() => resolve(['--tag', '$namespace', '--namespace', '$tag'])).toThrow(
      'refers to itself',
    );
  });

  it('splits lists of paths in the environment at colons and regexes into characters', () => {
    const env = { OS_DEFAULT__DOCKER_DIR: '/a:/b', OS_DEFAULT__REGEX: 'ab' };
    expect(resolve([], { env }).options).toMatchObject({
      dockerDir: ['/a', '/b'],
      regex: ['a', 'b'],
    });
  });

  it('finds keys that nothing reads', () => {
    const text = [
      '[DEFAULT]',
      'base_tga = x',
      'squash-cleanup = no',
      'install_type = source',
      'zzz = 1',
      '[DEFAULTS]',
      'base = debian',
      '[nova-user]',
      'iud = 1',
      '[cron]',
      'location = x',
      '[profiles]',
      'mine = a',
    ].join('\n');
    const { unreadKeys } = resolve(['--config-file', '/f'], { files: { '/f': text } });
    expect(
      unreadKeys.map(({ line, key, suggestion, otherSeries }) => [
        line,
        key,
        suggestion,
        otherSeries,
      ]),
    ).toEqual([
      [2, 'base_tga', 'base_tag', false],
      [3, 'squash-cleanup', 'squash_cleanup', false],
      [4, 'install_type', undefined, true],
      [5, 'zzz', undefined, false],
      [7, 'base', '[DEFAULT]', false],
      [9, 'iud', 'uid', false],
    ]);
  });
});
