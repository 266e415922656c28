import type { Invocation } from './run-both.js';

const defaults = (...lines: string[]): string => ['[DEFAULT]', ...lines, ''].join('\n');
const conf = (...lines: string[]): string => `${lines.join('\n')}\n`;
const RENDER = ['--template-only', '--work-dir', '{dir}/work', '--base', 'ubuntu'];
const LIST = ['--list-images', '--base', 'ubuntu'];

const render = (...argv: string[]): Invocation => ({ argv: [...RENDER, ...argv, 'own'] });
const list = (...argv: string[]): Invocation => ({ argv: [...LIST, ...argv] });
const withConf = (text: string, ...argv: string[]): Invocation => ({
  argv: [...LIST, ...argv, 'own'],
  files: { 'kolla-build.conf': text },
});
/** A docker dir with an image of its own, so that it holds for any stock collection. */
const own = (template: string, ...argv: string[]): Invocation => ({
  argv: [...RENDER, ...argv, '-D', '{dir}/d', '^own$'],
  files: { 'd/own/Dockerfile.j2': template },
});
const override = (text: string): Invocation => ({
  argv: [...RENDER, '--template-override', '{dir}/o.j2', '-D', '{dir}/d', '^own$'],
  files: {
    'o.j2': text,
    'd/own/Dockerfile.j2': 'FROM x\n{% block own_footer %}{% endblock %}\n',
  },
});
const repos = (text: string, template: string): Invocation => ({
  argv: [...RENDER, '--repos-yaml', '{dir}/repos.yaml', '-D', '{dir}/d', '^own$'],
  files: { 'repos.yaml': text, 'd/own/Dockerfile.j2': template },
});

/** Wrong usage of a release and what the files of a run may have wrong, by heading. `since` and
 *  `until` are major releases. */
export interface WrongCase extends Invocation {
  readonly since?: number;
  readonly until?: number;
}

const from = (since: number, given: Invocation): WrongCase => ({ ...given, since });
const upTo = (until: number, given: Invocation): WrongCase => ({ ...given, until });

const COMMAND_LINE: Readonly<Record<string, WrongCase>> = {
  'an unknown option': { argv: ['--no-such-option'] },
  'an unknown short option': { argv: ['-Z'] },
  'a missing value at the end': { argv: ['--docker-dir'] },
  'a missing value before an option': { argv: ['--work-dir', '--template-only'] },
  'a missing value of a short option': { argv: ['-n'] },
  'an ambiguous abbreviation': { argv: ['--p'] },
  'a value for a flag': { argv: ['--push=yes'] },
  'a run of regexes, and another': { argv: ['a', '--tag', 't', 'b'] },
  'an unknown base': { argv: ['--base', 'suse'] },
  'an unknown architecture': { argv: ['--base-arch', 's390x'] },
  'no threads': { argv: ['--threads', '0'] },
  'threads in words': { argv: ['--threads', 'four'] },
  'push threads below one': { argv: ['--push-threads', '-1'] },
  'retries below nothing': { argv: ['--retries', '-1'] },
  'a fraction of a timeout': { argv: ['--timeout', '1.5'] },
  'build arguments with =': { argv: ['--build-args', 'HTTP_PROXY=http://x'] },
  'an unknown format': { argv: ['--format', 'xml'] },
  'an unknown engine': from(16, { argv: ['--engine', 'lxc'] }),
  'an engine before there was a choice': upTo(15, { argv: ['--engine', 'docker'] }),
  'a summary before it had a switch': upTo(10, { argv: ['--nosummary'] }),
  'a summary file before there was one': upTo(17, { argv: ['--summary-json-file', 'x'] }),
  'a name prefix before there was one': upTo(14, { argv: ['--image-name-prefix', 'x'] }),
  'patches before there were any': upTo(19, { argv: ['--patches-path', 'x'] }),
  'a code name before there was one': upTo(20, { argv: ['--openstack-release-codename', 'x'] }),
  'BuildKit before there was one': upTo(22, { argv: ['--buildkit-builder', 'x'] }),
  'an install type that is gone': from(16, { argv: ['--type', 'source'] }),
  'an unknown install type': upTo(14, { argv: ['--type', 'snap'] }),
  'an install type that the base lacks': upTo(12, { argv: [...LIST, '--type', 'rhos'] }),
};

