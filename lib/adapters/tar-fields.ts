/** What is no archive, or is broken. */
export class TarFormatError extends Error {
  override readonly name = 'TarFormatError';
  /** `nothing` is an archive: the very beginning is wrong. */
  constructor(
    message: string,
    readonly found: 'nothing' | 'damage',
  ) {
    super(message);
  }
}

export const CUT_SHORT = 'it is cut short';
/** Records that came before a member, by key, in their order: some keys repeat. */
export type Records = readonly (readonly [key: string, value: string])[];

/** Text up to the first zero, one character per byte. */
export const textOf = (field: Buffer): string => {
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? field.length : end);
};

/** A number in octal digits or, larger ones, in binary. */
export function numberOf(field: Buffer): number {
  const first = field[0];
  if (first === 0x80 || first === 0xff) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    return Number(first === 0xff ? BigInt.asIntN(8 * (field.length - 1), value) : value);
  }
  const digits = textOf(field).trim();
  if (digits !== '' && !/^[0-7]+$/.test(digits)) {
    throw new TarFormatError('a header has no number where one belongs', 'damage');
  }
  return digits === '' ? 0 : parseInt(digits, 8);
}

/** Sums up a header with blanks in the place of the sum; old programs took bytes for signed. */
export function hasChecksum(block: Buffer): boolean {
  let [unsigned, signed] = [8 * 0x20, 8 * 0x20];
  block.forEach((byte, at) => {
    if (at >= 148 && at < 156) return;
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 256;
  });
  try {
    return [unsigned, signed].includes(numberOf(block.subarray(148, 156)));
  } catch {
    return false;
  }
}

/** Seconds as Python keeps them: a double, rounded down to whole nanoseconds. */
export function nanoseconds(seconds: number): bigint {
  const whole = Math.floor(seconds);
  return BigInt(whole) * 1_000_000_000n + BigInt(Math.floor((seconds - whole) * 1e9));
}

/** PAX records, `<length> <key>=<value>` each. */
export function parseRecords(content: Buffer): [string, string][] {
  const records: [string, string][] = [];
  for (let at = 0; at < content.length && content[at] !== 0;) {
    const [, digits = '0'] = /^(\d{1,20}) /.exec(content.toString('latin1', at, at + 21)) ?? [];
    const end = at + Number(digits);
    const record = content.toString('latin1', at + digits.length + 1, end - 1);
    const equals = record.indexOf('=');
    if (digits === '0' || end > content.length || equals < 1) {
      throw new TarFormatError('a member has broken PAX records', 'damage');
    }
    records.push([record.slice(0, equals), record.slice(equals + 1)]);
    at = end;
  }
  return records;
}

/** The value of a key: the last one counts. */
export const last = (records: Records, key: string): string | undefined =>
  records.findLast(([one]) => one === key)?.[1];
