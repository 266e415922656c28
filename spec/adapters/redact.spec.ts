import { describe, expect, it } from 'vitest';
import { redactAddresses, redactPasswords } from '../../lib/adapters/redact.js';

describe.each([
  ['redactAddresses', redactAddresses],
  ['redactPasswords', redactPasswords],
])('%s', (_, redact) => {
  it('hides the login of an address', () => {
    expect(redact('from https://me:p%40ss@host/x and ssh://me:pass@host')).toBe(
      'from https://***@host/x and ssh://***@host',
    );
  });

  it('comes to an end on a line of a megabyte', () => {
    const long = 'a-'.repeat(500_000);
    expect(redact(`${long} http://me:pass@host/`)).toBe(`${long} http://***@host/`);
  }, 10_000);
});
