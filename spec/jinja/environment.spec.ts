import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  ChoiceLoader,
  type Context,
  DictLoader,
  Environment,
  Extension,
  FileSystemLoader,
  FunctionLoader,
  PrefixLoader,
  Template,
  TemplateNotFound,
  meta,
  passContext,
  passEnvironment,
  passEvalContext,
  pyFunction,
} from '../../lib/jinja/index.js';

describe('options', () => {
  it('that do not exist are refused, with the nearest one that does', () => {
    expect(() => new Environment({ trimBlock: true } as never)).toThrow(
      "unknown option 'trimBlock'; did you mean 'trimBlocks'?",
    );
    expect(() => new Environment({ lstrip_blocks: true } as never)).toThrow("'lstripBlocks'");
  });

  it('for what is out of scope say so', () => {
    expect(() => new Environment({ enableAsync: true })).toThrow('out of scope');
    expect(() => new Environment({ extensions: ['i18n'] })).toThrow('out of scope');
    expect(() => new Environment({ extensions: ['jinja2.ext.nope'] })).toThrow("'jinja2.ext.nope'");
  });
});

describe('filters, tests and globals', () => {
  it('are added by assignment', () => {
    const env = new Environment();
    env.globals['now'] = 42;
    env.filters['shout'] = (text: string) => `${text}!`;
    env.tests['big'] = (value: number) => value > 10;
    expect(env.fromString("{{ 'a'|shout }}{{ now is big }}").render()).toBe('a!True');
  });

  it('receive what they ask for first', () => {
    const env = new Environment({ autoescape: true });
    env.filters['who'] = passContext((context: Context, value: string) =>
      [value, context.resolve('name')].join(':'),
    );
    env.filters['where'] = passEnvironment((given: Environment) => given === env);
    env.globals['escaping'] = passEvalContext((ctx: { autoescape: boolean }) => ctx.autoescape);
    const text = "{{ 'a'|who }} {{ 1|where }} {{ escaping() }}";
    expect(env.fromString(text).render({ name: 'n' })).toBe('a:n True True');
  });

  it('see the assignments of a running loop through the context', () => {
    const env = new Environment();
    env.globals['look'] = passContext((context: Context) => context.get('x'));
    const text = '{% for i in [1] %}{% set x = 5 %}{{ look() }}{% endfor %}{{ look() }}';
    expect(env.fromString(text).render()).toBe('5None');
  });

  it('take keyword arguments by Python signature, or as a last object', () => {
    const env = new Environment();
    env.filters['pad'] = pyFunction('pad', 'value, *, by=1', (value: unknown, by: unknown) =>
      [value, by].join('/'),
    );
    env.filters['raw'] = (value: unknown, options: object) => JSON.stringify([value, options]);
    expect(env.fromString("{{ 'a'|pad(by=2) }} {{ 1|raw(k=2) }}").render()).toBe(
      'a/2 [1,{"k":2,"__keywords":true}]',
    );
    expect(() => env.fromString("{{ 'a'|pad(to=2) }}").render()).toThrow(
      "pad() got an unexpected keyword argument 'to'",
    );
  });

  it('have no names of Object.prototype', () => {
    const env = new Environment();
    expect(() => env.fromString('{{ 1|constructor }}')).toThrow("No filter named 'constructor'.");
    expect(env.fromString('{{ constructor }}{{ __proto__ }}').render()).toBe('');
  });
});

describe('overlay', () => {
  it('shares registries, and has options and templates of its own', () => {
    const env = new Environment({ loader: new DictLoader({ t: '<% x %>{{ x }}' }) });
    const overlay = env.overlay({ variableStartString: '<%', variableEndString: '%>' });
    env.filters['late'] = () => 'late';
    expect(overlay.getTemplate('t').render({ x: 1 })).toBe('1{{ x }}');
    expect(env.getTemplate('t').render({ x: 1 })).toBe('<% x %>1');
    expect(overlay.fromString('<% 1|late %>').render()).toBe('late');
    expect(overlay.linkedTo).toBe(env);
  });
});

