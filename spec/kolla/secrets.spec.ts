import { describe, expect, it } from 'vitest';
import { redactPasswords } from '../../lib/adapters/redact.js';
import { redactor, secretTexts } from '../../lib/kolla/secrets.js';

describe('secretTexts', () => {
  const hide = (text: string, ...given: Parameters<typeof secretTexts>): string =>
    redactor(secretTexts(...given))(text);

  it('hides the values of the arguments that are named, and no others', () => {
    const args = new Map([
      ['TOKEN', 's3cret'],
      ['PLAIN', 'shown'],
    ]);
    expect(hide('s3cret and shown', args, ['TOKEN'], [])).toBe('*** and shown');
  });

  it('hides each line of a secret that has several, but for the shortest', () => {
    const key = 'BEGIN KEY\nabcdefgh\nxy\nEND KEY\n';
    expect(hide('line abcdefgh xy', new Map(), [], [], [key])).toBe('line *** xy');
  });

  it.each([
    ['http://me:pass@host/', 'pass'],
    ['http://me:p%40ss@host/', 'p@ss'],
    ['http://me:p%40ss@host/', 'p%40ss'],
    ['http://me:p@ss@host/', 'p@ss'],
    ['https://ghp_0123456789abc@host/', 'ghp_0123456789abc'],
  ])('hides what logs in at %s', (address, secret) => {
    expect(hide(`it is ${secret}!`, new Map(), [], [address])).toBe('it is ***!');
  });

  it('hides the password of a proxy without a scheme', () => {
    expect(hide('it is pass!', new Map([['HTTP_PROXY', 'me:pass@proxy:3128']]), [], [])).toBe(
      'it is ***!',
    );
  });

  it.each(['ssh://git@host/x', 'git@host:x', 'https://git@host/x', 'https://host/a@b'])(
    'takes no name of a user for a secret: %s',
    (address) => {
      expect(secretTexts(new Map(), [], [address])).toEqual([]);
    },
  );
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
