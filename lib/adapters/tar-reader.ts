import {
  CUT_SHORT,
  hasChecksum,
  last,
  nanoseconds,
  numberOf,
  parseRecords,
  TarFormatError,
  textOf,
  type Records,
} from './tar-fields.js';
import { BLOCK, TYPE } from './tar-header.js';
import { contentOf, gnuMap, leadingMap, paxMap, type Take } from './tar-sparse.js';

/** A member of an archive. Names are bytes, one per character: archives are in any encoding. */
export interface TarEntry {
  /** Without slashes at the end of a folder's. */
  readonly name: string;
  readonly linkname: string;
  /** Type flag; files of all kinds, and what is not known, are `0`. */
  readonly type: string;
  /** Permission bits, including set-uid, set-gid and sticky. */
  readonly mode: number;
  /** Bytes that it unpacks to, or takes up in the archive if these are more. */
  readonly size: number;
  /** Nanoseconds since 1970, as Python keeps them: through a double, rounded down. */
  readonly mtime: bigint;
  /** Content, to be read before the next member; what is left is passed over. */
  readonly content: AsyncIterable<Buffer>;
}

/** Bytes of long names and PAX records before one member, and of those for all: more is an attack. */
const MAX_RECORDS = 4 * 1024 * 1024;

/** Bytes after the end of an archive that are looked at. */
const MAX_REST = 16 * 1024 * 1024;

/** Hands out as many bytes as are asked for. */
class ByteReader {
  #waiting: Buffer = Buffer.alloc(0);
  readonly #source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** `size` bytes; fewer where the input ends. */
  async read(size: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let left = size;
    while (left > 0) {
      const piece = await this.some(left);
      if (piece === undefined) break;
      pieces.push(piece);
      left -= piece.length;
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /** What is at hand, at most `size` bytes; `undefined` at the end of the input. */
  async some(size: number): Promise<Buffer | undefined> {
    while (this.#waiting.length === 0) {
      const next = await this.#source.next();
      if (next.done) return undefined;
      this.#waiting = next.value;
    }
    const piece = this.#waiting.subarray(0, size);
    this.#waiting = this.#waiting.subarray(piece.length);
    return piece;
  }
}

/**
 * Reads a tar archive of any format (v7, ustar, PAX, GNU) as Python's `tarfile` does, up to the block
 * of zeros that ends it. Throws a `TarFormatError`. Source: CPython 3.11 Lib/tarfile.py.
 */
export async function* readTar(input: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(input);
  let lasting: Records = [];
  let records: Records = [];
  let longName: string | undefined;
  let longLink: string | undefined;
  let recordBytes = 0;
  let lastingBytes = 0;
  for (let first = true; ; first = false) {
    const block = await reader.read(BLOCK);
    const wrong = first ? 'nothing' : 'damage';
    if (block.length === 0 && !first) return;
    if (block.length > 0 && block.every((byte) => byte === 0)) {
      // Only its very end tells that a compressed archive is whole.
      await pass(reader, MAX_REST);
      return;
    }
    if (block.length < BLOCK) throw new TarFormatError(CUT_SHORT, wrong);
    if (!hasChecksum(block)) throw new TarFormatError('a header has a wrong checksum', wrong);
    const header = parseHeader(block);
    if ('xXgLK'.includes(header.type)) {
      recordBytes += header.size;
      if (header.type === 'g') lastingBytes += header.size;
      if (recordBytes > MAX_RECORDS || lastingBytes > MAX_RECORDS) {
        throw new TarFormatError('a member has records of absurd size', wrong);
      }
      const content = await reader.read(header.size);
      await pass(reader, padded(header.size) - header.size);
      if (content.length < header.size) throw new TarFormatError(CUT_SHORT, 'damage');
      if (header.type === 'L') longName = textOf(content);
      else if (header.type === 'K') longLink = textOf(content);
      else if (header.type === 'g') lasting = [...lasting, ...parseRecords(content)];
      else records = [...records, ...parseRecords(content)];
      continue;
    }
    const { entry, finish } = await member(block, header, [...lasting, ...records], reader);
    const isFolder = entry.type === TYPE.directory;
    const name = longName ?? entry.name;
    yield {
      ...entry,
      name: isFolder ? name.replace(/\/+$/, '') : name,
      linkname: longLink ?? entry.linkname,
    };
    await finish();
    [records, longName, longLink, recordBytes] = [[], undefined, undefined, 0];
  }
}

interface Header {
  readonly name: string;
  readonly linkname: string;
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
}

function parseHeader(block: Buffer): Header {
  const field = (at: number, length: number): Buffer => block.subarray(at, at + length);
  const short = textOf(field(0, 100));
  const flag = String.fromCharCode(block[156]!);
  const prefix = 'LKS'.includes(flag) ? '' : textOf(field(345, 155));
  const name = prefix === '' ? short : `${prefix}/${short}`;
  const isOldFolder = flag === '\0' && name.endsWith('/');
  return {
    name,
    linkname: textOf(field(157, 100)),
    type: isOldFolder ? TYPE.directory : flag,
    mode: numberOf(field(100, 8)) & 0o7777,
    size: numberOf(field(124, 12)),
    mtime: numberOf(field(136, 12)),
  };
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

async function pass(reader: ByteReader, size: number): Promise<void> {
  for (let left = size; left > 0;) {
    const piece = await reader.some(left);
    if (piece === undefined) return;
    left -= piece.length;
  }
}

/** The member that a header and its records describe, and how to get behind it. */
async function member(
  block: Buffer,
  header: Header,
  records: Records,
  reader: ByteReader,
): Promise<{ entry: TarEntry; finish: () => Promise<void> }> {
  const { linkname, mode } = header;
  const withoutContent: readonly string[] = [
    ...[TYPE.hardLink, TYPE.symlink, TYPE.directory],
    ...[TYPE.fifo, TYPE.charDevice, TYPE.blockDevice],
  ];
  const type = withoutContent.includes(header.type) ? header.type : TYPE.file;
  let map =
    header.type === 'S' ? await gnuMap(block, (size) => reader.read(size)) : paxMap(records);
  let left = type === TYPE.file ? Number(last(records, 'size') ?? header.size) : 0;
  if (!Number.isSafeInteger(left) || left < 0) {
    throw new TarFormatError('a member has no size', 'damage');
  }
  const whole = padded(left);
  let used = 0;
  const take: Take = async (size) => {
    if (left === 0) throw new TarFormatError('a sparse file has less than its map says', 'damage');
    const piece = await reader.some(Math.min(size, left));
    if (piece === undefined) throw new TarFormatError(CUT_SHORT, 'damage');
    left -= piece.length;
    used += piece.length;
    return piece;
  };
  if (last(records, 'GNU.sparse.major') === '1') map = await leadingMap(take);
  const real =
    last(records, 'GNU.sparse.realsize') ??
    last(records, 'GNU.sparse.size') ??
    (header.type === 'S' ? numberOf(block.subarray(483, 495)) : undefined);
  const size = real === undefined ? left : Number(real);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new TarFormatError('a sparse file has no size', 'damage');
  }
  const seconds = Number(last(records, 'mtime') ?? header.mtime);
  return {
    entry: {
      name: last(records, 'GNU.sparse.name') ?? last(records, 'path') ?? header.name,
      linkname: last(records, 'linkpath') ?? linkname,
      ...{ type, mode, size: Math.max(size, left), mtime: nanoseconds(seconds) },
      content: contentOf(map ?? [[0, size]], size, take),
    },
    finish: async () => {
      while (left > 0) await take(left);
      await pass(reader, whole - used);
    },
  };
}
