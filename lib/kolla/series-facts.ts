import type { BaseRule } from './base-rules.js';

/** A source as a series declares it. Values are oslo.config text: `$opt` in them is not yet expanded. */
export interface SourceFacts {
  readonly type: 'local' | 'git' | 'url';
  readonly location: string;
  readonly reference?: string;
  readonly enabled?: boolean;
  readonly version?: string;
  readonly sha256?: Readonly<Record<string, string>>;
}

/** A system user as a series declares it; without `group` the group is named after the user. */
export interface UserFacts {
  readonly uid: number;
  readonly gid: number;
  readonly group?: string;
}

/** An external base image. */
export interface BaseImage {
  readonly name: string;
  readonly tag: string;
}

/** Default of an option; `null` where the series declares none or computes it. */
export type OptionDefault = string | number | boolean | readonly string[] | null;

/** An option that only this kolla has, as `common/config.py` declares it. */
export interface OwnOption {
  /** Name in files, with dashes where the declaration has them. */
  readonly name: string;
  readonly type: 'string' | 'bool' | 'int' | 'list' | 'dict' | 'multi';
  /** Spelling on the command line where it differs. */
  readonly flag?: string;
  readonly short?: string;
  readonly positional?: true;
  /** `file`: configuration files and environment only. */
  readonly where?: 'file';
  readonly default?:
    string | number | boolean | readonly string[] | Readonly<Record<string, string>>;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly help: string;
}

/** What an option of our table may take in this kolla. */
export interface ChangedOption {
  readonly choices: readonly string[];
}

/** Where a variable that only this kolla gives to templates comes from: the option of that name in
 *  files, or a constant. */
export type OwnVariable =
  { readonly option: string } | { readonly value: string | number | boolean | null };

/**
 * Which `handle_repos` a series has:
 * `none` (before 10), `named` (10-12, deb lines), `deb822` (13-20), `layered` (21-22, repo files are
 * written), `merged` (master, the user's file is merged in).
 */
export type ReposGeneration = 'none' | 'named' | 'deb822' | 'layered' | 'merged';

/** A repository file or section that takes the place of the usual one for some bases and base tags. */
export interface ReposVariant {
  /** Absent: all. */
  readonly bases?: readonly string[];
  /** Prefixes of the base tag for which it holds. */
  readonly tags: readonly string[];
  /** Name of the file in `repos`, when another file is read. */
  readonly file?: string;
  /** Section that stands for the distro, when another section is read. */
  readonly section?: string;
}

/** What differs between series in the program itself, as opposed to its tables. */
export interface SeriesTraits {
  /** Templates run in Jinja's `SandboxedEnvironment`. */
  readonly jinjaSandbox: boolean;
  /** Names of the variables that templates get, in the program's order. */
  readonly variables: readonly string[];
  /** Names of the functions that templates get. */
  readonly functions: readonly string[];
  /** `debian_package_install` writes `apt-get --error-on=any update`. */
  readonly aptErrorOnAny: boolean;
  readonly reposGeneration: ReposGeneration;
  readonly reposVariants: readonly ReposVariant[];
  /** Default of `tag`: kolla's version, or `<release>-<base>-<base tag>`. */
  readonly tagDefault: 'version' | 'composite';
  /** Images get OCI labels. */
  readonly labels: boolean;
  /** Images get a `build-date` label. */
  readonly buildDateLabel: boolean;
  /** Every image folder gets a `patches` folder. */
  readonly patches: boolean;
  /** Entries of `users` have a `group`. */
  readonly userGroups: boolean;
  /** `[x-user]` sections may name users that the series does not declare. */
  readonly undeclaredUsers: boolean;
  /** What the parts of a key of `unbuildable` may name. */
  readonly unbuildableKeys: readonly ('base' | 'arch' | 'installType' | 'baseTag')[];
  /** Names that stand for a base in those keys, for one tag or one package manager. */
  readonly unbuildableBases: readonly UnbuildableBase[];
  /** Image names begin with the option `image_name_prefix`, or with `<base>-<install type>-`. */
  readonly imagePrefix: 'option' | 'installType';
  /** `install_metatype` exists, and `rdo` and `rhos` are kinds of `binary`. */
  readonly installMetatypes: boolean;
  /** What becomes of install type `binary`: where it is not to be had, and whether it is on its way
   *  out. */
  readonly binaryRules: readonly BinaryRule[];
  /** `--infra-rename` exists. */
  readonly infraRename: boolean;
  /** rpm bases use `yum` below base tag 8. */
  readonly packageManagerByTag: boolean;
  /** What `rpm_setup` installs packages with. */
  readonly rpmInstaller: 'yum' | 'dnf';
  /** `Found the <term> image folder at ...`. */
  readonly imageDirTerm: 'docker' | 'container';
  /** `pip_index_url` and its kin become `ARG` lines after the first `FROM`. */
  readonly pipArguments: boolean;
  /** Archives that are made bear no times and only what their owner may write. */
  readonly pinnedArchives: boolean;
  /** `from` in any case names the parent. */
  readonly fromIgnoresCase: boolean;
  /** Sources are attached to images only with install type `source`. */
  readonly sourcesByInstallType: boolean;
}

