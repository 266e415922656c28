import { PyError, PyKeyError } from '../jinja/value/py-error.js';
import { str } from '../jinja/value/str.js';
import { truth } from '../jinja/value/truth.js';
import type { ReposFile, ReposVariant, SeriesFacts } from './series-facts.js';
import type { TemplateContext } from './template-context.js';

/** What `handle_repos` needs from outside. */
export interface ReposDeps {
  readonly facts: SeriesFacts;
  /** Reads and parses a user's repository file. */
  readonly readRepos: (path: string) => ReposFile;
  /** Puts mirrors into an entry. */
  readonly mirror?: (entry: unknown) => unknown;
  /** Hears about a repository that cannot be enabled, before the error goes on its way. */
  readonly onError?: (message: string) => void;
}

/** Where one call stands: what its template says about the base, and the repositories for it. */
export interface ReposCall {
  readonly packageType: unknown;
  readonly base: string;
  readonly baseTag: string;
  readonly arch: string;
  readonly codename: unknown;
  readonly image: string;
  /** The user's file, parsed. */
  readonly userFile: ReposFile | undefined;
  /** Path of the user's file. */
  readonly userPath: string | undefined;
}

/** A table of repositories lacks something. `message` is Python's; `hint` names the table and says
 *  what to do. */
export class MissingRepositoryError extends PyKeyError {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** What to do about an error of Python's, where that is known. */
export const hintOf = (error: unknown): string | undefined =>
  error instanceof PyError && 'hint' in error && typeof error.hint === 'string'
    ? error.hint
    : undefined;

/** The table that a call reads, in words. */
export const tableName = ({ userPath }: ReposCall): string => userPath ?? "kolla's repos.yaml";

/** Reads from a template's context what a call depends on. */
export function describeCall(context: TemplateContext, { facts, readRepos }: ReposDeps): ReposCall {
  const path = facts.traits.variables.includes('repos_yaml') ? context.get('repos_yaml') : null;
  const userPath = truth(path) ? str(path) : undefined;
  return {
    packageType: context.get('base_package_type'),
    base: str(context.get('base_distro')),
    baseTag: str(context.get('base_distro_tag') ?? ''),
    arch: str(context.get('base_arch')),
    codename: context.get('openstack_release_codename'),
    image: str(context.get('image_name')),
    userFile: userPath === undefined ? undefined : readRepos(userPath),
    userPath,
  };
}

/** The variant of the stock file or of a section that holds for a base and its tag. */
export function reposVariant(facts: SeriesFacts, call: ReposCall): ReposVariant | undefined {
  return facts.traits.reposVariants.find(
    (variant) =>
      (variant.bases?.includes(call.base) ?? true) &&
      variant.tags.some((prefix) => call.baseTag.startsWith(prefix)),
  );
}

/** The file that comes with kolla. */
export const stockFile = (facts: SeriesFacts, name = 'repos.yaml'): ReposFile =>
  facts.repos[name] ?? {};
