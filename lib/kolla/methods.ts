import { pyFunction } from '../jinja/value/callable.js';
import { iterate } from '../jinja/value/iterate.js';
import { asString } from '../jinja/value/protocol.js';
import { PyAttributeError, PyError } from '../jinja/value/py-error.js';
import { str } from '../jinja/value/str.js';
import { truth } from '../jinja/value/truth.js';
import { typeName } from '../jinja/value/type-name.js';
import type { ReposDeps } from './repos-call.js';
import { cleanupReposFunction, handleReposFunction } from './repos.js';

/** The functions that templates of a series may call, by name.
 *  Source: kolla: template/methods.py, image/kolla_worker.py _get_methods. */
export function templateFunctions(deps: ReposDeps): Map<string, unknown> {
  const known: Readonly<Record<string, () => unknown>> = {
    debian_package_install: () => debianPackageInstall(deps.facts.traits.aptErrorOnAny),
    handle_repos: () => handleReposFunction(deps),
    cleanup_repos: () => cleanupReposFunction(deps),
    raise_error: () => raiseError,
  };
  const functions = new Map<string, unknown>();
  for (const name of deps.facts.traits.functions) {
    const make = Object.hasOwn(known, name) ? known[name] : undefined;
    if (make) functions.set(name, make());
  }
  return functions;
}

/** `debian_package_install(packages, clean_package_cache=True)`: shell commands that install packages
 *  by name with apt-get, then those given by address with dpkg. */
function debianPackageInstall(errorOnAny: boolean): unknown {
  const update = errorOnAny ? 'apt-get --error-on=any update' : 'apt-get update';
  return pyFunction(
    'debian_package_install',
    'packages, clean_package_cache=True',
    (packages: unknown, clean: unknown) => {
      const names: string[] = [];
      const urls: string[] = [];
      for (const item of iterate(packages)) {
        const text = asString(item);
        if (text === undefined) {
          throw new PyAttributeError(`'${typeName(item)}' object has no attribute 'startswith'`);
        }
        (text.startsWith('http') ? urls : names).push(text);
      }
      const commands: string[] = [];
      if (names.length > 0) {
        commands.push(update, `apt-get -y install --no-install-recommends ${names.join(' ')}`);
        if (truth(clean)) commands.push('apt-get clean', 'rm -rf /var/lib/apt/lists/*');
      }
      for (const url of urls) {
        const file = url.slice(url.lastIndexOf('/') + 1);
        commands.push(`curl --location ${url} -o ${file}`, `dpkg -i ${file}`, `rm -rf ${file}`);
      }
      return commands.join(' && ');
    },
  );
}

/** `raise_error(msg)`: ends the rendering with the message. */
const raiseError = pyFunction('raise_error', 'msg', (message: unknown): never => {
  throw new PyError(str(message));
});
