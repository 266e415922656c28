/** Case of a str as Python maps it, where JavaScript has no function for it. */

const ASCII = /^[\x00-\x7f]*$/;
const UPPERCASE = /^\p{Uppercase}$/u;
const LOWERCASE = /^\p{Lowercase}$/u;

/** Characters whose titlecase is neither their uppercase nor its first letter. */
const TITLE: ReadonlyMap<string, string> = new Map([
  ...'ǄǅǆǇǈǉǊǋǌǱǲǳ'.split('').map((c, i): [string, string] => [c, 'ǅǈǋǲ'[Math.floor(i / 3)]!]),
  ['\u0149', '\u02bcN'],
  ['\u1fb2', '\u1fba\u0345'],
  ['\u1fb3', '\u1fbc'],
  ['\u1fb4', '\u0386\u0345'],
  ['\u1fb7', '\u1fbc\u0342'],
  ['\u1fbc', '\u1fbc'],
  ['\u1fc2', '\u1fca\u0345'],
  ['\u1fc3', '\u1fcc'],
  ['\u1fc4', '\u0389\u0345'],
  ['\u1fc7', '\u1fcc\u0342'],
  ['\u1fcc', '\u1fcc'],
  ['\u1ff2', '\u1ffa\u0345'],
  ['\u1ff3', '\u1ffc'],
  ['\u1ff4', '\u038f\u0345'],
  ['\u1ff7', '\u1ffc\u0342'],
  ['\u1ffc', '\u1ffc'],
]);

function titleCharacter(character: string): string {
  const special = TITLE.get(character);
  if (special !== undefined) return special;
  const code = character.charCodeAt(0);
  // Georgian letters have capitals, but none at the head of a word.
  if (code >= 0x10d0 && code <= 0x10ff) return character;
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCharCode(code | 8);
  const upper = character.toUpperCase();
  if (upper.length < 2) return upper;
  const [first = '', ...rest] = upper;
  return first + rest.join('').toLowerCase();
}

/** Python's `text.capitalize()`. */
export function capitalize(text: string): string {
  const [first] = text;
  if (first === undefined) return '';
  // The whole word is lowered, because a final sigma depends on what precedes it.
  const lowered = text.toLowerCase();
  return titleCharacter(first) + lowered.slice(first.toLowerCase().length);
}

/** A character that belongs to a word for `title` and `istitle`. */
function isCased(character: string): boolean {
  return UPPERCASE.test(character) || LOWERCASE.test(character) || /^\p{Lt}$/u.test(character);
}

/** Python's `text.title()`. */
export function title(text: string): string {
  if (ASCII.test(text)) {
    return text.replace(
      /[A-Za-z]+/g,
      (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase(),
    );
  }
  const lowered = lowerInContext(text);
  let out = '';
  let inWord = false;
  Array.from(text).forEach((character, i) => {
    out += inWord ? lowered[i]! : titleCharacter(character);
    inWord = isCased(character);
  });
  return out;
}

/** Each character in lower case; a capital sigma that ends a word becomes a final one. */
function lowerInContext(text: string): string[] {
  const characters = Array.from(text);
  return characters.map((character, i) => {
    if (character !== '\u03a3') return character.toLowerCase();
    const before = characters.slice(Math.max(0, i - 8), i).join('');
    const after = characters.slice(i + 1, i + 9).join('');
    return `${before}\u03a3${after}`.toLowerCase()[before.toLowerCase().length]!;
  });
}

/** Python's `text.swapcase()`. */
export function swapCase(text: string): string {
  const lowered = lowerInContext(text);
  return Array.from(text)
    .map((character, i) => {
      if (UPPERCASE.test(character)) return lowered[i];
      return LOWERCASE.test(character) ? character.toUpperCase() : character;
    })
    .join('');
}

function foldCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x80) return character.toLowerCase();
  // Cherokee folds to its capitals; the dotless i stays; capital sharp s is two letters.
  if ((code >= 0x13a0 && code <= 0x13f5) || code === 0x131) return character;
  if (code >= 0x13f8 && code <= 0x13fd) return String.fromCharCode(code - 8);
  if (code >= 0xab70 && code <= 0xabbf) return String.fromCharCode(code - 0x97d0);
  if (code === 0x1e9e) return 'ss';
  return Array.from(character.toUpperCase(), (c) => c.toLowerCase()).join('');
}

/** Python's `text.casefold()`. */
export function caseFold(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : Array.from(text, foldCharacter).join('');
}

/** Python's `text.isupper()`. */
export function isUpper(text: string): boolean {
  return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}

/** Python's `text.islower()`. */
export function isLower(text: string): boolean {
  return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
}

/** Python's `text.istitle()`. */
export function isTitle(text: string): boolean {
  let any = false;
  let inWord = false;
  for (const character of text) {
    const lower = LOWERCASE.test(character);
    const upper = !lower && isCased(character);
    if ((upper && inWord) || (lower && !inWord)) return false;
    inWord = lower || upper;
    any ||= inWord;
  }
  return any;
}