/** Debian has binaries for x86-64 alone; CentOS Stream 9 has none; kolla advises against them. */
export type BinaryRule = 'debianOnX86' | 'notOnStream9' | 'deprecated';

/** The name of a base in keys of `unbuildable` while its distribution is in transition. */
export interface UnbuildableBase {
  readonly base: string;
  readonly as: string;
  /** The base tag for which it holds. */
  readonly tag?: string;
  /** The package manager for which it holds. */
  readonly packageManager?: string;
}

/**
 * Everything that one kolla series knows: its tables, read from the Python modules
 * `kolla.common.config`, `.sources`, `.users`, `kolla.image.unbuildable` and the `repos*.yaml` next to
 * `kolla.template.methods`. Keys keep the order of the tables. Stored as `series/<series>.json`.
 */
export interface SeriesFacts {
  /** Name of the series: `2026.1`, `train`, `master`. */
  readonly series: string;
  /** The kolla version that the facts were read from. */
  readonly version: string;
  /** SHA-256, in hex, of the files that the facts were read from: an installed kolla with the same
   *  digest needs no reading. */
  readonly digest: string;
  /** Default of `openstack_release`. */
  readonly release: string;
  /** Default of `openstack_release_codename`, `null` before series 21. */
  readonly codename: string | null;
  readonly bases: readonly string[];
  readonly defaultBase: string;
  readonly arches: readonly string[];
  readonly debianArches: readonly string[];
  /** Choices of `--type`; empty where the series has no such option. */
  readonly installTypes: readonly string[];
  readonly baseImages: Readonly<Record<string, BaseImage>>;
  /** Shell globs for `PRETTY_NAME` of /etc/os-release, by base. */
  readonly prettyNames: Readonly<Record<string, string>>;
  /** `supported_distro_release` by base, where the series has that variable. */
  readonly distroReleases: Readonly<Record<string, string>>;
  /** `distro_python_version` by base and tag, where the series has that variable. */
  readonly pythonVersions: readonly BaseRule[];
  /** The options of the series as spelt in its table, with their defaults. */
  readonly options: Readonly<Record<string, OptionDefault>>;
  /** Options that our table lacks; absent where there are none, as in every release. */
  readonly ownOptions?: readonly OwnOption[];
  /** Options of our table that take something else here. */
  readonly changedOptions?: Readonly<Record<string, ChangedOption>>;
  /** Variables of templates that releases lack. */
  readonly ownVariables?: Readonly<Record<string, OwnVariable>>;
  /** Regular expressions on image names, by profile. */
  readonly profiles: Readonly<Record<string, readonly string[]>>;
  readonly traits: SeriesTraits;
  /** By section name, such as `nova-user`. */
  readonly users: Readonly<Record<string, UserFacts>>;
  /** Image names by `<base>`, `<arch>` or parts joined with `+`. */
  readonly unbuildable: Readonly<Record<string, readonly string[]>>;
  /** Images whose kind depends on the install type, whatever `--infra-rename` says. */
  readonly typedImages: readonly string[];
  /** By section name, such as `horizon-plugin-ironic-ui`. */
  readonly sources: Readonly<Record<string, SourceFacts>>;
  /** Package repositories: parsed YAML by file name (`repos.yaml`). */
  readonly repos: Readonly<Record<string, ReposFile>>;
}

/** Parsed `repos.yaml`: section -> repository -> entry. Shapes of entries vary by generation. */
export type ReposFile = Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
