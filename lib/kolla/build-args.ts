const PROXIES = ['HTTP', 'HTTPS', 'FTP', 'NO'].flatMap((kind) => [
  `${kind}_PROXY`,
  `${kind.toLowerCase()}_proxy`,
]);

/** Build arguments of every image: those given, and the environment's proxy variables that are not
 *  given. Source: kolla: image/tasks.py update_buildargs. */
export function buildArguments(
  given: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const args = new Map(given);
  for (const name of PROXIES) {
    const value = env[name];
    if (value !== undefined && !args.has(name)) args.set(name, value);
  }
  return args;
}
