import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DictLoader, Environment, TemplateSyntaxError } from '../../lib/jinja/index.js';

const types = (source: string, env = new Environment()): string[] =>
  [...env.lex(source)].filter(({ type }) => type !== 'whitespace').map(({ type }) => type);

describe('tokens', () => {
  it('tell names, numbers, strings and operators apart', () => {
    expect(types("{{ a.b ** 1_0 // 0x1f + 1e3 ~ 'x' }}")).toEqual([
      'variable_begin',
      'name',
      'dot',
      'name',
      'pow',
      'integer',
      'floordiv',
      'integer',
      'add',
      'float',
      'tilde',
      'string',
      'variable_end',
    ]);
  });

  it('join to the source again', () => {
    const pieces = fc.constantFrom(
      '{{ a }}',
      '{%- if x %}',
      '{% endif -%}',
      '{# c #}',
      '\n',
      'é',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const source = `${parts.join('')}.`;
        const env = new Environment({ keepTrailingNewline: true });
        const joined = [...env.lex(source)].map(({ value }) => value).join('');
        // White space that a minus sign strips belongs to no token.
        expect(joined.replace(/\s/g, '')).toBe(source.replace(/\s/g, ''));
      }),
    );
  });

  it('hold offsets and lines of the normalised text', () => {
    const [data, begin] = [...new Environment().lex('a\r\nb{{ x }}')];
    expect(data).toMatchObject({ type: 'data', start: 0, end: 3, line: 1 });
    expect(begin).toMatchObject({ type: 'variable_begin', start: 3, line: 2 });
  });

  it('are read one by one, so that the first error of the text is reported', () => {
    const env = new Environment({ loader: new DictLoader({}) });
    const parse = (): unknown => env.parse('{{ a b }} {{ ` }}');
    expect(parse).toThrow(TemplateSyntaxError);
    expect(parse).toThrow("expected token 'end of print statement', got 'b'");
  });

  it('balance brackets in front of an end that looks like one', () => {
    const env = new Environment({ variableStartString: '{', variableEndString: '}' });
    expect(env.fromString("{ {'a': 1}['a'] }").render()).toBe('1');
    expect(() => env.parse('{ (] }')).toThrow("unexpected ']', expected ')'");
  });
});

describe('a comment or raw block without end', () => {
  it('is refused, but for one at the very end of the text', () => {
    expect(() => new Environment().parse('{# x')).toThrow('Missing end of comment tag');
    expect(() => new Environment().parse('{% raw %}x')).toThrow('Missing end of raw directive');
    expect(new Environment().fromString('a{#').render()).toBe('a');
  });
});

describe('a long run of white space in front of a tag', () => {
  it('is stripped without trying every place in it', () => {
    const source = `a${' '.repeat(300_000)}b {%- if true %}{% endif %}`;
    expect(new Environment().fromString(source).render()).toHaveLength(300_002);
  });
});

describe('names of characters', () => {
  it.each([
    ['HOT SPRINGS', '\u2668'],
    ['bullet', '\u2022'],
    ['LINE FEED', '\n'],
    ['CJK UNIFIED IDEOGRAPH-4E2D', '\u4e2d'],
    ['HANGUL SYLLABLE HAN', '\ud55c'],
  ])('are read as Python does: %s', (name, char) => {
    expect(new Environment().fromString(`{{ '\\N{${name}}' }}`).render()).toBe(char);
  });

  it('that do not exist are refused', () => {
    expect(() => new Environment().parse("{{ '\\N{NO SUCH}' }}")).toThrow(
      'unknown Unicode character name',
    );
  });
});
