import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSeries } from '../../lib/adapters/series-files.js';
import { createRenderer } from '../../lib/kolla/render.js';
import { ORACLES, oracle, requirement } from '../support/requirements.js';
import { makeOptions } from './make-options.js';

const RELEASE = '22.0.0';

const PROGRAM = `
import json, sys
import jinja2
from kolla.template import filters, methods
answers = []
for source in json.load(sys.stdin):
    env = jinja2.Environment()
    env.filters['customizable'] = filters.customizable
    env.globals['debian_package_install'] = methods.debian_package_install
    env.globals['raise_error'] = methods.raise_error
    try:
        answers.append(env.from_string(source).render(image_name='nova-api', namespace='kolla'))
    except Exception as error:
        answers.append({'name': type(error).__name__, 'message': str(error)})
json.dump(answers, sys.stdout)
`;

/** A template that sets a list and variables, and prints the list before and after the filter. */
const customized = (list: string, sets: string, kind = "'packages'"): string =>
  `${sets}{% set l = ${list} %}{{ l | customizable(${kind}) }} {{ l }}`;
const set = (name: string, value: string): string =>
  `{% set nova_api_packages_${name} = ${value} %}`;

const TEMPLATES = [
  customized("['a', 'b']", ''),
  customized("['a', 'b']", set('append', "['c']")),
  customized("['a', 'b', 'a']", set('remove', "['a']")),
  customized("['a', 'b', 'a']", set('remove', "['a', 'a', 'x']")),
  customized("['a']", set('append', "['b', 'c']") + set('remove', "['b']")),
  customized("['a']", set('override', "['z']") + set('append', "['b']")),
  customized("['a']", set('override', 'none')),
  customized("['a']", set('override', "'text'")),
  customized("['a']", set('append', "'text'")),
  customized("['a']", set('append', '5')),
  customized("['a']", set('remove', '5')),
  customized("['abc']", set('remove', "'b'")),
  customized("('a', 'b')", set('append', "['c']")),
  customized("('a', 'b')", set('remove', "['a']")),
  customized("'text'", set('remove', "['e']")),
  customized("{'a': 1}", set('remove', "['a']")),
  customized('none', ''),
  customized('[1, 2.0, true]', set('remove', '[1.0, 2]')),
  customized('[1]', set('append', '{"k": 1}')),
  customized("['a']", '{% set nova_api_x_append = ["b"] %}', "'x'"),
  customized("['a']", '', '5'),
  "{{ missing | customizable('packages') }}|{{ missing | customizable('packages') is defined }}",
  `${set('override', "['z']")}{{ missing | customizable('packages') }}`,
  `{% set l = ['a'] %}${set('append', "['b']")}{{ l | customizable('packages') }}{{ l | customizable('packages') }}`,
  "{% set l = ['a'] %}{{ l | customizable(call_type='packages') }}",
  "{% set l = ['a'] %}{{ l | customizable }}",
  "{% set l = ['a'] %}{{ l | customizable('a', 'b') }}",
  "{% macro m(l) %}{{ l | customizable('packages') }}{% endmacro %}{% set nova_api_packages_append = ['b'] %}{{ m(['a']) }}",
  "{% set image_name = 'cron' %}{% set cron_packages_append = ['b'] %}{{ ['a'] | customizable('packages') }}",
  "{% set image_name = 5 %}{{ ['a'] | customizable('packages') }}",
  "{{ debian_package_install(['a', 'b']) }}",
  "{{ debian_package_install(['a'], false) }}",
  "{{ debian_package_install(['a'], clean_package_cache=none) }}",
  "{{ debian_package_install(packages=['http://x.example/p/a.deb', 'b']) }}",
  "{{ debian_package_install(['https://x.example/a.deb?x=1', 'httpie']) }}",
  '{{ debian_package_install([]) }}|{{ debian_package_install(missing) }}',
  "{{ debian_package_install('ab') }}",
  '{{ debian_package_install([1]) }}',
  '{{ debian_package_install() }}',
  '{{ debian_package_install(5) }}',
  "{{ debian_package_install(['a'], true, 1) }}",
  "{{ debian_package_install(['a'], colour=1) }}",
  "{{ debian_package_install({'a': 1, 'b': 2}) }}",
  "{{ raise_error('boom') }}",
  '{{ raise_error(["a"]) }}',
  '{{ raise_error(msg=none) }}',
  '{{ raise_error() }}',
  '{{ namespace(a=1) }}',
];

const installed = oracle.kolla(RELEASE) !== undefined;

describe.runIf(requirement('kolla', installed))("kolla's functions and filter", () => {
  const python = join(ORACLES, `kolla-${RELEASE}/bin/python`);
  const { stdout, stderr } = spawnSync(python, ['-c', PROGRAM], {
    input: JSON.stringify(TEMPLATES),
    encoding: 'utf8',
  });
  const answers = (stdout === '' ? [] : JSON.parse(stdout)) as unknown[];

  it('are answered by Python', () => {
    expect(stderr).toBe('');
    expect(answers).toHaveLength(TEMPLATES.length);
  });

  it.each(TEMPLATES.map((template, index) => [template, index] as const))(
    'do in a template what they do in Python: %s',
    (template, index) => {
      const render = createRenderer({
        options: makeOptions([]),
        facts: loadSeries('2026.1'),
        run: { kollaVersion: '22.0.0', buildDate: '20260731' },
        templates: { text: (path) => (path === 'nova-api/Dockerfile.j2' ? template : null) },
        overrides: [],
        env: new Map(),
        readRepos: () => ({}),
        warn: () => undefined,
        onRepoError: () => undefined,
      });
      let ours: unknown;
      try {
        ours = render('nova-api', 'nova-api');
      } catch (error) {
        const { name, message } = error as Error;
        ours = { name, message };
      }
      expect(ours).toEqual(answers[index]);
    },
  );
});
