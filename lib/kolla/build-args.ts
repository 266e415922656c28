import { type Options } from './options.js';

const PROXIES = ['HTTP', 'HTTPS', 'FTP', 'NO'].flatMap((kind) => [
  `${kind}_PROXY`,
  `${kind.toLowerCase()}_proxy`,
]);

/** Build arguments of every image: those given, and the environment's proxy variables and the settings
 *  of pip that are not given. Source: kolla: image/tasks.py update_buildargs. */
export function buildArguments(
  options: Pick<Options, 'buildArgs' | 'pipIndexUrl' | 'pipTrustedHost' | 'pipExtraIndexUrl'>,
  env: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const args = new Map(options.buildArgs);
  for (const name of PROXIES) {
    const value = env[name];
    if (value !== undefined && !args.has(name)) args.set(name, value);
  }
  const pip = [
    ['PIP_INDEX_URL', options.pipIndexUrl],
    ['PIP_TRUSTED_HOST', options.pipTrustedHost],
    ['PIP_EXTRA_INDEX_URL', options.pipExtraIndexUrl],
  ] as const;
  for (const [name, value] of pip) if (value && !args.has(name)) args.set(name, value);
  return args;
}
