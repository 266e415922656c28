import type { OptionSpec } from './option-spec.js';

/** The one table of options: argument parsing, configuration files, environment, `--help`, the
 *  types below and the documentation all read it. Which of them a series has, and its own defaults,
 *  are among the facts of the series; `default` here holds where those say nothing.
 *  Source: kolla: common/config.py of each series, order as there. */
export const OPTIONS = [
  {
    name: 'base',
    type: 'string',
    short: 'b',
    choices: { series: 'bases' },
    computed: true,
    help: 'Distribution family that every image stands on.',
  },
  {
    name: 'base-tag',
    type: 'string',
    computed: true,
    help: 'Tag of the external base image. Each base has its own default.',
  },
  {
    name: 'base-image',
    type: 'string',
    computed: true,
    help: 'Name of the external base image. Each base has its own default.',
  },
  {
    name: 'base-arch',
    type: 'string',
    choices: { series: 'arches' },
    computed: true,
    help: 'Architecture to build for. Default: that of this machine.',
  },
  {
    name: 'debian-arch',
    type: 'string',
    choices: ['amd64', 'arm64'],
    computed: true,
    help: "Architecture, in Debian's spelling, of sources to download. Default: follows --base-arch.",
  },
  {
    name: 'install-type',
    flag: 'type',
    type: 'string',
    short: 't',
    choices: { series: 'installTypes' },
    computed: true,
    help: 'Where software comes from: packages or sources.',
  },
  {
    name: 'use-dumb-init',
    type: 'bool',
    default: true,
    help: 'Start containers through dumb-init.',
  },
  {
    name: 'debug',
    type: 'bool',
    short: 'd',
    default: false,
    help: 'Log more, and show stack traces of errors.',
  },
  {
    name: 'skip-parents',
    type: 'bool',
    default: false,
    help: 'Leave out every selected image that others are built on.',
  },
  {
    name: 'skip-existing',
    type: 'bool',
    default: false,
    help: 'Leave out images that the engine already has.',
  },
  {
    name: 'build-args',
    type: 'dict',
    help: 'Build arguments, as NAME:VALUE,NAME2:VALUE2.',
  },
  {
    name: 'buildkit',
    type: 'bool',
    default: true,
    ours: true,
    help: 'Build with BuildKit where the daemon has it, else with the classic builder (Docker only).',
  },
  {
    name: 'buildkit-builder',
    type: 'string',
    help: 'Name of the builder that "docker buildx" is to build with; default: the BuildKit of the daemon, without buildx.',
  },
  {
    name: 'keep',
    type: 'bool',
    default: false,
    help: 'Keep the intermediate containers of a failed build.',
  },
  {
    name: 'list-dependencies',
    type: 'bool',
    short: 'l',
    help: 'Print the tree of selected images as JSON, and stop.',
  },
  {
    name: 'list-images',
    type: 'bool',
    help: 'Print the selected images, and stop.',
  },
  {
    name: 'locals-base',
    type: 'string',
    default: './',
    help: 'Folder that local sources are relative to ($locals_base).',
  },
  {
    name: 'namespace',
    type: 'string',
    short: 'n',
    default: 'kolla',
    help: 'Middle part of image names: REGISTRY/NAMESPACE/IMAGE.',
  },
  {
    name: 'network_mode',
    type: 'string',
    default: 'host',
    help: 'Network that build steps run in, such as host. Empty: what the engine chooses.',
  },
  {
    name: 'cache',
    type: 'bool',
    default: true,
    help: "Use the engine's layer cache.",
  },
  {
    name: 'patches-path',
    type: 'string',
    help: 'Folder with one folder of patches per image.',
  },
  {
    name: 'platform',
    type: 'string',
    help: 'Platform to build for, such as linux/arm64, one per run. Give --base-arch too.',
  },
  {
    name: 'profile',
    type: 'multi',
    short: 'p',
    help: 'Build the images of a profile, a list in the section [profiles]. Repeatable.',
  },
  {
    name: 'push',
    type: 'bool',
    default: false,
    help: 'Push images to the registry once built.',
  },
  {
    name: 'push-threads',
    type: 'int',
    default: 1,
    min: 1,
    help: 'How many images are pushed at a time.',
  },
  {
    name: 'retries',
    type: 'int',
    short: 'r',
    default: 3,
    min: 0,
    help: 'How often a failed build or push is tried again.',
  },
  {
    name: 'regex',
    type: 'multi',
    positional: true,
    help: 'Build only images whose name one of these matches, and what they are built on.',
  },
  {
    name: 'registry',
    type: 'string',
    help: 'Registry that image names begin with.',
  },
  {
    name: 'save-dependency',
    type: 'string',
    help: 'Write the tree of selected images to this file in Graphviz format, and stop.',
  },
  {
    name: 'format',
    type: 'string',
    short: 'f',
    default: 'json',
    choices: ['json', 'none'],
    help: 'Format of the summary.',
  },
  {
    name: 'summary-json-file',
    type: 'string',
    help: 'File for the JSON summary. Default: standard output.',
  },
  {
    name: 'tarballs-base',
    type: 'string',
    default: 'https://tarballs.opendev.org',
    help: 'Address that source tarballs are fetched from ($tarballs_base).',
  },
  {
    name: 'threads',
    type: 'int',
    short: 'T',
    default: 8,
    min: 1,
    help: 'How many images are built at a time.',
  },
  {
    name: 'tag',
    type: 'string',
    computed: true,
    help: 'Tag of the images.',
  },
  {
    name: 'template-only',
    type: 'bool',
    default: false,
    help: 'Write the Dockerfiles, and stop.',
  },
  {
    name: 'timeout',
    type: 'int',
    default: 120,
    help: 'Seconds to wait for the server of a source.',
  },
  {
    name: 'template-override',
    type: 'multi',
    help: 'Template whose blocks replace those of every image, or a file pattern. Repeatable.',
  },
  {
    name: 'docker-dir',
    type: 'multi',
    short: 'D',
    help: 'Further folder of templates, laid over the others, or a file pattern. Repeatable.',
  },
  {
    name: 'logs-dir',
    type: 'string',
    help: 'Folder that gets one log file per image.',
  },
  {
    name: 'pull',
    type: 'bool',
    default: true,
    help: 'Fetch newer versions of external base images.',
  },
  {
    name: 'work-dir',
    type: 'string',
    help: 'Folder to work in. Default: a temporary one.',
  },
  {
    name: 'squash',
    type: 'bool',
    default: false,
    help: 'Squash the layers of each image with the program docker-squash, or, where that is missing, by a daemon in experimental mode.',
  },
  {
    name: 'openstack-release',
    type: 'string',
    computed: true,
    help: 'OpenStack release to build.',
  },
  {
    name: 'openstack-release-codename',
    type: 'string',
    computed: true,
    help: "The release's code name, part of Debian package archives' names.",
  },
  {
    name: 'openstack-branch',
    type: 'string',
    computed: true,
    help: 'Branch of sources, with a dash. Default: follows --openstack-release.',
  },
  {
    name: 'openstack-branch-slashed',
    type: 'string',
    computed: true,
    help: 'Branch of sources, with a slash. Default: follows --openstack-release.',
  },
  {
    name: 'docker-healthchecks',
    type: 'bool',
    default: true,
    help: "Put kolla's health check scripts into images.",
  },
  {
    name: 'quiet',
    type: 'bool',
    short: 'q',
    default: false,
    help: "Keep images' logs off the console.",
  },
  {
    name: 'enable-unbuildable',
    type: 'bool',
    default: false,
    help: 'Select images that are known not to build here, too.',
  },
  {
    name: 'summary',
    type: 'bool',
    default: true,
    help: 'Print a summary at the end.',
  },
  {
    name: 'infra-rename',
    type: 'bool',
    default: false,
    help: 'Name images that no install type concerns BASE-infra-IMAGE.',
  },
  {
    name: 'image-name-prefix',
    type: 'string',
    default: '',
    help: 'Text that image names begin with.',
  },
  {
    name: 'repos-yaml',
    type: 'string',
    default: '',
    help: 'File with package repositories that add to, or stand in for, the built-in ones.',
  },
  {
    name: 'engine',
    type: 'string',
    default: 'docker',
    choices: { series: 'engines' },
    help: 'Container engine to build with.',
  },
  {
    name: 'podman_base_url',
    type: 'string',
    default: 'unix:///run/podman/podman.sock',
    help: 'Where the Podman service listens.',
  },

  {
    name: 'maintainer',
    type: 'string',
    where: 'file',
    default: 'Kolla Project (https://launchpad.net/kolla)',
    help: 'Content of the maintainer label.',
  },
  {
    name: 'distro_package_manager',
    type: 'string',
    where: 'file',
    help: "Package manager. Default: the base's own.",
  },
  {
    name: 'base_package_type',
    type: 'string',
    where: 'file',
    help: "Package type, rpm or deb. Default: the base's own.",
  },
  {
    name: 'rpm_setup_config',
    type: 'list',
    where: 'file',
    default: [],
    help: 'Package and repository files to install before anything else.',
  },
  {
    name: 'apt_sources_list',
    type: 'string',
    where: 'file',
    help: 'File that becomes sources.list in the base image.',
  },
  {
    name: 'apt_preferences',
    type: 'string',
    where: 'file',
    help: 'File that becomes apt/preferences in the base image.',
  },
  {
    name: 'squash-cleanup',
    type: 'bool',
    where: 'file',
    default: true,
    help: 'Remove the image that was squashed.',
  },
  {
    name: 'squash-tmp-dir',
    type: 'string',
    where: 'file',
    help: 'Temporary folder of docker-squash.',
  },
  {
    name: 'pip_index_url',
    type: 'string',
    where: 'file',
    help: 'Package index that pip uses in images.',
  },
  {
    name: 'pip_trusted_host',
    type: 'string',
    where: 'file',
    help: 'Host that pip trusts in images.',
  },
  {
    name: 'pip_extra_index_url',
    type: 'string',
    where: 'file',
    help: 'Further package index that pip uses in images.',
  },
  {
    name: 'clean_package_cache',
    type: 'bool',
    where: 'file',
    default: true,
    help: 'Empty package caches after installing.',
  },
  {
    name: 'allowed-to-fail',
    type: 'list',
    where: 'file',
    default: [],
    help: 'Images whose failure does not fail the run.',
  },

  {
    name: 'images-dir',
    type: 'string',
    ours: true,
    help: 'Folder of templates to start from. Default: that of the installed kolla, else our own.',
  },
  {
    name: 'kolla-series',
    type: 'string',
    ours: true,
    help: 'Series whose defaults and tables hold, such as 2026.1. Default: that of the templates.',
  },
  {
    name: 'kolla-version',
    type: 'string',
    ours: true,
    help: "Value of kolla_version in templates. Default: the templates' own version.",
  },
  {
    name: 'incremental',
    type: 'bool',
    default: false,
    ours: true,
    help: 'Leave images alone whose inputs have not changed.',
  },
  {
    name: 'progress',
    type: 'string',
    default: 'auto',
    choices: ['auto', 'tty', 'plain', 'none'],
    ours: true,
    help: 'Live view on a terminal, plain log lines, or neither.',
  },
  {
    name: 'exclude',
    type: 'multi',
    ours: true,
    help: 'Leave out images whose name this regex matches, and what is built on them. Repeatable.',
  },
  {
    name: 'override-imports',
    type: 'bool',
    default: false,
    ours: true,
    help: 'Let override files import and include: files beside them, then those of the templates.',
  },
  {
    name: 'repos-mirror',
    type: 'multi',
    ours: true,
    help: 'Use a mirror of a package repository, as FROM=TO with two addresses. Repeatable.',
  },
  {
    name: 'fail-unmatched',
    type: 'bool',
    default: false,
    ours: true,
    help: 'Exit 1 when no image is selected.',
  },
  {
    name: 'fail-fast',
    type: 'bool',
    default: false,
    ours: true,
    help: 'Start nothing more once an image has failed.',
  },
  {
    name: 'build-timeout',
    type: 'int',
    default: 0,
    min: 0,
    ours: true,
    help: 'Seconds that one attempt to build an image may take. 0: no limit.',
  },
  {
    name: 'cache-from',
    type: 'multi',
    ours: true,
    help: 'Image whose layers count as built, or another cache, as type=local,src=FOLDER, which "docker buildx" reads; {name} stands for the name of the image being built, {image} for its full name without tag. Repeatable.',
  },
  {
    name: 'cache-to',
    type: 'string',
    ours: true,
    help: 'inline: put cache information into images, for --cache-from of others (BuildKit only). Any other cache, as type=registry,ref=NAME or type=local,dest=FOLDER, is written by "docker buildx"; {name} and {image} as in --cache-from.',
  },
  {
    name: 'build-secret',
    type: 'multi',
    ours: true,
    help: 'Secret that build steps may mount, as id=NAME,src=FILE or id=NAME,env=VARIABLE (BuildKit only). Repeatable.',
  },
  {
    name: 'secret-build-args',
    type: 'list',
    default: [],
    ours: true,
    help: 'Names of build arguments whose values are kept out of logs, reports and labels; --incremental does not compare them.',
  },
  {
    name: 'extra-tag',
    type: 'multi',
    ours: true,
    help: 'Further tag that every image gets, and is pushed under. Repeatable.',
  },
  {
    name: 'extra-label',
    type: 'multi',
    ours: true,
    help: 'Label that every image gets, as NAME=VALUE. Repeatable.',
  },
  {
    name: 'results-file',
    type: 'string',
    ours: true,
    help: 'File for a detailed report of the run in JSON: times, attempts, sizes, digests, logs.',
  },
  {
    name: 'junit-file',
    type: 'string',
    ours: true,
    help: 'File for a report of the run in JUnit XML.',
  },
  {
    name: 'source-cache',
    type: 'string',
    ours: true,
    help: 'Folder that keeps downloaded sources for other images and later runs.',
  },
  {
    name: 'offline',
    type: 'bool',
    default: false,
    ours: true,
    help: 'Take sources from --source-cache and from nowhere else.',
  },
  {
    name: 'state-file',
    type: 'string',
    ours: true,
    help: "File that remembers builds and their durations. Default: in the user's state folder.",
  },
  {
    name: 'resume',
    type: 'bool',
    default: false,
    ours: true,
    help: 'Build only what the last run of the same images did not finish.',
  },
] as const satisfies readonly OptionSpec[];

