// Schemes are short: looking for longer ones takes minutes in a log line of a megabyte.
/** Text with the user names and passwords of addresses in it replaced: `http://***@host/`. */
export const redactAddresses = (text: string): string =>
  text.replace(/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/'"]*@/gi, '$1***@');

// A name without a password is a secret only where it may be a token: git@ of ssh is none.
const LOGIN = /\b(https?:\/\/)[^\s/'"]*@|\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/'":@]*:[^\s/'"]*@/gi;

/** Text with the logins of web addresses, and those with a password of all others, replaced. */
export const redactPasswords = (text: string): string =>
  text.includes('://') ? text.replace(LOGIN, '$1$2***@') : text;
