import { describe, expect, it } from 'vitest';
import { redactPasswords } from '../../lib/adapters/redact.js';
import { argumentSecrets, loginSecrets, redactor, secretLines } from '../../lib/kolla/secrets.js';

describe('argumentSecrets', () => {
  it('are the values of the arguments that are named, and no others', () => {
    const args = new Map([
      ['TOKEN', 's3cret'],
      ['PLAIN', 'shown'],
    ]);
    expect(argumentSecrets(args, ['TOKEN', 'NOT_GIVEN'])).toContain('s3cret');
    expect(argumentSecrets(args, ['TOKEN'])).not.toContain('shown');
  });

  it('are the logins in all others, such as that of a proxy without a scheme', () => {
    const args = new Map([
      ['MIRROR', 'http://me:one@mirror/'],
      ['HTTP_PROXY', 'me:two@proxy:3128'],
      ['RANGE', 'me:three@4'],
    ]);
    expect(argumentSecrets(args, [])).toEqual(
      expect.arrayContaining(['me:one', 'one', 'me:two', 'two']),
    );
    expect(argumentSecrets(args, [])).not.toContain('three');
  });
});

describe('secretLines', () => {
  it('are a long secret and all its lines but for the shortest', () => {
    const secret = 'BEGIN KEY\r\n  abcdefgh\nxy\nEND KEY\n';
    expect(secretLines(secret)).toEqual([secret, 'BEGIN KEY', 'abcdefgh', 'END KEY']);
  });

  it('are the one line of a short secret, whose file ends with a newline', () => {
    expect(secretLines('abc\n')).toEqual(['abc']);
  });
});

describe('loginSecrets', () => {
  it.each([
    ['http://me:pass@host/', 'pass'],
    ['http://me:p%40ss@host/', 'p@ss'],
    ['http://me:p%40ss@host/', 'p%40ss'],
    ['http://me:p@ss@host/', 'p@ss'],
    ['https://ghp_0123456789abc@host/', 'ghp_0123456789abc'],
  ])('are what logs in at %s', (address, secret) => {
    expect(loginSecrets(address)).toContain(secret);
  });

  it.each(['ssh://git@host/x', 'git@host:x', 'https://git@host/x', 'https://host/a@b'])(
    'are no names of users: %s',
    (address) => {
      expect(loginSecrets(address)).toEqual([]);
    },
  );
});

describe('redactor', () => {
  it.each([
    ['percent-encoded', 'p%40ss%2Fw%C3%B6rd'],
    ['in base64', 'cEBzcy93w7ZyZA=='],
    ['in base64 without padding', 'cEBzcy93w7ZyZA'],
  ])('replaces a secret that is %s', (_, text) => {
    expect(redactor(['p@ss/wörd'])(`it is ${text}!`)).toMatch(/^it is \*\*\*=*!$/);
  });

  it('replaces the login of an address as it is sent', () => {
    const sent = Buffer.from('me:p@ss').toString('base64');
    const redact = redactor(loginSecrets('http://me:p%40ss@host/'));
    expect(redact(`Basic ${sent}!`)).toMatch(/^Basic \*\*\*=*!$/);
  });

  it('replaces the longer of two secrets first, and nothing for an empty one', () => {
    expect(redactor(['', 'me', 'me:pass'])('me:pass of me')).toBe('*** of ***');
  });
});

describe('redactPasswords', () => {
  it.each([
    ['see http://me:pass@host/x', 'see http://***@host/x'],
    ['see https://token@host/x', 'see https://***@host/x'],
    ['ftp://a:p@ss@host', 'ftp://***@host'],
    ['ssh://git@host/x', 'ssh://git@host/x'],
    ['http://host:80/@x and a@b.c', 'http://host:80/@x and a@b.c'],
  ])('turns %s into %s', (text, shown) => {
    expect(redactPasswords(text)).toBe(shown);
  });
});
