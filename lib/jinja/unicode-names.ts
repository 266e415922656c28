import { createRequire } from 'node:module';

interface NameData {
  /** Version of the Unicode standard. */
  readonly unicode: string;
  /** Lines `NAME;code point in hexadecimal`, one more than the line above where it is left out. */
  readonly names: string;
}

/** Names that end in the code point, and the characters that have them. */
const BY_CODE_POINT: readonly (readonly [prefix: string, has: RegExp])[] = [
  ['CJK UNIFIED IDEOGRAPH-', /^\p{Unified_Ideograph}$/u],
  ['CJK COMPATIBILITY IDEOGRAPH-', /^[\u{f900}-\u{faff}\u{2f800}-\u{2fa1d}]$/u],
  ['KHITAN SMALL SCRIPT CHARACTER-', /^\p{Script=Khitan_Small_Script}$/u],
  ['NUSHU CHARACTER-', /^\p{Script=Nushu}$/u],
  ['TANGUT IDEOGRAPH-', /^\p{Script=Tangut}$/u],
];

const HANGUL = 'HANGUL SYLLABLE ';
const LEADS = 'G GG N D DD R M B BB S SS  J JJ C K T P H'.split(' ');
const VOWELS = 'A AE YA YAE EO E YEO YE O WA WAE OE YO U WEO WE WI YU EU YI I'.split(' ');
const TAILS = ' G GG GS N NJ NH D L LG LM LB LS LT LP LH M B BS S SS NG J C K T P H'.split(' ');

let table: Map<string, number> | undefined;

/** The table is a file of its own, read when the first template asks for a name. */
function load(): Map<string, number> {
  const require = createRequire(import.meta.url);
  // By way of the parent folder, which holds from a bundle in a folder beside this one as well.
  const { names } = require('../jinja/unicode-names.json') as NameData;
  const { inflateSync } = require('node:zlib') as typeof import('node:zlib');
  const lines = inflateSync(Uint8Array.from(atob(names), (char) => char.charCodeAt(0)));
  const found = new Map<string, number>();
  let code = -1;
  for (const line of new TextDecoder().decode(lines).split('\n')) {
    const [name = '', hex] = line.split(';');
    code = hex === undefined ? code + 1 : Number.parseInt(hex, 16);
    found.set(name, code);
  }
  return found;
}

function hangulSyllable(syllable: string): number | undefined {
  for (const [lead, start] of LEADS.entries()) {
    if (!syllable.startsWith(start)) continue;
    for (const [vowel, middle] of VOWELS.entries()) {
      if (!syllable.startsWith(middle, start.length)) continue;
      const tail = TAILS.indexOf(syllable.slice(start.length + middle.length));
      if (tail !== -1) return 0xac00 + (lead * VOWELS.length + vowel) * TAILS.length + tail;
    }
  }
  return undefined;
}

/**
 * The character with a Unicode name, as Python's `unicodedata.lookup` finds it (Unicode 14, case
 * does not matter); undefined when there is none.
 */
export function characterNamed(given: string): string | undefined {
  const name = given.toUpperCase();
  for (const [prefix, has] of BY_CODE_POINT) {
    if (!name.startsWith(prefix)) continue;
    const hex = name.slice(prefix.length);
    if (!/^[0-9A-F]{4,5}$/.test(hex)) return undefined;
    const char = String.fromCodePoint(Number.parseInt(hex, 16));
    return has.test(char) ? char : undefined;
  }
  const code = name.startsWith(HANGUL)
    ? hangulSyllable(name.slice(HANGUL.length))
    : (table ??= load()).get(name);
  return code === undefined ? undefined : String.fromCodePoint(code);
}
