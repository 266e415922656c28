/**
 * bytes are handled as texts of the same codes (Latin-1), with the functions of str.
 */
export function toLatin(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The bytes of a text whose codes are all below 256. */
export function fromLatin(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}
