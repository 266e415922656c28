import { Environment, type EnvironmentOptions } from '../../../lib/jinja/environment.js';
import { SandboxedEnvironment } from '../../../lib/jinja/sandbox.js';
import type { Answer, CaseSpec } from '../differential/case.js';

/** Values of every kind that a template can write down, as template expressions. */
export const VALUES = [
  `''`,
  `'a'`,
  `'Hello, World foo-bar (baz)'`,
  `' x  y\\tz '`,
  `'12'`,
  `' -1_0 '`,
  `'1.5e3'`,
  `'0x1f'`,
  `'inf'`,
  `'<b>&"q" \\'s\\' </b>'`,
  `('<i>x &amp; y</i> z'|safe)`,
  `'see http://x.org/a?b=1&c (www.y.com), me@z.net.'`,
  `'one\\ntwo\\n\\n  three\\r\\nfour'`,
  `'ünïcødé 😀 ß ǆ'`,
  `'%s and %s'`,
  `'a very-long line--with dashes and averyveryveryverylongwordindeed'`,
  `0`,
  `1`,
  `-7`,
  `42`,
  `10**20`,
  `1.0`,
  `1.25`,
  `-0.0`,
  `2.675`,
  `1e16`,
  `true`,
  `none`,
  `[]`,
  `[3, 1, 2]`,
  `[1, 1.0, true, 2]`,
  `['b', 'A', 'c', 'a']`,
  `[1, 'a']`,
  `[[1, 2], [3]]`,
  `[none, '<', ('<'|safe)]`,
  `['a', 'b', 'c', 'd', 'e', 'f', 'g']`,
  `(1,)`,
  `()`,
  `(2, 'x')`,
  `{}`,
  `{'b': 1, 'A': 2, 'c': none}`,
  `{'x y': 'a/b', 'z': ['<']}`,
  `{1: 'a', 'b': 2}`,
  `{'x': {'y': [1, {'z': 'w' * 40}], 'v': 'word ' * 20}}`,
  `[{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'X'}, {'a': 1, 'b': 'y'}]`,
  `[{'a': {'b': [5, 6]}}, {'a': {'b': [7]}}]`,
  `nope`,
  `nope.x`,
  `range(5)`,
  `{'a': 1}.items()`,
  `{'a': 1, 'b': 2}.values()`,
  `('ab'|list|map('upper'))`,
  `namespace(a=1)`,
  `'x'.upper`,
  `[('k', 'v'), ('<', 1)]`,
] as const;

/** One template for the application of a filter to a value; lists what is lazy. */
export function applied(value: string, filter: string): string {
  return `{% set v = ${value} %}{% set r = v|${filter} %}{{ r|list if r is iterable and r is not string and r is not mapping and r is not sequence else r }}`;
}

const ADDRESS = /0x[0-9a-f]{6,}/gi;

/** Renders in ours, in the shape of the oracle's answers, without positions. */
export function ours(spec: CaseSpec): Answer {
  const options = (spec.options ?? {}) as EnvironmentOptions;
  const environment =
    spec.environment === 'sandboxed' ? new SandboxedEnvironment(options) : new Environment(options);
  try {
    return { output: environment.fromString(spec.template).render().replace(ADDRESS, '0x…') };
  } catch (error) {
    const { name, message } = error as Error;
    return {
      error: { name, message: message.replace(ADDRESS, '0x…'), line: null, template: null },
    };
  }
}

/** What two answers must share: the output, or class and message of the error. */
export function comparable(answer: Answer): string {
  if ('output' in answer) return `= ${answer.output.replace(ADDRESS, '0x…')}`;
  return `! ${answer.error.name}: ${answer.error.message}`;
}