type Spec = (typeof OPTIONS)[number];

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S extends `${infer Head}_${infer Tail}`
    ? `${Head}${Capitalize<Camel<Tail>>}`
    : S;

type Value<S extends Spec> = S['type'] extends 'multi' | 'list'
  ? readonly string[]
  : S['type'] extends 'dict'
    ? ReadonlyMap<string, string>
    : S['type'] extends 'bool'
      ? boolean
      : S['type'] extends 'int'
        ? number
        : S extends { default: unknown } | { computed: true }
          ? string
          : string | null;

/** Values of the table, by camelCase name: `--base-tag` is `baseTag`. A string without default is
 *  `null` when unset (Python's None); lists and dicts are empty. In a series that lacks an option,
 *  its value is what that series behaves as. */
export type OptionValues = { readonly [S in Spec as Camel<S['name']>]: Value<S> };

/** One `[<image>]`, `[<image>-plugin-<name>]` or `[<image>-additions-<name>]` section. */
export interface SourceOptions {
  readonly type: 'local' | 'git' | 'url' | null;
  readonly location: string | null;
  readonly reference: string | null;
  readonly enabled: boolean;
  readonly version: string | null;
  /** Debian architecture (`amd64`, `arm64`) to hex digest. */
  readonly sha256: ReadonlyMap<string, string> | null;
}

