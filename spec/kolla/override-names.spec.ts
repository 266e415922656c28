import { describe, expect, it } from 'vitest';
import { findMistypedNames } from '../../lib/kolla/override-names.js';

const TEMPLATES = new Map([
  ['macros.j2', "{% macro pip(l) %}{{ l | customizable('pip_packages') }}{% endmacro %}"],
  [
    'nova/nova-api/Dockerfile.j2',
    '{%- block nova_api_header %}{% endblock %}\n{{ x | customizable("packages") }}\n{% block footer %}',
  ],
]);

const find = (text: string): string[] =>
  findMistypedNames([{ path: 'o.j2', text }], TEMPLATES).map(
    ({ line, kind, name, suggestion }) => `${line} ${kind} ${name} -> ${suggestion}`,
  );

describe('findMistypedNames', () => {
  it('names the block that was meant', () => {
    expect(find('{% extends parent_template %}\n{% block nova_api_heder %}')).toEqual([
      '2 block nova_api_heder -> nova_api_header',
    ]);
  });

  it('names the variable that was meant, of the image and of macros', () => {
    expect(find("{% set nova_apis_packages_append = ['x'] %}")).toEqual([
      '1 variable nova_apis_packages_append -> nova_api_packages_append',
    ]);
    expect(find('{%- set nova_api_pip_pakages_override = [] %}')).toEqual([
      '1 variable nova_api_pip_pakages_override -> nova_api_pip_packages_override',
    ]);
  });

  it('leaves alone what is right, and what resembles nothing', () => {
    expect(
      find(
        '{% block footer %}{% set nova_api_packages_remove = [] %}{% block glance_api_header %}{% set mine_append = 1 %}',
      ),
    ).toEqual([]);
  });
});
