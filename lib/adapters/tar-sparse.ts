import { CUT_SHORT, last, numberOf, TarFormatError, type Records } from './tar-fields.js';
import { BLOCK } from './tar-header.js';

/** Hands out what comes next, at most `size` bytes and never nothing. */
export type Take = (size: number) => Promise<Buffer>;

/** Parts of a file that are in the archive, where the rest is zeros. */
export type SparseMap = readonly (readonly [offset: number, length: number])[];

/** Numbers of a map: more is an attack. */
const MAX_NUMBERS = 1_000_000;

function checkLength(numbers: number): void {
  if (numbers > MAX_NUMBERS) {
    throw new TarFormatError('a sparse file has a map of absurd size', 'damage');
  }
}

const pairs = (numbers: readonly number[]): SparseMap =>
  Array.from({ length: Math.floor(numbers.length / 2) }, (_, at): [number, number] => [
    numbers[2 * at]!,
    numbers[2 * at + 1]!,
  ]);

/** The map of a sparse file in a GNU header, which goes on in blocks of its own. */
export async function gnuMap(
  block: Buffer,
  read: (size: number) => Promise<Buffer>,
): Promise<SparseMap> {
  const numbers: number[] = [];
  const add = (from: Buffer, start: number, count: number): void => {
    for (let at = start; at < start + count * 24; at += 12) {
      numbers.push(numberOf(from.subarray(at, at + 12)));
    }
  };
  add(block, 386, 4);
  let more = block[482] !== 0;
  while (more) {
    const next = await read(BLOCK);
    if (next.length < BLOCK) throw new TarFormatError(CUT_SHORT, 'damage');
    add(next, 0, 21);
    checkLength(numbers.length);
    more = next[504] !== 0;
  }
  return pairs(numbers).filter(([, length]) => length > 0);
}

/** The map of a sparse file in PAX records of the formats 0.0 and 0.1. */
export function paxMap(records: Records): SparseMap | undefined {
  const map = last(records, 'GNU.sparse.map');
  if (map !== undefined) return pairs(map.split(',').map(Number));
  if (last(records, 'GNU.sparse.size') === undefined) return undefined;
  const keys = ['GNU.sparse.offset', 'GNU.sparse.numbytes'];
  return pairs(records.filter(([key]) => keys.includes(key)).map(([, value]) => Number(value)));
}

/** The map of a sparse file of format 1.0: decimal lines before the content, in whole blocks. */
export async function leadingMap(take: Take): Promise<SparseMap> {
  let text = '';
  let count: number | undefined;
  const numbers: number[] = [];
  for (;;) {
    let block = Buffer.alloc(0) as Buffer;
    while (block.length < BLOCK) block = Buffer.concat([block, await take(BLOCK - block.length)]);
    const lines = (text + block.toString('latin1')).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (count === undefined) count = Number(line);
      else numbers.push(Number(line));
    }
    checkLength(Math.max(numbers.length, text.length, 2 * (count ?? 0)));
    if (count !== undefined && numbers.length >= 2 * count)
      return pairs(numbers.slice(0, 2 * count));
  }
}

const ZEROS = Buffer.alloc(64 * 1024);

/** The content of a file of `size` bytes, with zeros where the map has nothing. */
export async function* contentOf(map: SparseMap, size: number, take: Take): AsyncGenerator<Buffer> {
  let at = 0;
  const hole = function* (end: number): Generator<Buffer> {
    for (; at < end; at += Math.min(ZEROS.length, end - at)) yield ZEROS.subarray(0, end - at);
  };
  for (const [offset, length] of map) {
    yield* hole(Math.min(offset, size));
    // A map may say more than the file has room for.
    for (let left = Math.min(length, size - at); left > 0;) {
      const piece = await take(left);
      left -= piece.length;
      at += piece.length;
      yield piece;
    }
  }
  yield* hole(size);
}
