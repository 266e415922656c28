const HIDDEN = '***';
/** Shorter lines of a longer secret give nothing away, and occur in every log. */
const SHORTEST_LINE = 6;
/** Shorter names are those of users, such as "git", which are in every log, too. */
const SHORTEST_TOKEN = 12;

/** Texts of a run that must reach no log, summary or error: values of the build arguments that
 *  `names` lists, `more`, and the logins in addresses such as those of proxies. A secret of several
 *  lines is one per line, since logs come by the line. */
export function secretTexts(
  buildArgs: ReadonlyMap<string, string>,
  names: readonly string[],
  addresses: Iterable<string>,
  more: Iterable<string> = [],
): string[] {
  const secrets = new Set<string>();
  for (const text of [...names.map((name) => buildArgs.get(name) ?? ''), ...more]) {
    const lines = text.split(/\r?\n/);
    if (lines.length === 1) secrets.add(text);
    for (const line of lines) if (line.trim().length >= SHORTEST_LINE) secrets.add(line.trim());
  }
  const proxies = [...buildArgs].filter(([name]) => /_proxy$/i.test(name));
  const whole = proxies.map(([, text]) => (text.includes('://') ? text : `http://${text}`));
  for (const address of [...buildArgs.values(), ...whole, ...addresses]) {
    for (const secret of loginSecrets(address)) secrets.add(secret);
  }
  secrets.delete('');
  return [...secrets];
}

/** What of an address's login must not be shown: its password, as written and as meant, or a name that
 *  stands alone and may be a token. */
function loginSecrets(address: string): string[] {
  const [, scheme = '', login] = /^([a-z][a-z0-9+.-]*):\/\/([^/]+)@/i.exec(address) ?? [];
  if (login === undefined) return [];
  const colon = login.indexOf(':');
  if (colon < 0) return /^https?$/i.test(scheme) && login.length >= SHORTEST_TOKEN ? [login] : [];
  const password = login.slice(colon + 1);
  try {
    return [login, password, decodeURIComponent(password)];
  } catch {
    // Not percent-encoded: the text itself is all there is to hide.
    return [login, password];
  }
}

/** A function that replaces each of `secrets` in a text, longer ones first. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const ordered = [...secrets].sort((a, b) => b.length - a.length);
  if (ordered.length === 0) return (text) => text;
  return (text) => ordered.reduce((hidden, secret) => hidden.split(secret).join(HIDDEN), text);
}