describe('template.module', () => {
  it('holds what the template exports, macros as functions', () => {
    const { module } = new Environment().fromString(
      '{% macro foo(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{% set v = 42 %}{% set _w = 1 %}23',
    );
    expect(String(module)).toBe('23');
    expect((module['foo'] as (a: number) => string)(1)).toBe('12');
    expect(module['v']).toBe(42);
    expect([...module.exports.keys()].sort()).toEqual(['foo', 'v']);
  });
});

describe('compileExpression', () => {
  it('evaluates an expression; what is undefined is None, unless asked for', () => {
    const env = new Environment();
    const expression = env.compileExpression('foo == 42');
    expect([expression({ foo: 42 }), expression({ foo: 1 })]).toEqual([true, false]);
    expect(env.compileExpression('var')()).toBe(null);
    expect(env.compileExpression('var', false)()).not.toBe(null);
    expect(() => env.compileExpression('a b')).toThrow('chunk after expression');
  });
});

describe('meta', () => {
  const env = new Environment();

  it('finds the variables that a template looks up', () => {
    const ast = env.parse(
      '{% set foo = 42 %}{{ bar + foo }}{{ range(n) }}{% for x in y %}{{ x }}{% endfor %}',
    );
    expect([...meta.findUndeclaredVariables(ast, env)]).toEqual(['bar', 'n', 'y']);
  });

  it('finds the templates that a template refers to', () => {
    const ast = env.parse(
      "{% extends 'a' %}{% include x %}{% include ['b', y] %}{% import 'c' as c %}",
    );
    expect(meta.findReferencedTemplates(ast)).toEqual(['a', null, 'b', null, 'c']);
  });
});

describe('loaders', () => {
  const root = mkdtempSync(join(tmpdir(), 'kollage-loader-'));
  mkdirSync(join(root, 'views/sub'), { recursive: true });
  mkdirSync(join(root, 'views-secret'));
  writeFileSync(join(root, 'views/a.j2'), 'A{% include "sub/b.j2" %}');
  writeFileSync(join(root, 'views/sub/b.j2'), 'B');
  writeFileSync(join(root, 'views-secret/key'), 'SECRET');
  symlinkSync(join(root, 'views/sub'), join(root, 'views/linked'));
  afterAll(() => {
    rmSync(root, { recursive: true });
  });
  const views = join(root, 'views');

  it('read files from several folders in order', () => {
    const env = new Environment({ loader: new FileSystemLoader([join(root, 'none'), views]) });
    expect(env.getTemplate('a.j2').render()).toBe('AB');
    expect(env.getTemplate('./sub//b.j2').filename).toBe(join(views, 'sub/b.j2'));
    expect(env.listTemplates()).toEqual(['a.j2', 'sub/b.j2']);
    expect(() => env.getTemplate('nope')).toThrow(
      `'nope' not found in search paths: '${join(root, 'none')}', '${views}'`,
    );
  });

  it.each(['../views-secret/key', 'sub/../../views-secret/key', '/../views-secret/key', 'a.j2\0'])(
    'do not leave their folder: %j',
    (name) => {
      const env = new Environment({ loader: new FileSystemLoader(views) });
      expect(() => env.getTemplate(name)).toThrow(TemplateNotFound);
    },
  );

  it('load a file again when it has changed, unless told not to', () => {
    const file = join(views, 'changing.j2');
    writeFileSync(file, 'one');
    const env = new Environment({ loader: new FileSystemLoader(views) });
    const fixed = new Environment({ loader: new FileSystemLoader(views), autoReload: false });
    expect([env, fixed].map((given) => given.getTemplate('changing.j2').render())).toEqual([
      'one',
      'one',
    ]);
    writeFileSync(file, 'two');
    utimesSync(file, 1, 1);
    expect([env, fixed].map((given) => given.getTemplate('changing.j2').render())).toEqual([
      'two',
      'one',
    ]);
  });

  it('combine by prefix, by choice and by function', () => {
    const loader = new ChoiceLoader([
      new PrefixLoader({ app: new DictLoader({ x: 'from app' }) }),
      new FunctionLoader((name) => (name === 'f' ? 'from function' : null)),
    ]);
    const env = new Environment({ loader });
    expect(env.getTemplate('app/x').render()).toBe('from app');
    expect(env.getTemplate('f').render()).toBe('from function');
    expect(() => env.getTemplate('app/y')).toThrow(new TemplateNotFound('app/y').message);
  });

  it('compile a template once', () => {
    const find = vi.fn(() => 'x');
    const env = new Environment({ loader: new FunctionLoader(find) });
    expect(env.getTemplate('t')).toBe(env.getTemplate('t'));
    expect(find).toHaveBeenCalledTimes(1);
  });
});

