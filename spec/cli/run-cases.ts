import type { Invocation } from './run-both.js';

const defaults = (...lines: string[]): string => ['[DEFAULT]', ...lines, ''].join('\n');
const conf = (...lines: string[]): string => `${lines.join('\n')}\n`;
const RENDER = ['--template-only', '--work-dir', '{dir}/work'];
const LIST = ['--list-images'];
const TREE = ['--list-dependencies'];

const list = (...argv: string[]): Invocation => ({ argv: [...LIST, ...argv] });
const render = (...argv: string[]): Invocation => ({ argv: [...RENDER, ...argv] });
const withFiles = (files: Readonly<Record<string, string>>, ...argv: string[]): Invocation => ({
  argv,
  files,
});
const withConf = (text: string, ...argv: string[]): Invocation =>
  withFiles({ 'kolla-build.conf': text }, ...argv);
const override = (text: string, ...argv: string[]): Invocation =>
  withFiles({ 'o.j2': text }, ...RENDER, '--template-override', '{dir}/o.j2', ...argv);
/** The collection with one more image. */
const withImage = (template: string, ...argv: string[]): Invocation => ({
  argv,
  collection: { 'zz/Dockerfile.j2': template },
});

/** Runs that do not build, by title. */
export const RUNS: Readonly<Record<string, Invocation>> = {
  'list all': list(),
  'list nothing': list('^nothing$'),
  'list by a part of the name': list('nova'),
  'list by an anchored name': list('^nova-api$'),
  'list by two regexes': list('cron', 'horizon'),
  'list by an alternative': list('cron|horizon'),
  'list by a class': list('^n[aeiou]'),
  'list by a look-ahead': list('^(?!.*nova)'),
  'list by a look-behind': list('(?<=-)api'),
  'list by an inline flag for a group': list('(?i:CRON)'),
  'list by a named group': list('(?P<x>o)(?P=x)'),
  'list by an empty regex': list(''),
  'list for a base without entries': list('-b', 'debian'),
  'list for another architecture': list('-b', 'debian', '--base-arch', 'aarch64'),
  'list for rocky on another architecture': list('--base-arch', 'aarch64'),
  'list what cannot be built': list('--enable-unbuildable'),
  'list an unbuildable image': list('tgtd'),
  'list what is on an unbuildable image': list('-b', 'debian', '--base-arch', 'aarch64', 'deploy'),
  'list without parents': list('--skip-parents'),
  'list a parent without parents': list('--skip-parents', '^base$'),
  'list a leaf without parents': list('--skip-parents', 'nova-api'),
  'list a profile': list('-p', 'infra'),
  'list two profiles': list('-p', 'infra', '-p', 'main'),
  'list a profile of the file': withConf(
    conf('[profiles]', 'mine = cron, nova-api'),
    ...LIST,
    '-p',
    'mine',
  ),
  'list a profile that the file changes': withConf(
    conf('[profiles]', 'infra = horizon'),
    ...LIST,
    '-p',
    'infra',
  ),
  'list a regex and a profile': list('-p', 'infra', 'nova-api'),
  'list regexes of the file': withConf(defaults('regex = cron', 'regex = horizon'), ...LIST),
  'list by the file': withConf(defaults('list_images = true'), 'cron'),
  'list by the environment': { argv: ['cron'], env: { OS_DEFAULT__LIST_IMAGES: '1' } },
  'list quietly': list('-q', 'cron'),
  'list loudly': list('--debug', 'cron'),
  'list with a work dir': list('--work-dir', '{dir}/work', 'cron'),
  'list with a source of options that has no driver': withConf(
    defaults('config_source = mine, yours'),
    ...LIST,
  ),
  'list with a source of options of an unknown driver': withConf(
    conf('[DEFAULT]', 'config_source = mine', '[mine]', 'driver = carrier_pigeon'),
    ...LIST,
  ),
  'list with a prefix': list('--image-name-prefix', 'pre-'),
  'list with a registry': list('--registry', 'reg:5000', '-n', 'name', '--tag', 't'),
  'list with a summary file': list('--summary-json-file', '{dir}/s.json', 'cron'),
  'list with a missing logs dir': list('--logs-dir', '{dir}/logs', 'cron'),

  tree: { argv: TREE },
  'tree of one image': { argv: [...TREE, 'nova-api'] },
  'tree of nothing': { argv: [...TREE, '^nothing$'] },
  'tree without parents': { argv: [...TREE, '--skip-parents'] },
  'tree in the short form': { argv: ['-l', 'cron'] },
  'tree on another base': { argv: [...TREE, '-b', 'ubuntu'] },
  'tree of an unbuildable image': { argv: [...TREE, 'tgtd'] },
  'graph file': { argv: ['--save-dependency', '{dir}/graph.dot', 'no-such-image'] },

  'modes at once: templates win': render('--list-images', '--list-dependencies', 'cron'),
  'modes at once: images before tree': { argv: [...TREE, ...LIST, 'cron'] },

  'render all': render(),
  'render one': render('nova-api'),
  'render none': render('^nothing$'),
  'render a profile': render('-p', 'infra'),
  'render without parents': render('--skip-parents'),
  'render what cannot be built': render('--enable-unbuildable', 'tgtd'),
  'render for debian': render('-b', 'debian'),
  'render for ubuntu': render('-b', 'ubuntu'),
  'render for centos': render('-b', 'centos'),
  'render for aarch64': render('-b', 'debian', '--base-arch', 'aarch64'),
  'render with another debian architecture': render('--debian-arch', 'arm64', 'base'),
  'render another base image': render('--base-image', 'reg/x', '--base-tag', 'y', 'base'),
  'render another base image with its tag': render('--base-image', 'reg/x', 'base'),
  'render names': render('-n', 'ns', '--registry', 'r', '--tag', 't', '--image-name-prefix', 'p-'),
  'render an empty registry': render('--registry', '', '--tag', '', 'cron'),
  'render another release': render('--openstack-release', '2025.1', 'base'),
  'render master': render('--openstack-release', 'master', 'base'),
  'render a release with dashes': render('--openstack-release', 'a-b', 'base'),
  'render branches': render('--openstack-branch', 'a-b', 'base'),
  'render both branches': render(
    '--openstack-branch',
    'a',
    '--openstack-branch-slashed',
    'b',
    'base',
  ),
  'render a code name': render('--openstack-release-codename', 'X', 'base'),
  'render without health checks': render('--nodocker-healthchecks', '--nouse-dumb-init', 'base'),
  'render a patches path': withFiles(
    { 'patches/base/series': '# c\na.patch\nb.patch\n', 'patches/base/a.patch': 'A\n' },
    ...RENDER,
    '--patches-path',
    '{dir}/patches',
    'cron',
  ),
  'render file-only options': withConf(
    defaults(
      'maintainer = Me "and" you',
      'distro_package_manager = yum',
      'base_package_type = rpm',
      'clean_package_cache = false',
      'rpm_setup_config = http://x/a.repo,b.repo,http://x/c.rpm,/d.rpm',
    ),
    ...RENDER,
    'cron',
  ),
  'render for debian without cleaning': withConf(
    defaults('clean_package_cache = false'),
    ...RENDER,
    ...['-b', 'debian', 'cron'],
  ),
  'render another package type': withConf(defaults('base_package_type = deb'), ...RENDER, 'cron'),
  'render users': withConf(
    conf('[nova-user]', 'uid = 1', 'gid = 2', '[new-user]', 'uid = 3', '[kolla-user]', 'group = g'),
    ...RENDER,
    'cron',
  ),
  'render apt files': withFiles(
    {
      'kolla-build.conf': defaults('apt_sources_list = {dir}/s', 'apt_preferences = {dir}/p'),
      s: 'deb x\n',
      p: 'Pin: x\n',
    },
    ...RENDER,
    ...['-b', 'debian', 'base'],
  ),
  'render a repositories file that nothing reads': render('--repos-yaml', '/nope', 'base'),
  'render loudly': render('--debug', 'cron'),
  'render quietly': render('--quiet', 'cron'),
  'render into a work dir with a slash': {
    argv: ['--template-only', '--work-dir', '{dir}/work/', 'cron'],
  },
  'render into a relative work dir': { argv: ['--template-only', '--work-dir', 'work', 'cron'] },
  'render into a deep work dir': { argv: ['--template-only', '--work-dir', '{dir}/a/b/c', 'cron'] },
  'render into a temporary folder': { argv: ['--template-only', 'cron'] },
  'render sources of all kinds': withConf(
    conf(
      '[horizon]',
      'type = url',
      'location = $tarballs_base/h.tar.gz',
      '[horizon-plugin-mine]',
      'type = git',
      'location = http://x',
      'reference = main',
      '[horizon-additions-a]',
      'type = local',
      'location = /x',
    ),
    ...RENDER,
  ),

  'render with a docker dir': withFiles(
    {
      'd/extra/Dockerfile.j2': 'FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\nRUN extra\n',
      'd/cron/Dockerfile.j2': 'FROM {{ namespace }}/base:{{ tag }}\nRUN other\n',
      'd/cron/file': 'x\n',
    },
    ...RENDER,
    ...['-D', '{dir}/d'],
  ),
  'render with two docker dirs': withFiles(
    {
      'd/cron/Dockerfile.j2': 'FROM a\n',
      'e/cron/Dockerfile.j2': 'FROM b\n',
      'd/macros.j2': '{% macro install(packages) %}RUN {{ packages | length }}{% endmacro %}\n',
    },
    ...RENDER,
    ...['-D', '{dir}/d', '--docker-dir={dir}/e'],
  ),
  'render with a docker dir of the file': withFiles(
    { 'kolla-build.conf': defaults('docker_dir = {dir}/d'), 'd/own/Dockerfile.j2': 'FROM x\n' },
    ...RENDER,
    'own',
  ),
  'render a plain Dockerfile of a docker dir': withFiles(
    { 'd/plain/Dockerfile': 'FROM x\n' },
    ...RENDER,
    ...['-D', '{dir}/d'],
  ),

  'override blocks': override(
    '{% extends parent_template %}\n{% block cron_footer %}RUN footer{% endblock %}\n{% block base_header %}RUN header{% endblock %}\n',
  ),
  'override with super': override(
    '{% extends parent_template %}\n{% block labels %}{{ super() }}LABEL more=1{% endblock %}\n',
  ),
  'override packages': override(
    [
      '{% extends parent_template %}',
      "{% set base_packages_append = ['wget'] %}",
      "{% set base_packages_remove = ['tar'] %}",
      "{% set cron_packages_override = ['cronie'] %}",
      '',
    ].join('\n'),
  ),
  'override with conditions': override(
    "{% extends parent_template %}\n{% if base_distro == 'rocky' %}{% set base_packages_append = ['x'] %}{% endif %}\n",
  ),
  'override with the name of the image': override(
    '{% extends parent_template %}\n{% block footer %}RUN echo {{ image_name }} {{ tag }}{% endblock %}\n',
  ),
  'override nothing': override(
    '{% extends parent_template %}\n{% block no_such_block %}x{% endblock %}\n',
  ),
  'two overrides': withFiles(
    {
      'a.j2': '{% extends parent_template %}\n{% block base_header %}RUN a{% endblock %}\n',
      'b.j2': '{% extends parent_template %}\n{% block footer %}RUN b{% endblock %}\n',
      'kolla-build.conf': defaults('template_override = {dir}/a.j2'),
    },
    ...RENDER,
    ...['--template-override', '{dir}/b.j2'],
  ),
  'override of a macro in scope': override(
    '{% extends parent_template %}\n{% block cron_footer %}{{ macros.install(["late"]) }}{% endblock %}\n',
  ),

  'FROM in small letters': withImage('from x\n', ...LIST),
  'FROM with two blanks': withImage('FROM  x\n', ...LIST, 'zz'),
  'FROM with AS': withImage('FROM {{ namespace }}/base:{{ tag }} AS x\nFROM y\n', ...TREE, 'zz'),
  'FROM with a platform': withImage(
    'FROM --platform=x {{ namespace }}/base:{{ tag }}\n',
    ...LIST,
    'zz',
  ),
  'no FROM': withImage('RUN x\n', ...LIST, 'zz'),
  'FROM another tag': withImage('FROM {{ namespace }}/base:other\n', ...LIST, 'zz'),
  'an empty template': withImage('', ...LIST),
  'a template of one line': withImage('FROM x', ...RENDER, 'zz'),
  'carriage returns in a template': withImage('FROM x\r\nRUN y\r\n', ...RENDER, 'zz'),
  'undefined variables in a template': withImage('FROM x\nRUN {{ nope }}\n', ...RENDER, 'zz'),
  'Python values in a template': withImage(
    "FROM x\n{{ users.kolla }} {{ ['a', \"it's\"] }} {{ docker_healthchecks }} {{ patches_path }}\n",
    ...RENDER,
    'zz',
  ),
  'the environment in a template': {
    ...withImage('FROM x\n{{ env.HOME }} {{ env.NOPE }} {{ env["X"] }}\n', ...RENDER, 'zz'),
    env: { X: 'y' },
  },
};

