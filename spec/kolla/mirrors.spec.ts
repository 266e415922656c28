import { describe, expect, it } from 'vitest';
import { MirrorError, mirrorEntries } from '../../lib/kolla/mirrors.js';

describe('mirrorEntries', () => {
  const mirror = mirrorEntries([
    'https://apt.example/=https://near.example/apt/',
    'https://apt.example/big=https://big.example',
  ]);

  it.each([
    ['https://apt.example', 'https://near.example/apt'],
    ['https://apt.example/dists?x=1', 'https://near.example/apt/dists?x=1'],
    ['https://apt.example/big/y', 'https://big.example/y'],
    ['https://apt.example/bigger', 'https://near.example/apt/bigger'],
    ['https://apt.example.org/', 'https://apt.example.org/'],
    ['http://apt.example/', 'http://apt.example/'],
  ])('sends %s to %s', (address, sent) => {
    expect(mirror({ url: address, suite: address })).toEqual({ url: sent, suite: address });
  });

  it('works on every line of addresses and keys, and on deb lines', () => {
    expect(
      mirror({
        baseurl: 'https://apt.example/a\nhttps://b.example/\n',
        gpgkey: 'https://apt.example/k',
      }),
    ).toEqual({
      baseurl: 'https://near.example/apt/a\nhttps://b.example/\n',
      gpgkey: 'https://near.example/apt/k',
    });
    expect(mirror('deb https://apt.example/u focal main')).toBe(
      'deb https://near.example/apt/u focal main',
    );
  });

  it('leaves the entry itself alone', () => {
    const entry = { url: 'https://apt.example/' };
    mirror(entry);
    expect(entry).toEqual({ url: 'https://apt.example/' });
  });

  it('says how a mirror is written', () => {
    expect(() => mirrorEntries(['apt.example'])).toThrow(MirrorError);
  });
});
