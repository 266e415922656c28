import { describe, expect, it } from 'vitest';
import { compilePythonRegex, PatternError } from '../../lib/kolla/python-regex.js';

describe('compilePythonRegex', () => {
  it.each([
    ['(?i)NOVA', 'nova-api', true],
    ['^(?!.*nova)', 'nova-api', false],
    ['(?P<half>ab)(?P=half)', 'abab', true],
    ['\\Anova\\Z', 'nova\n', false],
    ['nova$', 'nova\n', true],
    ['(?>a+)ab', 'aaab', false],
  ])('%j in %j: %s', (pattern, name, found) => {
    expect(compilePythonRegex(pattern).test(name)).toBe(found);
  });

  it.each([
    ['(a', 'missing ), unterminated subpattern at position 0'],
    ['a)', 'unbalanced parenthesis at position 1'],
    ['*a', 'nothing to repeat at position 0'],
    ['a**', 'multiple repeat at position 2'],
    ['[b-a]', 'bad character range b-a at position 1'],
    ['a(?i)b', 'global flags not at the start of the expression at position 1'],
    ['\\q', 'bad escape \\q at position 0'],
  ])("says in Python's words what is wrong with %j", (pattern, message) => {
    expect(() => compilePythonRegex(pattern)).toThrow(new PatternError(message));
  });

  it('names what JavaScript cannot say', () => {
    expect(() => compilePythonRegex('(a)?(?(1)b|c)')).toThrow(/conditional groups/);
  });
});
