import { PyKeyError } from '../jinja/value/py-error.js';
import { repr } from '../jinja/value/repr.js';
import { str } from '../jinja/value/str.js';
import { truth } from '../jinja/value/truth.js';
import { field, repository, sectionOf, textField } from './repos-entries.js';
import {
  MissingRepositoryError,
  reposVariant,
  stockFile,
  tableName,
  type ReposCall,
  type ReposDeps,
} from './repos-call.js';

const SEPARATOR = ' && ';

/**
 * `handle_repos` up to series 20: rpm repositories are names that `dnf config-manager` knows, deb
 * ones are lines or, from 13, deb822 fields. A repository that the base does not have is left out.
 */
export function handleNamedRepos(
  { facts, mirror }: Pick<ReposDeps, 'facts' | 'mirror'>,
  call: ReposCall,
  names: readonly unknown[],
  mode: 'enable' | 'disable',
): string {
  const variant = reposVariant(facts, call);
  const file = call.userFile ?? stockFile(facts, variant?.file);
  const base = variant?.section ?? call.base;
  const sections = [`${base}-${call.arch}`, base];
  const section = sections.find((name) => Object.hasOwn(file, name));
  if (section === undefined) {
    const lacks = `${tableName(call)} has no section ${sections.join(' or ')}`;
    throw new MissingRepositoryError(repr(base), `${lacks}: add one, it may be empty ({})`);
  }
  const list = new Map(sectionOf(file, section));
  let commands = '';
  for (const name of names) {
    try {
      const found = repository(list, name);
      const entry = mirror ? mirror(found) : found;
      if (call.packageType === 'rpm') commands += ` --${mode} ${str(entry)}`;
      if (call.packageType !== 'deb' || mode !== 'enable') continue;
      if (facts.traits.reposGeneration === 'named') {
        commands += `echo "${str(entry)}" >/etc/apt/sources.list.d/${str(name)}.list${SEPARATOR}`;
        continue;
      }
      commands += deb822(str(name), entry);
      // An entry without `arch` ends here by a KeyError, after its text.
      if (truth(field(entry, 'arch'))) {
        commands += line(str(name), `Architectures: ${textField(entry, 'arch')}`);
      }
    } catch (error) {
      if (!(error instanceof PyKeyError)) throw error;
    }
  }
  if (call.packageType === 'rpm') return commands && `dnf config-manager ${commands} || true`;
  return call.packageType === 'deb' ? commands.slice(0, -SEPARATOR.length) : commands;
}

function deb822(repo: string, entry: unknown): string {
  const url = textField(entry, 'url');
  return [
    `echo 'Uris: ${url}' >/etc/apt/sources.list.d/${repo}.sources${SEPARATOR}`,
    line(repo, `Components: ${textField(entry, 'component')}`),
    line(repo, 'Types: deb'),
    line(repo, `Suites: ${textField(entry, 'suite')}`),
    line(repo, `Signed-By: /etc/kolla/apt-keys/${textField(entry, 'gpg_key')}`),
  ].join('');
}

const line = (repo: string, text: string): string =>
  `echo '${text}' >>/etc/apt/sources.list.d/${repo}.sources${SEPARATOR}`;
