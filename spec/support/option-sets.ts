import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORACLES } from './requirements.js';
import { fixture } from './tree-cases.js';

/** Arguments and environment that change what is rendered, and the releases that know them. */
export interface OptionSet {
  readonly name: string;
  /** First and last major release of kolla that this holds for. */
  readonly since?: number;
  readonly until?: number;
  /** Only on these bases. */
  readonly bases?: readonly string[];
  args(release: string, scratch: string): readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const file = (...parts: string[]): string => fixture('kolla/option-sets', ...parts);

/** The release's own repository table with other addresses: a user's full replacement. */
function mirroredRepos(release: string, scratch: string): string {
  const lib = join(ORACLES, `kolla-${release}`, 'lib');
  const folder = join(lib, readdirSync(lib)[0]!, 'site-packages/kolla/template');
  const text = readFileSync(join(folder, 'repos.yaml'), 'utf8');
  const path = join(scratch, `repos-${release}.yaml`);
  writeFileSync(path, text.replaceAll('https://', 'https://mirror.example/'));
  return path;
}

function aptFiles(_release: string, scratch: string): string[] {
  const path = join(scratch, 'apt.conf');
  const lines = [
    '[DEFAULT]',
    `apt_sources_list = ${file('sources.list')}`,
    `apt_preferences = ${file('preferences')}`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return ['--config-file', path];
}

/** Every series gets those that it knows. */
export const OPTION_SETS: readonly OptionSet[] = [
  {
    name: 'registry, namespace and tag',
    args: () => ['--registry', 'r.example:5000', '--namespace', 'n', '--tag', 't-1'],
  },
  { name: 'a name prefix', since: 15, args: () => ['--image-name-prefix', 'site-'] },
  { name: 'everything from source', until: 14, args: () => ['--type', 'source'] },
  { name: 'everything from packages', until: 14, args: () => ['--type', 'binary'] },
  {
    name: 'health checks and init off',
    since: 10,
    args: () => ['--nodocker-healthchecks', '--nouse-dumb-init'],
  },
  { name: 'other user ids', args: () => ['--config-file', file('users.conf')] },
  { name: 'a user of its own', since: 20, args: () => ['--config-file', file('own-user.conf')] },
  {
    name: 'settings, rpm set-up and a profile of its own',
    args: () => ['--config-file', file('settings.conf'), '--profile', 'night'],
  },
  {
    name: 'the repositories of a mirror',
    since: 13,
    args: (release, scratch) => ['--repos-yaml', mirroredRepos(release, scratch)],
  },
  {
    // Up to 20 the base needs a section, and what the table lacks is passed over.
    name: 'a few other repositories',
    since: 13,
    until: 22,
    bases: ['debian'],
    args: () => ['--repos-yaml', file('repos-merge.yaml')],
  },
  {
    name: 'a few other repositories, merged',
    since: 23,
    args: () => ['--repos-yaml', file('repos-merge.yaml')],
  },
  {
    name: 'several docker-dirs',
    args: () => ['-D', file('docker-dir-one'), '-D', file('docker-dir-two')],
    env: { SITE_PROXY: 'http://proxy.example:3128', http_proxy: 'http://proxy.example:3128' },
  },
  {
    name: 'several overrides',
    args: () => ['--template-override', file('first.j2'), '--template-override', file('second.j2')],
  },
  {
    name: 'overrides of an own image',
    args: () => ['--docker-dir', file('docker-dir-one'), '--template-override', file('second.j2')],
  },
  { name: 'patches', since: 20, args: () => ['--patches-path', file('patches')] },
  { name: 'built-in profiles', args: () => ['--profile', 'infra', '--profile', 'main'] },
  { name: 'patterns', args: () => ['^nova-', '(glance|heat)-api$', 'kolla-toolbox'] },
  {
    name: 'another base image and release',
    args: () => ['--base-image', 'r.example/base', '--openstack-release', 'site.1'],
  },
  { name: "apt's own files", bases: ['debian', 'ubuntu'], args: aptFiles },
  { name: 'unbuildable images, too', since: 10, args: () => ['--enable-unbuildable'] },
];
