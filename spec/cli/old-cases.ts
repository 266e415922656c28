import type { Invocation } from './run-both.js';

const conf = (...lines: string[]): string => `${lines.join('\n')}\n`;
const RENDER = ['--template-only', '--work-dir', '{dir}/work', '--base', 'ubuntu'];
const LIST = ['--list-images', '--base', 'ubuntu'];

// A kolla-build.conf is kept for years, and later series have options that old ones lack.
const LATER_REFERENCE = conf(
  '[cron]',
  'type = git',
  'location = https://git.example/cron',
  'reference = $openstack_branch_of_later',
  '[horizon-plugin-mine]',
  'location = $nothing/x',
);

/** Runs of series that have kinds of images: sources count only with `--type source`. */
export const BINARY_RUNS: Readonly<Record<string, Invocation>> = {
  'a list that no source section stops': {
    argv: [...LIST, '--type', 'binary'],
    files: { 'kolla-build.conf': LATER_REFERENCE },
  },
  'templates that no source section stops': {
    argv: [...RENDER, '--type', 'binary'],
    files: { 'kolla-build.conf': LATER_REFERENCE },
  },
  'the sections of what is built from source': {
    argv: [...LIST, '--type', 'source'],
    files: { 'kolla-build.conf': LATER_REFERENCE },
  },
  'binaries that Debian does not have': {
    argv: ['--list-images', '--base', 'debian', '--base-arch', 'aarch64', '--type', 'binary'],
  },
  'a list by name': { argv: [...LIST, 'nova'] },
  'a profile': { argv: [...LIST, '--profile', 'infra'] },
  'a tree': { argv: ['--list-dependencies', '--base', 'ubuntu', 'nova-api'] },
  'an override': {
    argv: [...RENDER, '--template-override', '{dir}/o.j2'],
    files: { 'o.j2': '{% extends parent_template %}{% block footer %}RUN own{% endblock %}' },
  },
};

/** Runs of the series whose CentOS may be Stream 9. */
export const STREAM_RUNS: Readonly<Record<string, Invocation>> = {
  'binaries on Stream 9': {
    argv: ['--list-images', '--base', 'centos', '--base-tag', 'stream9', '--type', 'binary'],
  },
};

/** Runs of the series that renders templates and stops before it looks at images. */
export const UNSELECTED_RUNS: Readonly<Record<string, Invocation>> = {
  'templates with a section from source': {
    argv: [...RENDER, '--type', 'source'],
    files: { 'kolla-build.conf': LATER_REFERENCE },
  },
  'templates with a profile that nobody knows': { argv: [...RENDER, '--profile', 'midnight'] },
  'templates with a pattern that is none': { argv: [...RENDER, '('] },
  'templates of one name': {
    argv: [...RENDER, '-D', '{dir}/d'],
    files: {
      'd/a/same/Dockerfile.j2': 'FROM x\n',
      'd/b/same/Dockerfile.j2': 'FROM\tx\n',
    },
  },
};
