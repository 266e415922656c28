import { describe, expect, it } from 'vitest';
import {
  DictLoader,
  Environment,
  FunctionLoader,
  StrictUndefined,
  formatError,
  type ErrorPosition,
} from '../../lib/jinja/index.js';

const TEMPLATES = {
  'lib.j2': '{% macro chown(x) %}\nRUN chown {{ usr.uid }} /var\n{% endmacro %}',
  'base.j2': 'base\n{% block body %}{% endblock %}',
  'page.j2':
    "{% extends 'base.j2' %}\n{% from 'lib.j2' import chown with context %}\n" +
    '{% block body %}\n{{ chown(1) }}{% endblock %}',
  'top.j2': "top\n{% include 'page.j2' %}",
};

function failure(run: () => unknown): Error & ErrorPosition {
  try {
    run();
  } catch (error) {
    return error as Error & ErrorPosition;
  }
  throw new Error('nothing was thrown');
}

const render = (name: string, context = {}): (() => string) => {
  const env = new Environment({ loader: new DictLoader(TEMPLATES) });
  return () => env.getTemplate(name).render(context);
};

describe('an error while rendering', () => {
  it('has the position of the failing part, and the way in', () => {
    const error = failure(render('top.j2', { users: {} }));
    expect(error).toMatchObject({
      name: 'UndefinedError',
      message: "'usr' is undefined",
      code: 'undefined',
      templateName: 'lib.j2',
      lineno: 2,
      span: { line: 2, column: 14 },
      suggestion: 'users',
    });
    expect(
      error.chain?.map(({ via, templateName, span }) => [via, templateName, span?.line]),
    ).toEqual([
      ['macro', 'page.j2', 4],
      ['block', 'base.j2', 2],
      ['extends', 'page.j2', 1],
      ['include', 'top.j2', 2],
    ]);
  });

  it('prints with an excerpt, a caret, a suggestion and its chain', () => {
    expect(formatError(failure(render('page.j2', { users: {} })))).toBe(
      [
        "UndefinedError: 'usr' is undefined",
        '  --> lib.j2:2:14',
        '1 | {% macro chown(x) %}',
        '2 | RUN chown {{ usr.uid }} /var',
        "  |              ^^^ did you mean 'users'?",
        '  via page.j2:4:4, call of macro "chown"',
        '  via base.j2:2:1, block "body"',
        '  via page.j2:1:1, extends',
      ].join('\n'),
    );
  });

  it.each([
    ['an operator', "{{ 1 }}\n{{ 2 + 'x' }}", 'TypeError', 2, 4],
    ['a filter behind a call on another line', '{{ f() }}\n\n{{ 5|join }}', 'TypeError', 3, 6],
    ['a loop', 'a{% for x in 5 %}{% endfor %}', 'TypeError', 1, 14],
    ['unpacking', '{% set a, b = (1,) %}', 'ValueError', 1, 15],
    ['a call', "{{ f(\n  'x'.center('y')) }}", 'TypeError', 2, 3],
    ['a missing template', "{% include 'nope' %}", 'TemplateNotFound', 1, 1],
  ])('points at %s', (_name, template, name, line, column) => {
    const env = new Environment({ loader: new DictLoader({}) });
    const error = failure(() => env.fromString(template).render({ f: (x: unknown) => x ?? '' }));
    expect(error).toMatchObject({ name, span: { line, column } });
  });

  it('points at the value that a strict undefined refuses to print', () => {
    const env = new Environment({ undefined: StrictUndefined });
    expect(failure(() => env.fromString('ab\n{{ d.x }}').render({ d: {} }))).toMatchObject({
      message: "'dict object' has no attribute 'x'",
      span: { line: 2, column: 4 },
    });
  });

  it('keeps errors that functions of the host throw, and adds the position', () => {
    class Broken extends Error {}
    const error = failure(() =>
      new Environment().fromString('\n{{ f() }}').render({
        f: () => {
          throw new Broken('no');
        },
      }),
    );
    expect(error).toBeInstanceOf(Broken);
    expect(error).toMatchObject({ message: 'no', lineno: 2 });
  });

  it('is a RecursionError for a macro that calls itself without end', () => {
    const template = '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}';
    expect(failure(() => new Environment().fromString(template).render())).toMatchObject({
      name: 'RecursionError',
      message: 'maximum recursion depth exceeded',
      lineno: 1,
    });
  });
});

describe('an error while compiling', () => {
  it.each([
    ['{% if x %}', 'TemplateSyntaxError', 1],
    ["a\n{{ 'x'|uper }}", 'TemplateAssertionError', 2],
    ['{% for i in x %}\n{% endif %}', 'TemplateSyntaxError', 2],
  ])('names class and line: %s', (template, name, line) => {
    const env = new Environment({ loader: new DictLoader({ t: template }) });
    expect(failure(() => env.getTemplate('t'))).toMatchObject({
      name,
      templateName: 't',
      lineno: line,
      span: { line },
    });
  });

  it('suggests the filter or test that was meant', () => {
    const env = new Environment();
    expect(failure(() => env.fromString('{{ x|uper }}')).suggestion).toBe('upper');
    expect(failure(() => env.fromString('{{ x is defind }}')).suggestion).toBe('defined');
  });
});

describe('a text that was put together from files', () => {
  const text = "line of base\n{% block x %}{{ nope.x }}{% endblock %}\n{{ 'a'|nope }}";
  const env = (source: string): Environment =>
    new Environment({
      loader: new FunctionLoader(() => ({
        source,
        origin: (line) => (line >= 2 ? { templateName: 'site.j2', line: line + 10 } : undefined),
      })),
    });

  it('has its errors pointed to the file and line they come from', () => {
    const rendered = env(text.split('\n').slice(0, 2).join('\n'));
    expect(failure(() => rendered.getTemplate('t').render())).toMatchObject({
      templateName: 'site.j2',
      lineno: 12,
      span: { line: 12, column: 17 },
    });
    expect(failure(() => env(text).getTemplate('t'))).toMatchObject({
      templateName: 'site.j2',
      lineno: 13,
    });
  });
});
