import type { OptionSpec } from '../option-spec.js';
import {
  OPTIONS,
  type ImageSettings,
  type Options,
  type SourceOptions,
  type UserOptions,
} from '../options.js';
import type { BaseImage, SeriesFacts } from '../series-facts.js';
import { applyValues } from './apply-values.js';
import { camelCase } from './camel-case.js';
import { findDefaultPlaces, type ConfigFiles } from './config-files.js';
import { BUILT_IN, readCommandLine, type EarlyExit } from './command-line.js';
import { ConfigError, InvalidValueError } from './errors.js';
import { groupsOfSeries, optionsOfSeries, sourceOptions, userOptions } from './groups.js';
import { destOf, type Namespace } from './namespace.js';
import { describeOrigin } from './origin.js';
import { describeOtherSources } from './other-sources.js';
import { Settings, type Option } from './settings.js';
import { findUnreadKeys, type UnreadKey } from './unread-keys.js';
import type { Value } from './value-types.js';

/** What options are made from. */
export interface OptionSources {
  /** Arguments without the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: ConfigFiles;
  readonly facts: SeriesFacts;
  /** kolla's version, the default tag in most series. */
  readonly version: string;
  /** This machine, in kernel spelling: `x86_64`, `aarch64`, `arm64`, ... */
  readonly machine: string;
  /** What a program sets, by camelCase name; overrules everything else. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Options of a run, and how they came to be. */
export interface ResolvedOptions {
  readonly options: Options;
  readonly settings: Settings;
  readonly unreadKeys: readonly UnreadKey[];
  /** Lines about sources of options that are not read. */
  readonly unreadSources: readonly string[];
}

// An int of nothing means no limit to kolla; setTimeout() takes no more than this many seconds.
const NO_LIMIT = 2_147_483;

// Hundreds of images ask for sections that nobody wrote.
const UNDECLARED_SOURCE = sourceOptions();
const sourceSection = sectionReader<SourceOptions>(UNDECLARED_SOURCE.keys());

/**
 * Reads command line, environment and files into options. Throws `UsageError` (status 2),
 * `InvalidValueError` and `ConfigError` (status 1).
 * Source: kolla: common/config.py parse; oslo.config: cfg.py @10.7.0.
 */
export function resolveOptions(sources: OptionSources): ResolvedOptions | EarlyExit {
  const { facts, files, env } = sources;
  const table = optionsOfSeries(facts);
  const namespace = readCommandLine(table, sources.argv, files, findDefaultPlaces(files, env));
  if ('exit' in namespace) return namespace;
  const unreadSources = describeOtherSources(namespace);
  if (sources.values) applyValues(namespace, table, sources.values);

  const groups = groupsOfSeries(facts, table);
  const settings = new Settings(namespace, groups.lookup, env);
  setFixedDefaults(settings, sources);
  settings.validate([...table.filter((option) => option.where !== 'file'), ...BUILT_IN]);
  complainOfFiles(namespace);
  setDerivedDefaults(settings, facts);

  const sections = [
    'profiles',
    ...Object.keys(facts.sources),
    ...Object.keys(facts.users),
    ...settings.sectionNames(),
  ];
  const options = {
    sections: Object.freeze([...new Set(sections)]),
    source(section: string): SourceOptions {
      if (!groups.lookup(section)) groups.declare(section, UNDECLARED_SOURCE);
      return sourceSection(settings, section);
    },
    imageSettings(image: string): ImageSettings {
      if (!groups.lookup(image)) groups.declare(image, sourceOptions());
      const value = (name: string): Value => settings.get(name, image);
      return {
        platform: value('platform') as string | null,
        networkMode: value('network_mode') as string | null,
        buildArgs: (value('build_args') ?? new Map()) as ReadonlyMap<string, string>,
        buildTimeout: value('build_timeout') as number | null,
        retries: value('retries') as number | null,
      };
    },
    user(section: string): UserOptions {
      if (!groups.lookup(section)) groups.declare(section, userOptions(section));
      const value = (name: string): Value => settings.get(name, section);
      return {
        uid: value('uid') as number | null,
        gid: value('gid') as number | null,
        group: value('group') as string | null,
      };
    },
    value: (name: string): Value => settings.get(name),
    profilePatterns(name: string): readonly string[] | null {
      if (!groups.lookup('profiles')?.has(name)) {
        groups.declare('profiles', new Map([[name, { name, type: 'list', help: '' }]]));
      }
      return settings.get(name, 'profiles') as readonly string[] | null;
    },
  };
  defineValues(options, table, settings, facts);
  return {
    options: Object.freeze(options) as typeof options & Options,
    settings,
    unreadSources,
    unreadKeys: findUnreadKeys(namespace.files, facts, new Set(table.map(destOf))),
  };
}

/** What holds when nobody says otherwise. */
function setFixedDefaults(settings: Settings, { facts, version, machine }: OptionSources): void {
  const arch = machine === 'arm64' ? 'aarch64' : machine;
  const installType = facts.options['type'];
  settings.setDefault('base', facts.defaultBase);
  settings.setDefault('base_tag', 'latest');
  if (facts.arches.includes(arch)) settings.setDefault('base_arch', arch);
  settings.setDefault('debian_arch', arch === 'aarch64' ? 'arm64' : 'amd64');
  settings.setDefault('openstack_release', facts.release);
  settings.setDefault('openstack_release_codename', facts.codename ?? '');
  settings.setDefault('tag', version);
  if (typeof installType === 'string') settings.setDefault('install_type', installType);
}

/** What follows from other options. */
function setDerivedDefaults(settings: Settings, facts: SeriesFacts): void {
  const base = String(settings.get('base'));
  settings.setDefault('base_tag', baseImage(base, facts).tag);
  const release = String(settings.get('openstack_release'));
  if (facts.traits.tagDefault === 'composite') {
    settings.setDefault('tag', `${release}-${base}-${String(settings.get('base_tag'))}`);
  }
  const branch = release === 'master' ? release : `stable-${release}`;
  settings.setDefault('openstack_branch', branch);
  settings.setDefault('openstack_branch_slashed', branch.replaceAll('-', '/'));
  if (settings.get('base_arch') === null) {
    throw new InvalidValueError(
      `argument --base-arch: images are built for ${facts.arches.join(' or ')}, and this machine is neither: say which`,
    );
  }
  const arch = settings.get('base_arch') === 'aarch64' ? 'arm64' : 'amd64';
  settings.setDefault('debian_arch', arch);
}

const baseImage = (base: string, facts: SeriesFacts): BaseImage =>
  Object.hasOwn(facts.baseImages, base) ? facts.baseImages[base]! : { name: base, tag: 'latest' };

function complainOfFiles({ missing, denied }: Namespace): void {
  if (missing.length > 0) {
    throw new ConfigError(
      'ConfigFilesNotFoundError',
      `Failed to find some config files: ${missing.join(',')}`,
    );
  }
  if (denied.length > 0) {
    throw new ConfigError(
      'ConfigFilesPermissionDeniedError',
      `Failed to open some config files: ${denied.join(',')}`,
    );
  }
}

/** Each option becomes a getter: kolla notices a bad value when it first needs it, and not before. */
function defineValues(
  target: object,
  table: readonly Option[],
  settings: Settings,
  facts: SeriesFacts,
): void {
  const known = new Set(table.map(destOf));
  for (const spec of OPTIONS as readonly OptionSpec[]) {
    const dest = destOf(spec);
    const read = (): unknown => {
      if (!known.has(dest)) return asProperty(spec, (spec.default ?? null) as Value, '');
      const { value, origin } = settings.explain(dest);
      // An empty name counts as none, wherever it was set.
      if (dest === 'base_image' && !value) {
        return baseImage(String(settings.get('base')), facts).name;
      }
      return asProperty(spec, value, describeOrigin(origin));
    };
    Object.defineProperty(target, camelCase(dest), { get: read, enumerable: true });
  }
}

/** kolla's values in the shapes that `OptionValues` promises. */
function asProperty(spec: OptionSpec, value: Value, origin: string): unknown {
  if (value !== null) return value;
  switch (spec.type) {
    case 'multi':
    case 'list':
      return [];
    case 'dict':
      return new Map<string, string>();
    case 'bool':
      return false;
    case 'int':
      if (spec.name === 'timeout') return NO_LIMIT;
      throw new ConfigError(
        'ConfigFileValueError',
        `Value for option ${spec.name} from ${origin} is not valid: a number is missing`,
      );
    case 'string':
      return spec.computed || spec.default !== undefined ? '' : null;
  }
}

/** The options of a section as getters, for the same reason. */
function sectionReader<T>(names: Iterable<string>): (settings: Settings, section: string) => T {
  class Section {
    constructor(
      readonly settings: Settings,
      readonly section: string,
    ) {}
  }
  for (const name of names) {
    const read = function (this: Section): unknown {
      return this.settings.get(name, this.section);
    };
    Object.defineProperty(Section.prototype, name, { get: read, enumerable: true });
  }
  return (settings, section) => new Section(settings, section) as unknown as T;
}
