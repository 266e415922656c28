import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const COLLECTION = join(
  process.env.KOLLAGE_ORACLES ?? join(ROOT, '.oracles'),
  'kolla-22.0.0/share/kolla/docker',
);
const page = (name) => ({ [name]: readFileSync(join(import.meta.dirname, name), 'utf8') });

/** All templates of kolla 22.0.0 with the variables of a Debian run. */
function kollaTemplates() {
  if (!existsSync(COLLECTION)) return undefined;
  const files = readdirSync(COLLECTION, { recursive: true }).filter((file) => file.endsWith('.j2'));
  const templates = {};
  for (const file of files.sort())
    templates[relative('', file)] = readFileSync(join(COLLECTION, file), 'utf8');
  const facts = JSON.parse(readFileSync(join(ROOT, 'lib/kolla/series/2026.1.json'), 'utf8'));
  const users = Object.fromEntries(
    Object.entries(facts.users).map(([section, user]) => {
      const name = section.replace(/-user$/, '');
      return [name, { ...user, group: name }];
    }),
  );
  return {
    name: "kolla's templates",
    times: { compile: 1, render: 5 },
    templates,
    names: Object.keys(templates).filter((name) => name.endsWith('Dockerfile.j2')),
    context: {
      base_distro: 'debian',
      base_image: 'debian',
      base_distro_tag: 'bookworm',
      base_arch: 'x86_64',
      base_package_type: 'deb',
      debian_arch: 'amd64',
      distro_package_manager: 'apt',
      supported_distro_name: 'Debian GNU/Linux 12 (bookworm)',
      use_dumb_init: true,
      docker_healthchecks: true,
      clean_package_cache: true,
      repos_yaml: null,
      patches_path: null,
      rpm_setup: [],
      image_prefix: '',
      image_name: 'an-image',
      namespace: 'kolla',
      tag: '22.0.0',
      maintainer: 'Kolla',
      kolla_version: '22.0.0',
      build_date: '20260801',
      openstack_release: '2026.1',
      openstack_release_codename: 'Gazpacho',
      openstack_branch: 'stable-2026.1',
      openstack_branch_slashed: 'stable/2026.1',
      users,
      env: {},
    },
  };
}

const macroPage = () => ({
  name: 'a page of macros',
  times: { compile: 50, render: 20 },
  templates: page('macros.j2'),
  names: ['macros.j2'],
  context: {
    fields: ['name', 'mail', 'city', 'phone'],
    users: Array.from({ length: 50 }, (_, id) => ({
      id,
      name: `user ${id}`,
      mail: `u${id}@example.com`,
      city: 'Bern <BE>',
      phone: '+41 31 000',
    })),
  },
});

const loopPage = () => ({
  name: 'a page of loops',
  times: { compile: 50, render: 20 },
  templates: page('loops.j2'),
  names: ['loops.j2'],
  context: {
    rows: Array.from({ length: 60 }, (_, row) => ({
      cells: Array.from({ length: 20 }, (_, cell) => ({
        name: `cell ${row}.${cell}`,
        count: (row * 7 + cell) % 11,
      })),
    })),
  },
});

/** What is compiled and rendered: `templates` by name, `names` of those that are rendered, the
 *  context, and how often one measured run repeats the work. */
export const workloads = () => [kollaTemplates(), macroPage(), loopPage()].filter(Boolean);
