import { isDict } from '../jinja/value/dict.js';
import { PyKeyError, PyTypeError, PyValueError } from '../jinja/value/py-error.js';
import { repr } from '../jinja/value/repr.js';
import { str } from '../jinja/value/str.js';
import { typeName } from '../jinja/value/type-name.js';
import {
  MissingRepositoryError,
  stockFile,
  tableName,
  type ReposCall,
  type ReposDeps,
} from './repos-call.js';
import {
  hasField,
  isSet,
  repository,
  sectionOf,
  textField,
  type RepoList,
} from './repos-entries.js';
import * as shell from './repos-shell.js';
import type { ReposFile, SeriesFacts } from './series-facts.js';

const sectionNames = (call: ReposCall): string[] => [
  str(call.packageType),
  call.base,
  `${call.base}-${call.arch}`,
];

/** Sections from the general to the special; a later entry takes the place of an earlier one. */
function layered(file: ReposFile, call: ReposCall, merge: boolean): RepoList {
  const list = new Map<string, unknown>();
  for (const section of sectionNames(call)) {
    for (const [name, entry] of sectionOf(file, section)) {
      const inherited = list.get(name);
      const join = merge && inherited !== undefined;
      list.set(name, join ? mergeEntries(inherited, entry) : entry);
    }
  }
  return list;
}

const LOCATIONS = ['baseurl', 'metalink', 'mirrorlist', 'url'] as const;

/** A location of its own means that a repository is no longer the distribution's. */
function mergeEntries(inherited: unknown, entry: unknown): Record<string, unknown> {
  for (const part of [inherited, entry]) {
    if (!isDict(part)) throw new PyTypeError(`'${typeName(part)}' object is not a mapping`);
  }
  const merged: Record<string, unknown> = { ...(inherited as object), ...(entry as object) };
  if (LOCATIONS.some((key) => hasField(merged, key))) delete merged['distro'];
  return merged;
}

/** The stock file with the user's entries in place of those of the same section and name. */
function mergeFiles(stock: ReposFile, user: ReposFile): ReposFile {
  const merged: Record<string, Record<string, unknown> | null> = { ...stock };
  for (const section of Object.keys(user)) {
    merged[section] = Object.fromEntries([
      ...sectionOf(stock, section),
      ...sectionOf(user, section),
    ]);
  }
  return merged;
}

function layeredLists(facts: SeriesFacts, call: ReposCall): { list: RepoList; stock: RepoList } {
  const file = stockFile(facts);
  if (facts.traits.reposGeneration !== 'merged') {
    const list = layered(call.userFile ?? file, call, false);
    return { list, stock: list };
  }
  const stock = layered(file, call, true);
  const list = call.userFile ? layered(mergeFiles(file, call.userFile), call, true) : stock;
  return { list, stock };
}

/**
 * `handle_repos` from series 21: repository files are written line by line. `merged`: the user's file adds
 * to kolla's instead of replacing it, and what it replaces on disk is removed first.
 */
export function handleLayeredRepos(
  deps: ReposDeps,
  call: ReposCall,
  names: readonly unknown[],
  mode: unknown,
): string {
  const merged = deps.facts.traits.reposGeneration === 'merged';
  const { list, stock } = layeredLists(deps.facts, call);
  if (merged && call.packageType === 'rpm' && call.userFile) requireWholeGroups(list, stock);
  const backedUp = new Set<string>();
  const keep = (type: 'rpm' | 'deb', file: string): string => {
    if (backedUp.has(file)) return '';
    backedUp.add(file);
    return shell.backup(type, file);
  };
  let commands = '';
  names.forEach((name, index) => {
    const separator = index === names.length - 1 ? '' : ' && ';
    try {
      const found = repository(list, name);
      const entry = deps.mirror ? deps.mirror(found) : found;
      const repo = name as string;
      if (call.packageType === 'rpm') {
        if (mode === 'enable') {
          commands += merged
            ? enableMergedRpm(repo, entry, stock, keep)
            : enableLayeredRpm(repo, entry);
          commands += separator;
        } else if (mode === 'disable' && isSet(entry, 'distro')) {
          // kolla puts nothing between two of these.
          commands += shell.dnfDisable(textField(entry, 'name'));
        }
      } else if (call.packageType === 'deb' && mode === 'enable') {
        if (merged && isSet(entry, 'distro')) return;
        if (merged && isSet(entry, 'build_only')) commands += keep('deb', repo);
        const style = { codename: call.codename, absoluteKeys: merged };
        commands += shell.aptRepository(repo, entry, style) + separator;
      }
    } catch (error) {
      if (error instanceof PyKeyError) {
        deps.onError?.(`Error enabling repository ${error.message} in image ${call.image}`);
        throw new MissingRepositoryError(error.message, hint(call, merged, list.has(str(name))));
      }
      throw error;
    }
  });
  return commands;
}

