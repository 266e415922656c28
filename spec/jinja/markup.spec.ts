import { describe, expect, test } from 'vitest';
import { Environment } from '../../lib/jinja/environment.js';
import { HTML, Markup, escape, escapeToText, hasHtml, softStr } from '../../lib/jinja/markup.js';
import { str } from '../../lib/jinja/value/str.js';

test('escape replaces the five special characters and leaves Markup alone', () => {
  expect(String(escape(`<a href="x" class='y'>&</a>`))).toBe(
    '&lt;a href=&#34;x&#34; class=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
  );
  const safe = new Markup('<b>');
  expect(escape(safe)).toBe(safe);
  expect(escapeToText([`'`])).toBe('[&#34;&#39;&#34;]');
});

describe('values that answer for themselves', () => {
  const bySymbol = { [HTML]: () => '<i>symbol</i>' };
  class ByName {
    __html__(): string {
      return '<i>name</i>';
    }
  }

  test('objects with the hook or with a method of the Python name are safe', () => {
    expect([escapeToText(bySymbol), escapeToText(new ByName())]).toEqual([
      '<i>symbol</i>',
      '<i>name</i>',
    ]);
    expect(String(new Markup(new ByName()))).toBe('<i>name</i>');
  });

  test("nunjucks' SafeString is safe", () => {
    const safeString = (val: string): unknown => Object.assign(new String(val), { val });
    const environment = new Environment({ autoescape: true });
    environment.addFilter('bold', (text: string) => safeString(`<b>${text}</b>`));
    const template = environment.fromString(
      `{{ x|bold }}{{ x|bold|upper }}{{ [x|bold, '<']|join }}`,
    );
    expect(template.render({ x: 'x' })).toBe('<b>x</b><B>X</B><b>x</b>&lt;');
  });

  test('a key of a dict does not make it safe', () => {
    expect(hasHtml({ __html__: () => '<i>' })).toBe(false);
  });
});

test('softStr keeps Markup and turns the rest into str', () => {
  const safe = new Markup('x');
  expect([softStr(safe), softStr(1), softStr('x')]).toEqual([safe, '1', 'x']);
});

test('striptags drops tags and comments, collapses white space, resolves references', () => {
  const text =
    '<p>one <!-- <b> --> two\n &lt;3 &copy &notin; &notit; &#x80; &#0; &bogus;</p> <open';
  expect(new Markup(text).striptags()).toBe('one two <3 © ∉ ¬it; € \ufffd &bogus; <open');
});

test('JavaScript sees a string', () => {
  const safe = new Markup('<b>');
  expect([`${safe}`, safe.length, JSON.stringify({ safe }), str(safe)]).toEqual([
    '<b>',
    3,
    '{"safe":"<b>"}',
    '<b>',
  ]);
});