const CONFIGURATION: Readonly<Record<string, WrongCase>> = {
  'a missing file': { argv: ['--config-file', '{dir}/nope.conf'] },
  'a missing folder of files': { argv: ['--config-dir', '{dir}/nope.d'] },
  'a line that assigns nothing': withConf(defaults('namespace')),
  'a key outside of sections': withConf('namespace = x\n'),
  'a section that does not end': withConf('[DEFAULT\nnamespace = x\n'),
  'a section without a name': withConf('[]\n'),
  'a value without a key': withConf(defaults('= x')),
  'an indented line that continues nothing': withConf('[DEFAULT]\n  namespace = x\n'),
  'a bad truth in a file': withConf(defaults('cache = perhaps')),
  'an empty truth in a file': withConf(defaults('keep =')),
  'a bad number in a file': withConf(defaults('threads = many')),
  'a number below the least in a file': withConf(defaults('threads = -2')),
  'a bad choice in a file': withConf(defaults('base_arch = pdp11')),
  'a bad base in a file that the command line does not overrule': {
    argv: ['--list-images'],
    files: { 'kolla-build.conf': defaults('base = suse') },
  },
  'a bad truth of a file-only option': withConf(defaults('clean_package_cache = perhaps')),
  'a bad number in a folder of files': {
    argv: [...LIST, 'own'],
    files: { 'kolla-build.conf.d/5.conf': defaults('retries = few') },
  },
  'a bad truth in the environment': {
    argv: ['cron'],
    env: { OS_DEFAULT__CLEAN_PACKAGE_CACHE: 'perhaps' },
  },
  'a bad base in the environment': {
    argv: ['--list-images'],
    env: { OS_DEFAULT__BASE: 'suse' },
  },
  'a reference to nothing': { argv: ['--tag', '$no_such_option', ...LIST] },
  'a reference to nothing in a file': withConf(defaults('namespace = ${no_such_option}')),
  'a reference to a section that is none': withConf(defaults('namespace = ${nowhere.tag}')),
  'a dollar sign in a password': { argv: ['--build-args', 'PASSWORD:pa$word', ...LIST] },
  'an unknown source type': from(15, withConf(conf('[cron]', 'type = svn'))),
  'an unknown source type of what is built from source': upTo(
    14,
    withConf(conf('[cron]', 'type = svn'), '--type', 'source'),
  ),
  'a source switched on in words': from(
    15,
    withConf(conf('[cron]', 'type = url', 'location = x', 'enabled = perhaps')),
  ),
  'a digest that is no dict': from(
    18,
    withConf(conf('[cron]', 'type = url', 'location = x', 'sha256 = 123')),
  ),
  'a user with a name for a number': withConf(conf('[nova-user]', 'uid = nova')),
  'an unknown profile': list('--profile', 'midnight'),
  'a profile without patterns': {
    argv: [...LIST, '--profile', 'night'],
    files: { 'kolla-build.conf': conf('[profiles]', 'night =') },
  },
  'an unknown profile in a file': {
    argv: LIST,
    files: { 'kolla-build.conf': defaults('profile = midnight') },
  },
  'a bad package set-up': withConf(defaults('rpm_setup_config = not-a-package')),
};

const SELECTION: Readonly<Record<string, WrongCase>> = {
  'a group that does not end': list('('),
  'a class that does not end': { ...list('[a'), traceback: 'unterminated character set' },
  'a star of nothing': { ...list('*'), traceback: 'nothing to repeat' },
  'an unknown escape': { ...list('\\y'), traceback: 'bad escape' },
  'a group that was never opened': { ...list('a)'), traceback: 'unbalanced parenthesis' },
  'a bad range': { ...list('[z-a]'), traceback: 'bad character range' },
  'a bad pattern of a profile': {
    argv: [...LIST, '--profile', 'night'],
    files: { 'kolla-build.conf': conf('[profiles]', 'night = (a') },
  },
};

const FILES: Readonly<Record<string, WrongCase>> = {
  'a docker dir that is not there': { ...render('-D', '{dir}/nope'), traceback: '{dir}/nope' },
  'a docker dir that is a file': {
    ...render('-D', '{dir}/f'),
    files: { f: 'x' },
    traceback: '{dir}/f',
  },
  'an override that is not there': {
    ...render('--template-override', '{dir}/nope.j2'),
    traceback: '{dir}/nope.j2',
  },
  'an override that is a folder': {
    ...render('--template-override', '{dir}/o'),
    files: { 'o/x.j2': '' },
    traceback: '{dir}/o',
  },
  'a work dir that is a file': {
    argv: ['--template-only', '--work-dir', '{dir}/f'],
    files: { f: 'x' },
    traceback: '{dir}/f',
  },
  'a sources list that is not there': {
    ...render(),
    files: { 'kolla-build.conf': defaults('apt_sources_list = {dir}/nope') },
    traceback: '{dir}/nope',
  },
  'a graph in a folder that is not there': {
    argv: ['--save-dependency', '{dir}/no/graph.dot', '--base', 'ubuntu'],
    traceback: 'no/graph.dot',
  },
};

