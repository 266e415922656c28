import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reposReader } from '../../lib/adapters/repos-file.js';
import { loadSeries } from '../../lib/adapters/series-files.js';
import { call } from '../../lib/jinja/value/callable.js';
import { cleanupReposFunction, handleReposFunction } from '../../lib/kolla/repos.js';
import { ORACLES, oracle, requirement } from '../support/requirements.js';

const RELEASES = [
  ['10.4.0', 'ussuri'],
  ['18.8.0', '2024.1'],
  ['19.8.0', '2024.2'],
  ['20.6.0', '2025.1'],
  ['21.3.0', '2025.2'],
  ['22.0.0', '2026.1'],
  ['23.0.0', '2026.2'],
] as const;

const PROGRAM = `
import copy, functools, json, logging, sys
import yaml
logging.disable(logging.CRITICAL)
from kolla.template import methods
parse = functools.lru_cache(yaml.safe_load)
yaml.safe_load = lambda stream: copy.deepcopy(parse(stream.read()))
answers = []
for context, names, mode in json.load(sys.stdin):
    try:
        if mode == 'cleanup':
            answers.append(methods.cleanup_repos(context))
        else:
            answers.append(methods.handle_repos(context, names, mode))
    except Exception as error:
        answers.append({'name': type(error).__name__, 'message': str(error)})
json.dump(answers, sys.stdout)
`;

const folder = mkdtempSync(join(tmpdir(), 'kollage-repos-'));
afterAll(() => rmSync(folder, { recursive: true }));
const userFile = (name: string, text: string): string => {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
};

const USER_FILES = {
  none: '',
  whole: userFile(
    'whole',
    `
rpm:
  site:
    name: site
    baseurl: |
      https://one.example/$releasever
      https://two.example/
    gpgkey: |
      https://one.example/key1
      https://one.example/key2
    gpgcheck: 1
    repo_gpgcheck: true
    build_only: yes
  bare: { name: bare, gpgkey: "k" }
  keyless: { name: keyless, metalink: "https://m.example" }
  nameless: { gpgkey: k, mirrorlist: "https://l.example" }
  grafana: { name: mine, mirrorlist: "https://l.example/?a=1&b=2", gpgkey: k, gpgcheck: 0 }
rocky: { crb: { name: crb, baseurl: "https://r.example", gpgkey: k } }
centos: { site: centos-site }
deb:
  site: { url: "https://d.example", suite: "{openstack_release_codename}-x", component: main, gpg_key: /abs/key.asc, trusted: true, arch: [amd64, arm64] }
  plain: { url: "https://d.example", suite: 24.0, component: "", gpg_key: k.asc, build_only: true }
  short: { url: "https://d.example", suite: s, gpg_key: k.asc }
  system: { distro: true }
debian: { site: { suite: "stable" }, line: "deb https://l.example stable main" }
ubuntu: { site: { suite: "noble" }, line: "deb https://l.example noble main" }
`,
  ),
};

const NAMES = [
  'site',
  'bare',
  'keyless',
  'nameless',
  'plain',
  'short',
  'system',
  'line',
  'nowhere',
];

describe.each(RELEASES)('handle_repos of kolla %s', (release, series) => {
  const python = oracle.kolla(release) && join(ORACLES, `kolla-${release}/bin/python`);
  const run = requirement('kolla', python !== undefined);
  const facts = loadSeries(series);

  const stock = new Set(
    Object.values(facts.repos).flatMap((file) =>
      Object.values(file).flatMap((section) => Object.keys(section ?? {})),
    ),
  );
  const lists = [
    ...[...stock, ...NAMES].map((name) => [name]),
    [],
    ['epel', 'crb'],
    ['crb', 'epel'],
    ['site', 'grafana'],
    ['site', 'site'],
    ['plain', 'system'],
    ['grafana', 'site', 'crb'],
    ['opensearch', 'opensearch-dashboards', 'grafana'],
  ];
  const tags = { centos: 'stream10', debian: 'trixie', rocky: '10', ubuntu: '24.04' };
  const oldTags = { centos: 'stream9', debian: 'bookworm', rocky: '9', ubuntu: '22.04' };
  const cases = (['centos', 'debian', 'rocky', 'ubuntu'] as const).flatMap((base) =>
    ['x86_64', 'aarch64'].flatMap((arch) =>
      [tags, oldTags].flatMap((byBase) =>
        Object.values(USER_FILES).flatMap((file) => {
          const context = {
            base_distro: base,
            base_distro_tag: byBase[base],
            base_arch: arch,
            base_package_type: base === 'centos' || base === 'rocky' ? 'rpm' : 'deb',
            image_name: 'base',
            openstack_release_codename: 'Gazpacho',
            repos_yaml: file,
          };
          const calls = lists.flatMap((names) =>
            ['enable', 'disable', 'other'].map((mode) => [context, names, mode] as const),
          );
          const clean = facts.traits.functions.includes('cleanup_repos');
          return clean ? [...calls, [context, [], 'cleanup'] as const] : calls;
        }),
      ),
    ),
  );

  it.runIf(run)(`writes what the real one writes, in ${cases.length} calls`, () => {
    const { stdout, stderr } = spawnSync(python ?? '', ['-c', PROGRAM], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(stderr).toBe('');
    const answers = JSON.parse(stdout) as unknown[];
    const deps = { facts, readRepos: reposReader() };
    const handle = handleReposFunction(deps);
    const clean = cleanupReposFunction(deps);
    const differences = cases.flatMap(([values, names, mode], index) => {
      const entries = new Map<string, unknown>(Object.entries(values));
      const context = {
        get: (name: string) => entries.get(name) ?? null,
        has: (name: string) => entries.has(name),
      };
      let ours: unknown;
      try {
        ours = mode === 'cleanup' ? call(clean, [context]) : call(handle, [context, names, mode]);
      } catch (error) {
        const { name, message } = error as Error;
        ours = { name, message };
      }
      const theirs = answers[index];
      return JSON.stringify(ours) === JSON.stringify(theirs)
        ? []
        : [{ values, names, mode, ours, theirs }];
    });
    expect(differences.slice(0, 5)).toEqual([]);
  });
});
