/** Text with the user names and passwords of addresses in it replaced: `http://***@host/`. */
export const redactAddresses = (text: string): string =>
  text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/'"]*@/gi, '$1***@');

/** Text with the passwords of addresses in it replaced, and names that stand without one kept. */
export const redactPasswords = (text: string): string =>
  text.includes('://')
    ? text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/'":@]*:[^\s/'"]*@/gi, '$1***@')
    : text;
