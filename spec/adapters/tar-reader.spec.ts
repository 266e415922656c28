import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readTar } from '../../lib/adapters/tar-reader.js';
import { archive, type Member } from '../build/hostile-archives.js';

/** PAX records before a member. */
function records(values: Readonly<Record<string, string>>, type = 'x'): Member {
  const lines = Object.entries(values).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length + 1;
    while (String(length).length + rest.length > length) length += 1;
    return `${length}${rest}`;
  });
  return { name: 'records', type, content: lines.join('') };
}

/** Names and contents of what an archive holds. */
async function contents(bytes: Buffer, chunk = bytes.length): Promise<[string, string][]> {
  const pieces = function* (): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  };
  const found: [string, string][] = [];
  for await (const entry of readTar(Readable.from(pieces()))) {
    const content: Buffer[] = [];
    for await (const piece of entry.content) content.push(piece);
    found.push([entry.name, Buffer.concat(content).toString('latin1')]);
  }
  return found;
}

const sparse = (map: string, realsize: string): Member =>
  records({
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.realsize': realsize,
    map,
  });
const inBlock = (text: string): string => text.padEnd(512, '\0');

describe('readTar', () => {
  const file: Member = { name: 'file', content: 'content' };
  const after: Member = { name: 'after', content: 'more' };

  it('reads what comes in pieces of any size', async () => {
    const bytes = archive(records({ path: 'other' }), file, after);
    for (const chunk of [1, 7, 511, 512, 513, 4096]) {
      expect(await contents(bytes, chunk)).toEqual([
        ['other', 'content'],
        ['after', 'more'],
      ]);
    }
  });

  it('reads no more of a sparse file than its size, and goes on behind it', async () => {
    const map = inBlock('2\n0\n4\n6\n400\n');
    const bytes = archive(
      sparse('', '8'),
      { name: 's', content: `${map}abcdef${'x'.repeat(400)}` },
      after,
    );
    expect(await contents(bytes)).toEqual([
      ['s', 'abcd\0\0ef'],
      ['after', 'more'],
    ]);
  });

  it.each([
    ['a size that is none', archive(records({ size: '1.5' }), file), /no size/],
    ['a size beyond all numbers', archive(records({ size: '9'.repeat(30) }), file), /no size/],
    ['a sparse size that is none', archive(records({ 'GNU.sparse.size': 'x' }), file), /no size/],
    [
      'a map of more than there is',
      archive(records({ 'GNU.sparse.map': '0,900', 'GNU.sparse.size': '900' }), file),
      /less than its map says/,
    ],
    [
      'a map that never ends',
      archive(sparse('', '8'), { name: 's', content: inBlock('999\n0\n') }),
      /less than its map says/,
    ],
    [
      'a map without a number',
      archive(sparse('', '8'), { name: 's', content: inBlock('many\n0\n') }),
      /less than its map says/,
    ],
    [
      'a map of absurd length',
      archive(sparse('', '8'), { name: 's', content: inBlock('9999999\n') + inBlock('') }),
      /absurd size/,
    ],
    [
      'a number of absurd length',
      archive(sparse('', '8'), { name: 's', content: '1'.repeat(2_000_000) }),
      /absurd size/,
    ],
    [
      'absurdly many records for all',
      archive(...Array.from({ length: 5 }, () => records({ a: 'b'.repeat(1 << 20) }, 'g')), file),
      /absurd size/,
    ],
    [
      'absurdly many records for one',
      archive(...Array.from({ length: 5 }, () => records({ a: 'b'.repeat(1 << 20) })), file),
      /absurd size/,
    ],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(contents(bytes)).rejects.toThrow(message);
  });

  it('tells of a sparse file what it takes up where that is more', async () => {
    const bytes = archive(records({ 'GNU.sparse.map': '0,1', 'GNU.sparse.size': '1' }), {
      name: 's',
      content: 'x'.repeat(5000),
    });
    for await (const { size } of readTar(Readable.from([bytes]))) {
      expect(size).toBe(5000);
    }
  });
});