const TEMPLATES: Readonly<Record<string, WrongCase>> = {
  'a tag that nobody knows': own('FROM x\n{% frobnicate %}\n'),
  'an if that does not end': own('FROM x\n{% if true %}\n'),
  'an end of nothing': own('FROM x\n{% endif %}\n'),
  'an expression that does not end': own('FROM x\n{{ 1 + }}\n'),
  'a comment that does not end': own('FROM x\n{# \n'),
  'a filter that nobody knows': own('FROM x\n{{ tag | frobnicate }}\n'),
  'a test that nobody knows': own('FROM x\n{% if tag is frobnicated %}{% endif %}\n'),
  'a block twice in a template': own('{% block a %}{% endblock %}{% block a %}{% endblock %}'),
  'a user that does not exist': own('FROM x\nUSER {{ users.nobody_knows.uid }}\n'),
  'an attribute of nothing': own('FROM x\n{{ nothing.at_all }}\n'),
  'a call of nothing': own('FROM x\n{{ nothing() }}\n'),
  'a number and a text': own('FROM x\n{{ 1 + tag }}\n'),
  'a division by zero': own('FROM x\n{{ 1 // 0 }}\n'),
  'an include that is not there': {
    ...own('FROM x\n{% include "nope.j2" %}\n'),
    traceback: 'TemplateNotFound: ',
  },
  'a parent template that is not there': {
    ...own('{% extends "nope.j2" %}\n'),
    traceback: 'TemplateNotFound: ',
  },
  'an import of a name that is not there': own(
    'FROM x\n{% from "macros.j2" import nope %}{{ nope() }}\n',
  ),
  'an error that the template raises': from(20, own('FROM x\n{{ raise_error("no way") }}\n')),
  'a helper before there was one': upTo(9, own('FROM x\n{{ handle_repos([], "enable") }}\n')),
  'a raised error before there was one': upTo(19, own('FROM x\n{{ raise_error("no way") }}\n')),
  'an underscored attribute in the sandbox': from(23, own('FROM x\n{{ tag.__class__ }}\n')),
  'a range that is too long for the sandbox': from(
    23,
    own('FROM x\n{{ range(1000000) | length }}\n'),
  ),
  'an override that does not end': override('{% extends parent_template %}\n{% block x %}\n'),
  'an override of nothing that it knows': override(
    '{% extends parent_template %}\n{% block own_footer %}{{ nope.x }}{% endblock %}\n',
  ),
  'an override that imports macros': override(
    '{% extends parent_template %}\n{% import "macros.j2" as macros %}\n',
  ),
  'an override that extends another': override('{% extends "another.j2" %}\n'),
};

const REPOSITORIES: Readonly<Record<string, WrongCase>> = {
  'repositories that are no list': from(
    10,
    own('FROM x\n{{ handle_repos("grafana", "enable") }}\n'),
  ),
  'a table of repositories that is not there': from(13, {
    ...own('FROM x\n{{ handle_repos(["a"], "enable") }}\n', '--repos-yaml', '{dir}/nope.yaml'),
    traceback: '{dir}/nope.yaml',
  }),
  'a table of repositories that is empty': from(
    21,
    repos('', 'FROM x\n{{ handle_repos(["a"], "enable") }}\n'),
  ),
  'a repository that nobody knows': from(
    21,
    own('FROM x\n{{ handle_repos(["no-such-repo"], "enable") }}\n'),
  ),
  'a table without the base': from(13, {
    ...repos('fedora:\n  a: x\n', 'FROM x\n{{ handle_repos(["a"], "enable") }}\n'),
    until: 20,
  } as Invocation),
};

const ALL: Readonly<Record<string, WrongCase>> = {
  ...COMMAND_LINE,
  ...CONFIGURATION,
  ...SELECTION,
  ...FILES,
  ...TEMPLATES,
  ...REPOSITORIES,
};

/** What can be wrong in a release, by title. */
export function wrongCases(release: string): Record<string, Invocation> {
  const major = Number.parseInt(release, 10);
  const known = Object.entries(ALL).filter(
    ([, { since = 0, until = Infinity }]) => since <= major && major <= until,
  );
  return Object.fromEntries(known);
}