/** Runs that fail, by title. */
export const FAILURES: Readonly<Record<string, Invocation>> = {
  'no engine': { argv: ['cron'] },
  'no engine, podman': {
    argv: ['--engine', 'podman', '--podman_base_url', 'unix:///nonexistent', 'cron'],
  },
  'a syntax error': withImage('FROM x\n{% if %}\n', ...LIST),
  'an unknown tag': withImage('FROM x\n{% nope %}\n', ...LIST),
  'an unknown filter': withImage('FROM x\n{{ 1 | nope }}\n', ...LIST),
  'an unfinished block': withImage('FROM x\n{% if true %}\n', ...LIST),
  'an unfinished expression': withImage('FROM x\n{{ 1 + }}\n', ...LIST),
  'an unfinished comment': withImage('FROM x\n{# \n', ...LIST),
  'a syntax error in the macros': { argv: LIST, collection: { 'macros.j2': '{% macro %}' } },
  'a syntax error in an override': override('{% extends parent_template %}\n{% block x %}\n'),
  'an override with a block twice': withFiles(
    {
      'a.j2': '{% extends parent_template %}\n{% block footer %}a{% endblock %}\n',
      'b.j2': '{% extends parent_template %}\n{% block footer %}b{% endblock %}\n',
    },
    ...RENDER,
    ...['--template-override', '{dir}/a.j2', '--template-override', '{dir}/b.j2'],
  ),
  'an attribute of nothing': withImage('FROM x\n{{ nope.x }}\n', ...LIST),
  'a user that does not exist': withImage('FROM x\n{{ users.nope.uid }}\n', ...LIST),
  'a call of nothing': withImage('FROM x\n{{ nope() }}\n', ...LIST),
  'a type error': withImage('FROM x\n{{ 1 + "a" }}\n', ...LIST),
  'a division by zero': withImage('FROM x\n{{ 1 / 0 }}\n', ...LIST),
  'an error that is raised': withImage('FROM x\n{{ raise_error("no luck") }}\n', ...LIST),
  'an include that is missing': {
    ...withImage('FROM x\n{% include "nope.j2" %}\n', ...LIST),
    traceback: 'TemplateNotFound: ',
  },
  'an import in an override': override(
    '{% extends parent_template %}\n{% import "macros.j2" as m %}\n',
  ),
  'macros before their import': override(
    '{% extends parent_template %}\n{% block base_header %}{{ macros.install([]) }}{% endblock %}\n',
  ),
  'a namespace that is a text': withImage('FROM x\n{% set n = namespace(a=1) %}\n', ...LIST),
  'repositories that are no list': withImage(
    'FROM x\n{{ handle_repos("a", "enable") }}\n',
    ...LIST,
  ),
  'a bad package setup': withConf(defaults('rpm_setup_config = nope'), ...LIST),
  'an unknown profile': { ...list('-p', 'nope') },
  'an empty profile': withConf(conf('[profiles]', 'mine ='), ...LIST, '-p', 'mine'),
  'an unfinished group in a regex': { ...list('(') },
  'an unfinished class in a regex': { ...list('['), traceback: 'unterminated character set' },
  'nothing to repeat in a regex': { ...list('*'), traceback: 'nothing to repeat' },
  'a missing override': {
    ...render('--template-override', '{dir}/nope.j2'),
    traceback: '{dir}/nope.j2',
  },
  'a missing docker dir': { ...render('-D', '{dir}/nope'), traceback: '{dir}/nope' },
  'a file as a docker dir': {
    ...withFiles({ f: 'x' }, ...RENDER, '-D', '{dir}/f'),
    traceback: '{dir}/f',
  },
  'a missing sources list': {
    ...withConf(defaults('apt_sources_list = {dir}/nope'), ...RENDER),
    traceback: '{dir}/nope',
  },
  'a file as a work dir': {
    ...withFiles({ f: 'x' }, '--template-only', '--work-dir', '{dir}/f'),
    traceback: '{dir}/f',
  },
  'a bad source of an image': withConf(conf('[cron]', 'type = svn'), ...LIST),
  'a bad truth of an image': withConf(conf('[cron]', 'type = url', 'enabled = perhaps'), ...LIST),
  'a bad user number': withConf(conf('[nova-user]', 'uid = many'), ...LIST),
  'a graph file in a missing folder': {
    argv: ['--save-dependency', '{dir}/no/graph.dot'],
    traceback: 'no/graph.dot',
  },
  'a bad value of the cache': withConf(defaults('clean_package_cache = perhaps'), ...LIST),
};
