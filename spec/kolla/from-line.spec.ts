import { describe, expect, it } from 'vitest';
import { parentOfTemplate } from '../../lib/kolla/from-line.js';

const VARIABLES = new Map<string, unknown>([
  ['namespace', 'kolla'],
  ['image_prefix', ''],
  ['tag', '22.0.0'],
  ['base_distro', 'debian'],
  ['rpm_setup', []],
]);

const parent = (template: string): string | undefined => parentOfTemplate(template, VARIABLES);

describe('parentOfTemplate', () => {
  it('reads a first line that needs variables alone', () => {
    expect(parent('FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\nRUN {% if %}')).toBe(
      'kolla/base:22.0.0',
    );
    expect(parent('FROM {{base_distro}}:12')).toBe('debian:12');
    expect(parent('FROM scratch AS one\n')).toBe('scratch');
    expect(parent('FROM  two\n')).toBe('');
  });

  it.each([
    ['another first line', '{% import "macros.j2" as macros %}\nFROM x\n'],
    ['a tag', 'FROM {% if tag %}x{% endif %}\n'],
    ['a comment', 'FROM {# none #}x\n'],
    ['a filter', 'FROM {{ tag | upper }}\n'],
    ['stripped blanks', 'FROM {{- tag }}\n'],
    ['an unknown variable', 'FROM {{ mystery }}\n'],
    ['a variable that is no text', 'FROM {{ rpm_setup }}\n'],
    ['an expression over lines', 'FROM {{\ntag }}\n'],
    ['line ends of another system', 'FROM x\r\n'],
    ['a lower case from', 'from x\n'],
  ])('leaves %s to a rendering', (_, template) => {
    expect(parent(template)).toBeUndefined();
  });
});
