export const BLOCK = 512;
/** Python pads archives to this size. */
export const RECORD = 20 * BLOCK;

/** Type flags of tar members. */
export const TYPE = {
  file: '0',
  hardLink: '1',
  symlink: '2',
  charDevice: '3',
  blockDevice: '4',
  directory: '5',
  fifo: '6',
} as const;

/** One member, as Python's `TarInfo` holds it. Names are bytes, since Linux file names are. */
export interface TarMember {
  readonly name: Buffer;
  readonly type: (typeof TYPE)[keyof typeof TYPE];
  /** Permission bits, including set-uid, set-gid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  /** Leave parts of a second out, and with them the PAX record that Python always writes. */
  readonly wholeSeconds?: boolean | undefined;
  readonly linkname?: Buffer;
  readonly device?: { readonly major: number; readonly minor: number };
}

interface HeaderFields {
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: string;
  readonly linkname: string;
  readonly uname: string;
  readonly gname: string;
  readonly device?: TarMember['device'];
}

const asciiText = (value: string): string => value.replace(/[^\0-\x7f]/gu, '?');

function ustarBlock(fields: HeaderFields): Buffer {
  const block = Buffer.alloc(BLOCK);
  let at = 0;
  const text = (value: string, length: number): void => {
    block.write(asciiText(value), at, length, 'latin1');
    at += length;
  };
  const octal = (value: number, length: number): void => {
    text(value.toString(8).padStart(length - 1, '0'), length);
  };
  text(fields.name, 100);
  octal(fields.mode, 8);
  octal(fields.uid, 8);
  octal(fields.gid, 8);
  octal(fields.size, 12);
  octal(fields.mtime, 12);
  text(' '.repeat(8), 8);
  text(fields.type, 1);
  text(fields.linkname, 100);
  text('ustar\x0000', 8);
  text(fields.uname, 32);
  text(fields.gname, 32);
  if (fields.device) {
    octal(fields.device.major, 8);
    octal(fields.device.minor, 8);
  }
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0`, 148, 'latin1');
  return block;
}

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString('utf8')).equals(bytes);

/** What Python's `str` of a float time prints; `st_mtime` is a double, so digits beyond it are lost. */
export function pythonMtime(nanoseconds: bigint): string {
  const value = pythonSeconds(nanoseconds);
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

// CPython adds 1e-9 * nanoseconds to the whole seconds; both are rounded down from the exact time.
function pythonSeconds(nanoseconds: bigint): number {
  const billion = 1_000_000_000n;
  let seconds = nanoseconds / billion;
  let rest = nanoseconds % billion;
  if (rest < 0n) {
    seconds -= 1n;
    rest += billion;
  }
  return Number(seconds) + 1e-9 * Number(rest);
}

// Python's round(): halves go to the even neighbour.
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const part = value - floor;
  if (part === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return part < 0.5 ? floor : floor + 1;
}

/**
 * The header blocks of one member, byte for byte as Python's `tarfile` writes them in its default
 * (PAX) format: a PAX record for the time of every member, and for what does not fit into ustar.
 * Source: CPython 3.11 Lib/tarfile.py TarInfo.create_pax_header.
 */
export function memberHeader(member: TarMember): Buffer {
  const records: [string, Buffer][] = [];
  const name =
    member.type === TYPE.directory && member.name.at(-1) !== 0x2f
      ? Buffer.concat([member.name, Buffer.from('/')])
      : member.name;
  const linkname = member.linkname ?? Buffer.alloc(0);
  const strings: [string, Buffer, number][] = [
    ['path', name, 100],
    ['linkpath', linkname, 100],
    ['uname', Buffer.from(member.uname), 32],
    ['gname', Buffer.from(member.gname), 32],
  ];
  for (const [key, bytes, length] of strings) {
    if (bytes.length > length || bytes.some((byte) => byte > 0x7f)) records.push([key, bytes]);
  }
  const seconds = roundHalfEven(pythonSeconds(member.mtime));
  const numbers: [string, number, number, string | undefined][] = [
    ['uid', member.uid, 8, undefined],
    ['gid', member.gid, 8, undefined],
    ['size', member.size, 12, undefined],
    ['mtime', seconds, 12, member.wholeSeconds ? undefined : pythonMtime(member.mtime)],
  ];
  const fitting = { uid: 0, gid: 0, size: 0, mtime: 0 };
  for (const [key, value, digits, exact] of numbers) {
    const fits = value >= 0 && value < 8 ** (digits - 1);
    if (fits) fitting[key as keyof typeof fitting] = value;
    if (!fits || exact !== undefined) records.push([key, Buffer.from(exact ?? String(value))]);
  }
  const header = ustarBlock({
    name: asciiName(name),
    mode: member.mode & 0o7777,
    ...fitting,
    type: member.type,
    linkname: asciiName(linkname),
    uname: member.uname,
    gname: member.gname,
    ...(member.device ? { device: member.device } : {}),
  });
  return Buffer.concat([paxBlocks(records), header]);
}

// Undecodable bytes count as one character each, as Python's surrogate escapes do.
const asciiName = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');

function paxBlocks(records: readonly (readonly [string, Buffer])[]): Buffer {
  if (records.length === 0) return Buffer.alloc(0);
  const binary = records.some(([, value]) => !isUtf8(value));
  const content = Buffer.concat([
    ...(binary ? [Buffer.from('21 hdrcharset=BINARY\n')] : []),
    ...records.map(([key, value]) => paxRecord(key, value)),
  ]);
  const header = ustarBlock({
    name: '././@PaxHeader',
    mode: 0,
    uid: 0,
    gid: 0,
    size: content.length,
    mtime: 0,
    type: 'x',
    linkname: '',
    uname: '',
    gname: '',
  });
  return Buffer.concat([header, content, padding(content.length)]);
}

function paxRecord(key: string, value: Buffer): Buffer {
  const length = Buffer.byteLength(key) + value.length + 3;
  let total = length;
  while (length + String(total).length !== total) total = length + String(total).length;
  return Buffer.concat([Buffer.from(`${total} ${key}=`), value, Buffer.from('\n')]);
}

/** The zeros between a member's `size` bytes and the next header. */
export const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** The end of an archive of `size` bytes so far. */
export function archiveEnd(size: number): Buffer {
  const end = size + 2 * BLOCK;
  return Buffer.alloc(2 * BLOCK + ((RECORD - (end % RECORD)) % RECORD));
}