describe('an extension', () => {
  class Shout extends Extension {
    override readonly tags = ['shout'];
    override preprocess(source: string): string {
      return source.replaceAll('SHOUT', '{% shout %}');
    }
    override parse(parser: Parameters<NonNullable<Extension['parse']>>[0]) {
      const at = parser.advance();
      const node = this.call(() => 'HEY', at);
      return {
        type: 'Output' as const,
        nodes: [node],
        line: at.line,
        start: at.start,
        end: at.end,
      };
    }
  }

  it('adds tags and changes the source', () => {
    expect(new Environment({ extensions: [Shout] }).fromString('a SHOUT b').render()).toBe(
      'a HEY b',
    );
  });
});

describe("nunjucks' habits", () => {
  it('add filters, globals and tests by method', () => {
    const env = new Environment(null, { autoescape: true })
      .addFilter('shout', (text: string) => `${text}!`)
      .addGlobal('now', 42)
      .addTest('big', (value: number) => value > 10);
    expect(env.renderString("{{ '<'|shout }}{{ now is big }}", {})).toBe('&lt;!True');
    expect(env.getGlobal('now')).toBe(42);
    expect(() => env.getFilter('nope')).toThrow('filter not found: nope');
  });

  it('take loaders of theirs, delimiters as tags, and callbacks', async () => {
    const loader = {
      getSource: (name: string) => (name === 'a' ? { src: '<$ x $>', path: 'a' } : null),
    };
    const env = new Environment(loader, { tags: { variableStart: '<$', variableEnd: '$>' } });
    expect(env.render('a', { x: 1 })).toBe('1');
    const rendered = await new Promise((resolve) => {
      env.render('a', { x: 2 }, (error, text) => resolve([error, text]));
    });
    expect(rendered).toEqual([null, '2']);
    const failed = await new Promise((resolve) => {
      env.getTemplate('nope', (error) => resolve(error));
    });
    expect(failed).toBeInstanceOf(TemplateNotFound);
  });

  it('run extensions written for it', () => {
    const remote = {
      tags: ['remote'],
      parse(parser: never, nodes: never) {
        const p = parser as Record<string, (...args: unknown[]) => unknown>;
        const { CallExtension } = nodes as { CallExtension: new (...args: unknown[]) => unknown };
        const token = p['nextToken']?.() as { value: string };
        const args = p['parseSignature']?.(null, true);
        p['advanceAfterBlockEnd']?.(token.value);
        const body = p['parseUntilBlocks']?.('endremote');
        return new CallExtension(this, 'run', args, [body]);
      },
      run: (_context: unknown, url: string, body: () => string) => `<${url}:${body()}>`,
    };
    const env = new Environment().addExtension('Remote', remote);
    expect(env.renderString("{% remote 'u' %}in {{ x }}{% endremote %}", { x: 3 })).toBe(
      '<u:in 3>',
    );
    expect(env.hasExtension('Remote')).toBe(true);
  });

  it('make templates from text', () => {
    expect(new Template('Hi {{ name }}').render({ name: 'x' })).toBe('Hi x');
    expect(new Template('{{ 1 }}', new Environment()).render()).toBe('1');
  });
});
