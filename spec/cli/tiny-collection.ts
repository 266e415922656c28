import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ORACLES } from '../support/requirements.js';

/** Template of an image on another one of the collection. */
const on = (parent: string, ...lines: string[]): string =>
  [
    `FROM {{ namespace }}/{{ image_prefix }}${parent}:{{ tag }}`,
    '{% block labels %}',
    'LABEL maintainer="{{ maintainer }}" name="{{ image_name }}"',
    '{% endblock %}',
    '{% import "macros.j2" as macros with context %}',
    ...lines,
    '',
  ].join('\n');

/** A small collection in kolla's manner: three levels, images that some bases cannot build, an image
 *  with plugins, one that shows every variable. Path -> text. */
export const TINY: Readonly<Record<string, string>> = {
  'macros.j2': [
    '{% macro install(packages) -%}',
    '{% if base_package_type == "rpm" %}RUN {{ distro_package_manager }} -y install {{ packages | join(" ") }}',
    '{%- else %}RUN {{ debian_package_install(packages, clean_package_cache) }}',
    '{%- endif %}',
    '{%- endmacro %}',
    '',
  ].join('\n'),
  'base/Dockerfile.j2': [
    'FROM {{ base_image }}:{{ base_distro_tag }}',
    '{% block base_header %}{% endblock %}',
    '{% import "macros.j2" as macros with context %}',
    'ENV ARCH={{ base_arch }}/{{ debian_arch }} RELEASE={{ openstack_release }} CODE={{ openstack_release_codename }}',
    'ENV BRANCH={{ openstack_branch }}/{{ openstack_branch_slashed }} KOLLA={{ kolla_version }}',
    'ENV DISTRO="{{ base_distro }} {{ supported_distro_name }} {{ base_package_type }} {{ distro_package_manager }}"',
    'ENV FLAGS="{{ use_dumb_init }} {{ docker_healthchecks }} {{ clean_package_cache }} {{ patches_path }} {{ repos_yaml }}"',
    "{% for name, user in users | dictsort %}{% if name in ['nova', 'kolla', 'new'] %}",
    'RUN useradd {{ name }} {{ user.uid }} {{ user.gid }} {{ user.group }}',
    '{% endif %}{% endfor %}',
    '{% for line in rpm_setup %}{{ line }}',
    '{% endfor %}',
    "{% set base_packages = ['curl', 'tar'] %}",
    '{{ macros.install(base_packages | customizable("packages")) }}',
    '{% block base_footer %}{% endblock %}',
    '{% block footer %}{% endblock %}',
    '',
  ].join('\n'),
  'base/extra.conf': 'a file of the context\n',
  'openstack-base/Dockerfile.j2': on('base', 'RUN true', '{% block footer %}{% endblock %}'),
  'cron/Dockerfile.j2': on(
    'base',
    "{% set cron_packages = ['cron'] %}",
    '{{ macros.install(cron_packages | customizable("packages")) }}',
    '{% block cron_footer %}{% endblock %}',
    '{% block footer %}{% endblock %}',
  ),
  'collectd/Dockerfile.j2': on('base', 'RUN collectd'),
  'tgtd/Dockerfile.j2': on('base', 'RUN tgtd'),
  'bifrost-base/Dockerfile.j2': on('openstack-base', 'RUN bifrost'),
  'bifrost/bifrost-deploy/Dockerfile.j2': on('bifrost-base', 'RUN deploy'),
  'horizon/Dockerfile.j2': on('openstack-base', 'ADD plugins-archive /', 'ADD additions-archive /'),
  'nova/nova-base/Dockerfile.j2': on('openstack-base', 'RUN nova'),
  'nova/nova-api/Dockerfile.j2': on('nova-base', '{% block footer %}{% endblock %}'),
  'nova/nova-compute/Dockerfile.j2': on('nova-base', 'COPY start.sh /'),
  'nova/nova-compute/start.sh': '#!/bin/sh\n',
};

/** Writes files below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function kollaPackageDir(release: string): string {
  const lib = join(ORACLES, `kolla-${release}/lib`);
  const [python = 'python3'] = readdirSync(lib).filter((name) => name.startsWith('python'));
  return join(lib, python, 'site-packages/kolla');
}

/** Makes what looks like a Python environment with that kolla installed, but with another collection
 *  of stock templates. */
export function makePrefix(
  prefix: string,
  release: string,
  collection: Readonly<Record<string, string>>,
): void {
  const packageDir = kollaPackageDir(release);
  const packages = join(prefix, 'lib/python3/site-packages');
  const folder = join(packages, 'kolla');
  mkdirSync(folder, { recursive: true });
  const entries = readdirSync(packageDir);
  for (const name of entries.filter((entry) => entry !== 'docker')) {
    symlinkSync(join(packageDir, name), join(folder, name));
  }
  const metadata = `kolla-${release}.dist-info`;
  symlinkSync(join(dirname(packageDir), metadata), join(packages, metadata));
  // From 23 on the templates lie in the package.
  const images = join(entries.includes('docker') ? folder : join(prefix, 'share/kolla'), 'docker');
  writeFiles(images, collection);
}
