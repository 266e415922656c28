import { describe, expect, it } from 'vitest';
import { Environment } from '../../lib/jinja/index.js';
import { walk, type Node } from '../../lib/unstable.js';

const env = new Environment({ extensions: ['do', 'loopcontrols'] });
const SOURCE = `{% extends 'base' %}
{% macro m(a, b=[1, {'k': (2, 3)}]) %}{{ a|upper(x, *y, **z) is divisibleby 3 }}{% endmacro %}
{% for x, (y, z) in items[1:2].rows if not x recursive %}{{ loop(y) if z else -x ~ 'q' }}
{%- else %}{% set ns.v = 1 < 2 <= 3 %}{% break %}{% endfor %}
{% call(u) m(1, k=2) %}{% filter upper %}t{% endfilter %}{% endcall %}
{% block b scoped %}{% include ['a', b] ignore missing without context %}{% endblock b %}
{% from 'x' import y as z with context %}{% with a = 1 %}{% do a.b(c) %}{% endwith %}`;

const nodes = (source: string): Node[] => {
  const found: Node[] = [];
  walk(env.parse(source), (node) => found.push(node));
  return found;
};

describe('the tree', () => {
  it('has spans on every node, children within their parents', () => {
    const check = (node: Node): void => {
      expect(node.start, node.type).toBeLessThanOrEqual(node.end);
      expect(node.end, node.type).toBeLessThanOrEqual(SOURCE.length);
      walk(node, (child) => {
        expect(child.start, `${node.type} > ${child.type}`).toBeGreaterThanOrEqual(node.start);
        expect(child.end, `${node.type} > ${child.type}`).toBeLessThanOrEqual(node.end);
      });
    };
    check(env.parse(SOURCE));
    nodes(SOURCE).forEach(check);
  });

  it('holds the text of an expression under its span', () => {
    const source = "{{ a.b['c'](1) | upper is defined }}";
    const text = (type: Node['type']): string[] =>
      nodes(source)
        .filter((node) => node.type === type)
        .map(({ start, end }) => source.slice(start, end));
    expect(text('Getattr')).toEqual(['a.b']);
    expect(text('Getitem')).toEqual(["a.b['c']"]);
    expect(text('Call')).toEqual(["a.b['c'](1)"]);
    expect(text('Filter')).toEqual(["a.b['c'](1) | upper"]);
    expect(text('Test')).toEqual(["a.b['c'](1) | upper is defined"]);
  });

  it('gives lines as Jinja does', () => {
    expect(nodes('a\n{{\nx }}').map(({ type, line }) => `${type}:${line}`)).toEqual([
      'Output:1',
      'TemplateData:1',
      'Name:3',
    ]);
  });
});

describe('a template that nests too deep', () => {
  it.each([
    ['parentheses', '(', ')'],
    ['lists', '[', ']'],
  ])('raises RecursionError: %s', (_name, open, close) => {
    const source = `{{ ${open.repeat(30_000)}1${close.repeat(30_000)} }}`;
    expect(() => env.parse(source)).toThrow(expect.objectContaining({ name: 'RecursionError' }));
  });
});
