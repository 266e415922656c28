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
}

/** Reads from a template's context what a call depends on. */
export function describeCall(context: TemplateContext, { facts, readRepos }: ReposDeps): ReposCall {
  const path = facts.traits.variables.includes('repos_yaml') ? context.get('repos_yaml') : null;
  return {
    packageType: context.get('base_package_type'),
    base: str(context.get('base_distro')),
    baseTag: str(context.get('base_distro_tag') ?? ''),
    arch: str(context.get('base_arch')),
    codename: context.get('openstack_release_codename'),
    image: str(context.get('image_name')),
    userFile: truth(path) ? readRepos(str(path)) : undefined,
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
