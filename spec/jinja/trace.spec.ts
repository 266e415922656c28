import { describe, expect, it } from 'vitest';
import { DictLoader, Environment } from '../../lib/jinja/index.js';

const env = new Environment({
  loader: new DictLoader({
    'macros.j2': '{% macro run(x) %}RUN {{ x }}\n{% endmacro %}',
    'base.j2': 'FROM x\n{% block a %}base a\n{% endblock %}{% block b %}base b\n{% endblock %}',
    'child.j2':
      "{% extends 'base.j2' %}{% import 'macros.j2' as m %}\n{% block a %}{{ super() }}" +
      '{% set l = [1] %}{% set l = l + [2] %}\n{{ m.run(l) }}{% endblock %}',
  }),
});

describe('a traced rendering', () => {
  const trace = env.getTemplate('child.j2').trace();

  it('has the output of an ordinary one, in pieces', () => {
    expect(trace.output).toBe(env.getTemplate('child.j2').render());
    expect(trace.pieces.map(({ text }) => text).join('')).toBe(trace.output);
  });

  it('tells template, line, block, what the block overrides, and the macro calls', () => {
    const told = trace.pieces.map(({ text, templateName, line, block, overrides, calls }) =>
      [
        JSON.stringify(text),
        `${String(templateName)}:${line}`,
        block,
        overrides.join(),
        calls.map(({ macro }) => macro).join(),
      ].join(' '),
    );
    expect(told).toEqual([
      '"FROM x\\n" base.j2:1   ',
      '"base a\\n" base.j2:2 a  ',
      '"\\n" child.j2:2 a base.j2 ',
      '"RUN " macros.j2:1 a base.j2 run',
      '"[1, 2]" macros.j2:1 a base.j2 run',
      '"\\n" macros.j2:1 a base.j2 run',
      '"base b\\n" base.j2:3 b  ',
    ]);
  });

  it('keeps every step of a list that is set', () => {
    expect(trace.assignments.map(({ name, value, line }) => [name, value, line])).toEqual([
      ['l', [1], 2],
      ['l', [1, 2], 2],
    ]);
  });

  it('takes text of the template for what it is, whatever a block has collected before', () => {
    const { pieces } = env.fromString('{% set x %}\nabc{% endset %}\nabc{{ x }}').trace();
    expect(pieces.map(({ text, line }) => [text, line])).toEqual([
      ['\nabc', 2],
      ['\nabc', 1],
    ]);
  });

  it('leaves later ordinary renderings as they are', () => {
    const again = env.getTemplate('child.j2');
    expect(again.render()).toBe(again.render());
  });
});

describe('generate', () => {
  it('yields the pieces of the output', () => {
    const chunks = [...env.fromString("a{{ 1 + x }}{% include 'base.j2' %}").generate({ x: 1 })];
    expect(chunks.join('')).toBe('a2FROM x\nbase a\nbase b\n');
    expect(chunks.slice(0, 2)).toEqual(['a', '2']);
  });

  it('puts pieces together when asked to', () => {
    const stream = env
      .fromString(
        '<ul>{% for item in seq %}<li>{{ loop.index }} - {{ item }}</li>{%- endfor %}</ul>',
      )
      .stream({ seq: [1, 2] });
    stream.enableBuffering(3);
    expect([...stream]).toEqual(['<ul><li>1', ' - 1</li>', '<li>2 - ', '2</li></ul>']);
    expect(() => {
      stream.enableBuffering(1);
    }).toThrow('buffer size too small');
  });

  it('evaluates nothing before it is asked for', () => {
    let calls = 0;
    const chunks = env.fromString('{% for x in [1, 2, 3] %}{{ f() }}{% endfor %}').generate({
      f: () => ++calls,
    });
    chunks.next();
    expect(calls).toBe(1);
  });
});