function hint(call: ReposCall, merged: boolean, isKnown: boolean): string {
  const table =
    merged && call.userPath !== undefined ? `${call.userPath}, or kolla's own,` : tableName(call);
  if (isKnown) return `${table} has the repository without that key`;
  const sections = sectionNames(call).map((name) => `[${name}]`);
  return `${table} has no such repository in ${sections.join(', ')}: add it to one of them`;
}

function enableLayeredRpm(repo: string, entry: unknown): string {
  const head = isSet(entry, 'distro')
    ? shell.dnfEnable(textField(entry, 'name'))
    : shell.dnfRepository(repo, entry);
  return head + shell.dnfLocations(repo, entry);
}

function enableMergedRpm(
  repo: string,
  entry: unknown,
  stock: RepoList,
  keep: (type: 'rpm', file: string) => string,
): string {
  if (isSet(entry, 'distro')) return shell.dnfEnable(textField(entry, 'name'));
  const backup = isSet(entry, 'build_only') ? keep('rpm', repoFile(repo, entry, stock)) : '';
  const name = textField(entry, 'name');
  if (!LOCATIONS.slice(0, 3).some((key) => hasField(entry, key))) {
    throw new PyValueError(`Repository '${repo}' has no baseurl, metalink, or mirrorlist`);
  }
  if (!hasField(entry, 'gpgkey')) throw new PyValueError(`Repository '${repo}' has no gpgkey`);
  const write = shell.dnfRepository(repo, entry) + shell.dnfLocations(repo, entry);
  return `${backup}${shell.dnfRemove(name)} && ${write}`;
}

/** The file that holds a repository on disk, which some distributions share between several. */
function repoFile(repo: string, entry: unknown, stock: RepoList): string {
  if (isSet(entry, 'file_group')) return textField(entry, 'file_group');
  const original = stock.get(repo);
  if (original !== undefined && isSet(original, 'file_group')) {
    return textField(original, 'file_group');
  }
  return `${repo}.repo`;
}

/** Replacing some repositories of a shared file, but not all, would lose the others. */
function requireWholeGroups(list: RepoList, stock: RepoList): void {
  const replaced = [...list]
    .filter(([name, entry]) => {
      const original = stock.get(name);
      return !isSet(entry, 'distro') && original !== undefined && isSet(original, 'distro');
    })
    .map(([name]) => name);
  if (replaced.length === 0) return;
  const groups = new Set(
    replaced
      .map((name) => stock.get(name))
      .filter((original) => isSet(original, 'file_group'))
      .map((original) => textField(original, 'file_group')),
  );
  const left = [...list]
    .filter(
      ([, entry]) =>
        isSet(entry, 'distro') &&
        hasField(entry, 'file_group') &&
        groups.has(textField(entry, 'file_group')),
    )
    .map(([name]) => name);
  if (left.length === 0) return;
  throw new PyValueError(
    `Repositories ${repr(replaced.sort())} override distro-provided repos and will remove their ` +
      `.repo file. Repositories ${repr(left.sort())} are still using distro defaults and share the ` +
      'same file. Please also override them in your repos.yaml.',
  );
}

/** `cleanup_repos`: commands that undo the repositories which only the build needs. */
export function cleanUpLayeredRepos(deps: ReposDeps, call: ReposCall): string {
  const { list, stock } = layeredLists(deps.facts, call);
  const type = call.packageType;
  if (type !== 'rpm' && type !== 'deb') return '';
  const commands: string[] = [];
  const restored = new Set<string>();
  for (const [name, entry] of list) {
    if (!isSet(entry, 'build_only') || isSet(entry, 'distro')) continue;
    const own = `${name}.repo`;
    const file = type === 'rpm' ? repoFile(name, entry, stock) : name;
    if (type === 'rpm' && file !== own) {
      commands.push(shell.dropRepoFile(own));
      if (restored.has(file)) continue;
      restored.add(file);
    }
    commands.push(shell.restore(type, file));
  }
  if (commands.length === 0) return '';
  return `RUN ${[...commands, shell.dropBackups].join(' \\\n    && ')}`;
}
