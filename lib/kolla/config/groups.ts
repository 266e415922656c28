import type { OptionSpec } from '../option-spec.js';
import { OPTIONS } from '../options.js';
import type { OwnOption, SeriesFacts, SourceFacts, UserFacts } from '../series-facts.js';
import { destOf } from './namespace.js';
import type { Default, Groups, Option } from './settings.js';

const SOURCE_TYPES = ['local', 'git', 'url'] as const;

/** Values of `--type`, by the last major version that takes them. */
const INSTALL_TYPES = [
  { until: 12, values: ['binary', 'source', 'rdo', 'rhos'] },
  { until: 14, values: ['binary', 'source'] },
  { until: 15, values: ['source'] },
] as const;

/** The rows of the option table that a series has, with its choices and defaults. */
export function optionsOfSeries(facts: SeriesFacts): Option[] {
  const choices: Readonly<Record<string, readonly string[]>> = {
    bases: facts.bases,
    arches: facts.arches,
    engines: parseInt(facts.version) <= 16 ? ['docker'] : ['docker', 'podman'],
    installTypes: INSTALL_TYPES.find(({ until }) => parseInt(facts.version) <= until)?.values ?? [],
  };
  // Computed defaults that no other option changes, so that the help can tell them.
  const shown: Readonly<Record<string, string | null>> = {
    base: facts.defaultBase,
    'openstack-release': facts.release,
    'openstack-release-codename': facts.codename,
  };
  const known = (OPTIONS as readonly OptionSpec[])
    .filter((spec) => spec.ours || (spec.flag ?? spec.name) in facts.options)
    .map((spec) => {
      const listed = spec.choices;
      const flag = spec.flag ?? spec.name;
      const own = spec.computed ? undefined : facts.options[flag];
      const { ours, ...rest } = spec;
      return {
        ...rest,
        // An option of ours for series that lack it is kolla's where it has it.
        ...(ours && own === undefined && { ours }),
        choices: listed && 'series' in listed ? choices[listed.series] : listed,
        default: own === undefined ? (shown[flag] ?? spec.default) : (own ?? undefined),
        ...facts.changedOptions?.[flag],
      };
    });
  return [...known, ...(facts.ownOptions ?? []).map(asOption)];
}

/** An option that only this kolla has. */
function asOption({ default: preset, ...option }: OwnOption): Option {
  const isMap = typeof preset === 'object' && !Array.isArray(preset);
  return {
    ...option,
    default: (isMap ? new Map(Object.entries(preset)) : preset) as Default | undefined,
  };
}

/** The sections of a series: the default one, profiles, one per source and one per user. `declare`
 *  adds a section, or options of one, that only the user's files or the images know. */
export function groupsOfSeries(
  facts: SeriesFacts,
  options: readonly Option[],
): { lookup: Groups; declare(section: string, options: ReadonlyMap<string, Option>): void } {
  const profiles = Object.entries(facts.profiles).map(([name, patterns]): [string, Option] => [
    name,
    { name, type: 'list', default: patterns, help: '' },
  ]);
  const known = new Map<string | null, ReadonlyMap<string, Option>>([
    [null, new Map(options.map((option) => [destOf(option), option]))],
    ['profiles', new Map(profiles)],
  ]);
  return {
    lookup(group) {
      const cached = known.get(group);
      if (cached || group === null) return cached;
      let declared: ReadonlyMap<string, Option> | undefined;
      if (Object.hasOwn(facts.sources, group)) declared = sourceOptions(facts.sources[group]);
      else if (Object.hasOwn(facts.users, group)) declared = userOptions(group, facts.users[group]);
      if (declared) known.set(group, declared);
      return declared;
    },
    declare(section, added) {
      const there = known.get(section);
      known.set(section, there ? new Map([...added, ...there]) : added);
    },
  };
}

/** What a section may say about building the image that it is named after; kolla knows none of it. */
export const IMAGE_SETTINGS: readonly Option[] = [
  { name: 'platform', type: 'string', help: '' },
  { name: 'network_mode', type: 'string', help: '' },
  { name: 'build_args', type: 'dict', help: '' },
  { name: 'build_timeout', type: 'int', min: 0, help: '' },
  { name: 'retries', type: 'int', min: 0, help: '' },
];

/** Options of a source section. */
export function sourceOptions(source?: SourceFacts): ReadonlyMap<string, Option> {
  const sha256 = source?.sha256 && new Map(Object.entries(source.sha256));
  const options: Option[] = [
    { name: 'type', type: 'string', choices: SOURCE_TYPES, default: source?.type, help: '' },
    { name: 'location', type: 'string', default: source?.location, help: '' },
    { name: 'reference', type: 'string', default: source?.reference, help: '' },
    { name: 'enabled', type: 'bool', default: source?.enabled ?? true, help: '' },
    { name: 'version', type: 'string', default: source?.version, help: '' },
    { name: 'sha256', type: 'dict', default: sha256, help: '' },
    ...IMAGE_SETTINGS,
  ];
  return new Map(options.map((option) => [option.name, option]));
}

/** Options of a user section; an undeclared user's group is named after it. */
export function userOptions(section: string, user?: UserFacts): ReadonlyMap<string, Option> {
  const group = user?.group ?? section.replace(/-user$/, '');
  const options: Option[] = [
    { name: 'uid', type: 'int', default: user?.uid, help: '' },
    { name: 'gid', type: 'int', default: user?.gid, help: '' },
    { name: 'group', type: 'string', default: group, help: '' },
  ];
  return new Map(options.map((option) => [option.name, option]));
}
