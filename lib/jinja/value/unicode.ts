/**
 * Character classes of Python's `str.is...` methods. The tables hold what JavaScript's Unicode
 * properties do not tell; facts of Unicode 14 (unicodedata of CPython 3.11).
 */

/** Digits that are no decimals, such as superscripts: Numeric_Type=Digit. */
const OTHER_DIGITS =
  'b2-b3 b9 1369-1371 19da 2070 2074-2079 2080-2089 2460-2468 2474-247c 2488-2490 24ea 24f5-24fd ' +
  '24ff 2776-277e 2780-2788 278a-2792 10a40-10a43 10e60-10e68 11052-1105a 1f100-1f10a';

/** Letters with a numeric value: ideographs. */
const NUMERIC_LETTERS =
  '3405 3483 382a 3b4d 4e00 4e03 4e07 4e09 4e5d 4e8c 4e94 4e96 4ebf-4ec0 4edf 4ee8 4f0d 4f70 5104 ' +
  '5146 5169 516b 516d 5341 5343-5345 534c 53c1-53c4 56db 58f1 58f9 5e7a 5efe-5eff 5f0c-5f0e 5f10 ' +
  '62fe 634c 67d2 6f06 7396 767e 8086 842c 8cae 8cb3 8d30 9621 9646 964c 9678 96f6 f96b f973 f978 ' +
  'f9b2 f9d1 f9d3 f9fd 20001 20064 200e2 20121 2092a 20983 2098c 2099c 20aea 20afd 20b19 22390 ' +
  '22998 23b1b 2626d 2f890';

function characterClass(ranges: string): string {
  return ranges
    .split(' ')
    .map((range) =>
      range
        .split('-')
        .map((code) => `\\u{${code}}`)
        .join('-'),
    )
    .join('');
}

function all(members: string): () => RegExp {
  let made: RegExp | undefined;
  return () => (made ??= new RegExp(`^[${members}]+$`, 'u'));
}

const alpha = all('\\p{L}');
const decimal = all('\\p{Nd}');
const digit = all(`\\p{Nd}${characterClass(OTHER_DIGITS)}`);
const numeric = all(`\\p{N}${characterClass(NUMERIC_LETTERS)}`);
const alphanumeric = all('\\p{L}\\p{N}');

export const isAlpha = (text: string): boolean => alpha().test(text);
export const isDecimal = (text: string): boolean => decimal().test(text);
export const isDigit = (text: string): boolean => digit().test(text);
export const isNumeric = (text: string): boolean => numeric().test(text);
export const isAlphanumeric = (text: string): boolean => alphanumeric().test(text);

/** Python's `str.isidentifier`. */
export function isIdentifier(text: string): boolean {
  return /^[\p{XIDS}_]\p{XIDC}*$/u.test(text);
}

/** Python's `str.isprintable`. */
export function isPrintable(text: string): boolean {
  return !/(?! )[\p{C}\p{Z}]/u.test(text);
}

/** The value of a decimal digit of any script: they come in runs of ten that start at zero. */
export function decimalValue(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  let first = code;
  while (isDecimal(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}