/** What the section of an image says about building it. `null`: as for all images. */
export interface ImageSettings {
  readonly platform: string | null;
  readonly networkMode: string | null;
  /** Added to those of all images. */
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Seconds; 0 for no limit. */
  readonly buildTimeout: number | null;
  readonly retries: number | null;
}

/** One `[<name>-user]` section. */
export interface UserOptions {
  readonly uid: number | null;
  readonly gid: number | null;
  readonly group: string | null;
}

/** All options of a run. As in oslo.config, a value that only files and the environment can set is
 *  checked when it is first read, so each getter below and each file-only property may throw a
 *  `ConfigError`. */
export interface Options extends OptionValues {
  /** Section names: those that the series declares, then those of the files in reading order. Users,
   *  plugins and additions are found by their names. */
  readonly sections: readonly string[];
  /** Settings of a source section; a section that nobody declared has no `type`. */
  source(section: string): SourceOptions;
  /** How one image is built, where its section says so. */
  imageSettings(image: string): ImageSettings;
  /** Settings of a `-user` section, named with the suffix. */
  user(section: string): UserOptions;
  /** Value of an option by its name in files, one that only this kolla has included. `null`: unset.
   *  Throws `ConfigError` for an option that nobody declared. */
  value(name: string): unknown;
  /** Patterns of a profile, `null` if nobody defined it. */
  profilePatterns(name: string): readonly string[] | null;
}
