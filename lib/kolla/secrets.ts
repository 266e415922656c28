const HIDDEN = '***';
/** Shorter lines of a longer secret give nothing away, and occur in every log. */
const SHORTEST_LINE = 6;
/** Shorter names are those of users, such as "git", which are in every log, too. */
const SHORTEST_TOKEN = 12;

/** What must not be shown of build arguments: the values of those that `names` lists, and the logins
 *  in all others that are addresses, such as those of proxies. */
export function argumentSecrets(
  buildArgs: ReadonlyMap<string, string>,
  names: readonly string[],
): string[] {
  const values = names.flatMap((name) => secretLines(buildArgs.get(name) ?? ''));
  const logins = [...buildArgs].flatMap(([name, text]) =>
    // A proxy may come without a scheme.
    loginSecrets(/_proxy$/i.test(name) && !text.includes('://') ? `http://${text}` : text),
  );
  return [...values, ...logins];
}

/** A secret as it may be shown. Logs come by the line, so one of several lines is each of these. */
export function secretLines(secret: string): string[] {
  const lines = secret.trim().split(/\s*\n\s*/);
  // The whole secret, too, which base64 writes in one line.
  return lines.length === 1
    ? lines
    : [secret, ...lines.filter((line) => line.length >= SHORTEST_LINE)];
}

/** What of an address's login must not be shown: its password, as written and as meant, or a name that
 *  stands alone and may be a token. */
export function loginSecrets(address: string): string[] {
  const [, scheme = '', login] = /^([a-z][a-z0-9+.-]*):\/\/([^/]+)@/i.exec(address) ?? [];
  if (login === undefined) return [];
  const colon = login.indexOf(':');
  if (colon < 0) return /^https?$/i.test(scheme) && login.length >= SHORTEST_TOKEN ? [login] : [];
  const password = login.slice(colon + 1);
  try {
    return [login, password, decodeURIComponent(login), decodeURIComponent(password)];
  } catch {
    // Not percent-encoded: the text itself is all there is to hide.
    return [login, password];
  }
}

/** A secret as it stands in addresses and in the headers of requests. */
function otherForms(secret: string): string[] {
  if (secret.length < SHORTEST_LINE) return [];
  const bytes = Array.from(new TextEncoder().encode(secret), (byte) => String.fromCharCode(byte));
  // Without the padding: not everybody writes it.
  const forms = [btoa(bytes.join('')).replace(/=+$/, '')];
  try {
    forms.push(encodeURIComponent(secret));
  } catch {
    // Half of a surrogate pair stands in no address.
  }
  return forms;
}

/** A function that replaces each of `secrets`, percent-encoded and in base64 too, in a text, longer
 *  ones first. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const all = new Set(secrets.flatMap((secret) => [secret, ...otherForms(secret)]));
  const ordered = [...all].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  if (ordered.length === 0) return (text) => text;
  return (text) => ordered.reduce((hidden, secret) => hidden.split(secret).join(HIDDEN), text);
}
