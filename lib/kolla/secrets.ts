const HIDDEN = '***';
/** Shorter lines of a longer secret give nothing away, and occur in every log. */
const SHORTEST_LINE = 6;

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
  for (const address of [...buildArgs.values(), ...addresses]) {
    const login = /^[a-z][a-z0-9+.-]*:\/\/([^/]+)@/i.exec(address)?.[1];
    if (login === undefined) continue;
    secrets.add(login);
    const password = login.slice(login.indexOf(':') + 1);
    if (!login.includes(':')) continue;
    secrets.add(password);
    try {
      secrets.add(decodeURIComponent(password));
    } catch {
      // Not percent-encoded: the text itself is all there is to hide.
    }
  }
  secrets.delete('');
  return [...secrets];
}

/** A function that replaces each of `secrets` in a text, longer ones first. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const ordered = [...secrets].sort((a, b) => b.length - a.length);
  if (ordered.length === 0) return (text) => text;
  return (text) => ordered.reduce((hidden, secret) => hidden.split(secret).join(HIDDEN), text);
}
