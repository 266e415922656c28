/** Text with the user names and passwords of addresses in it replaced: `http://***@host/`. */
export const redactAddresses = (text: string): string =>
  text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, '$1***@');
