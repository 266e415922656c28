import { describe, expect, test } from 'vitest';
import { Cycler, GLOBALS, Joiner, Namespace } from '../../lib/jinja/globals.js';
import { Environment } from '../../lib/jinja/environment.js';
import { call } from '../../lib/jinja/value/callable.js';

/** A source of chance that repeats itself, so that results can be told. */
const sequence = (...numbers: number[]): (() => number) => {
  let next = 0;
  return () => numbers[next++ % numbers.length]!;
};

describe('chance comes from the environment', () => {
  test('random picks where the source points', () => {
    const environment = new Environment({ random: sequence(0, 0.5, 0.999) });
    const template = environment.fromString(`{{ 'abc'|random }}{{ [1, 2, 3]|random }}`);
    expect([template.render(), template.render()]).toEqual(['a2', 'c1']);
  });

  test('lipsum makes sentences of the length that is asked for', () => {
    const environment = new Environment({ random: sequence(0.1, 0.9, 0.4) });
    const text = environment.fromString('{{ lipsum(2, false, 10, 11) }}').render();
    const paragraphs = text.split('\n\n');
    expect(paragraphs.map((paragraph) => paragraph.split(' ').length)).toEqual([10, 10]);
    for (const paragraph of paragraphs) expect(paragraph).toMatch(/^[A-Z][\w ,.]*\w\.$/);
  });

  test('lipsum ends even when the source repeats one number', () => {
    const environment = new Environment({ random: () => 0.5 });
    expect(environment.fromString('{{ lipsum(1) }}').render()).toMatch(/^<p>\w.*\.<\/p>$/);
  });
});

test('a cycler goes round', () => {
  const cycler = new Cycler(['odd', 'even']);
  expect([cycler.next(), cycler.next(), cycler.current]).toEqual(['odd', 'even', 'odd']);
  cycler.next();
  cycler.reset();
  expect(cycler.current).toBe('odd');
  expect(() => new Cycler([])).toThrow('at least one item has to be provided');
});

test('a joiner is empty once', () => {
  const joiner = new Joiner(' | ');
  expect([1, 2, 3].map(() => call(joiner, []))).toEqual(['', ' | ', ' | ']);
});

test('a namespace from the host is assigned to by the template', () => {
  const ns = new Namespace([['count', 1]]);
  new Environment()
    .fromString('{% set ns.count = ns.count + 1 %}{% set ns.new = [] %}')
    .render({ ns });
  expect([...ns.attrs]).toEqual([
    ['count', 2],
    ['new', []],
  ]);
});

test('the globals work from JavaScript', () => {
  expect(call(GLOBALS.cycler, [1, 2])).toBeInstanceOf(Cycler);
  expect(call(GLOBALS.namespace, [], new Map([['a', 1]]))).toBeInstanceOf(Namespace);
  expect([...(call(GLOBALS.range, [1, 7, 3]) as Iterable<unknown>)]).toEqual([1, 4]);
});
