import { passContext, pyFunction } from '../jinja/value/callable.js';
import { PyKeyError, PyTypeError } from '../jinja/value/py-error.js';
import { Tuple } from '../jinja/value/tuple.js';
import { describeCall, type ReposDeps } from './repos-call.js';
import { cleanUpLayeredRepos, handleLayeredRepos } from './repos-layered.js';
import { handleNamedRepos } from './repos-named.js';
import type { TemplateContext } from './template-context.js';

/**
 * kolla's `handle_repos(list, 'enable' | 'disable')` as the series has it: shell commands for a
 * Dockerfile, led by `RUN ` unless there are none. Throws `TypeError` for a first argument that is
 * not a list. Source: kolla: template/methods.py of each series.
 */
export function handleReposFunction(deps: ReposDeps): unknown {
  const handle = (context: TemplateContext, names: unknown, mode: unknown): string => {
    const generation = deps.facts.traits.reposGeneration;
    const named = generation === 'named' || generation === 'deb822';
    if (named && mode !== 'enable' && mode !== 'disable') throw new PyKeyError('');
    if (!Array.isArray(names) || names instanceof Tuple) {
      throw new PyTypeError('First argument should be a list of repositories');
    }
    const call = describeCall(context, deps);
    const commands = named
      ? handleNamedRepos(deps, call, names, mode as 'enable' | 'disable')
      : handleLayeredRepos(deps, call, names, mode);
    return commands === '' ? '' : `RUN ${commands}`;
  };
  return passContext(pyFunction('handle_repos', 'context, reponames, mode', handle));
}

/** kolla's `cleanup_repos()`: puts back what `build_only` repositories replaced. */
export function cleanupReposFunction(deps: ReposDeps): unknown {
  return passContext(
    pyFunction('cleanup_repos', 'context', (context: TemplateContext) =>
      cleanUpLayeredRepos(deps, describeCall(context, deps)),
    ),
  );
}
