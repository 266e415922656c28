import { gzipSync } from 'node:zlib';

/** A member as its header claims to be. */
export interface Member {
  readonly name: string;
  readonly type?: string;
  readonly link?: string;
  /** Size that the header claims. */
  readonly size?: number;
  readonly content?: string;
}

/** One member of a ustar archive, as its specification lays it out. */
function member({ name, type = '0', link = '', content = '', size }: Member): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    header.write(value.toString(8).padStart(length - 1, '0'), at);
  };
  header.write(name, 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size ?? content.length, 124, 12);
  octal(0, 136, 12);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write('ustar\x0000', 257);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const data = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  data.write(content);
  return Buffer.concat([header, data]);
}

/** A ustar archive of members. */
export const archive = (...members: readonly Member[]): Buffer =>
  Buffer.concat([...members.map(member), Buffer.alloc(1024)]);

/** Archives that must not, or can not, be unpacked. Each begins with a file that could be. */
export function hostileArchives(good: Buffer): Readonly<Record<string, Buffer>> {
  const before: Member = { name: 'left-behind', content: 'spoils the next run' };
  const packed = gzipSync(good);
  return {
    cut: packed.subarray(0, packed.length - 12),
    text: Buffer.from('<html>This is not what you are looking for</html>'.repeat(30)),
    above: archive(before, { name: '../../evil', content: 'evil' }),
    link: archive(before, { name: 'out', type: '2', link: '/etc' }),
    device: archive(before, { name: 'disk', type: '4' }),
    bomb: gzipSync(archive(before, { name: 'zeros', size: 7 * 1024 ** 3 })),
  };
}
