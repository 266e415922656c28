import { applyBaseRules } from './base-rules.js';
import { installType } from './install-type.js';
import type { Options } from './options.js';
import { rpmSetup } from './rpm-setup.js';
import type { SeriesFacts } from './series-facts.js';

/** What a run adds to its options. */
export interface RunFacts {
  readonly kollaVersion: string;
  /** Local day, `20260731`. */
  readonly buildDate: string;
}

const RPM_BASES: ReadonlySet<string> = new Set(['centos', 'rhel', 'rocky']);
const DEBIAN_ARCHES: ReadonlyMap<string, string> = new Map([
  ['aarch64', 'arm64'],
  ['ppc64le', 'ppc64el'],
  ['x86_64', 'amd64'],
]);

/** `[<registry>/]<namespace>`, what image names begin with. */
export function imageNamespace(options: Pick<Options, 'registry' | 'namespace'>): string {
  return options.registry ? `${options.registry}/${options.namespace}` : options.namespace;
}

/** What stands between the namespace and the name of an image. */
export function imagePrefix(options: Options, facts: SeriesFacts): string {
  return facts.traits.imagePrefix === 'option'
    ? options.imageNamePrefix
    : `${options.base}-${installType(options, facts).type}-`;
}

/** What installs packages on the base. */
export function packageManager(options: Options, { traits }: SeriesFacts): string {
  if (options.distroPackageManager !== null) return options.distroPackageManager;
  if (!RPM_BASES.has(options.base)) return 'apt';
  // Bases were tagged with plain numbers while yum was in use.
  return traits.packageManagerByTag && parseFloat(options.baseTag) < 8 ? 'yum' : 'dnf';
}

interface VariableInput {
  readonly options: Options;
  readonly facts: SeriesFacts;
  readonly run: RunFacts;
  readonly prefix: string;
}

const VARIABLES: Readonly<Record<string, (input: VariableInput) => unknown>> = {
  base_distro: ({ options }) => options.base,
  base_image: ({ options }) => options.baseImage,
  base_distro_tag: ({ options }) => options.baseTag,
  base_arch: ({ options }) => options.baseArch,
  repos_yaml: ({ options }) => options.reposYaml,
  use_dumb_init: ({ options }) => options.useDumbInit,
  base_package_type: ({ options }) =>
    options.basePackageType || (RPM_BASES.has(options.base) ? 'rpm' : 'deb'),
  debian_arch: ({ options }) => DEBIAN_ARCHES.get(options.baseArch) ?? options.baseArch,
  docker_healthchecks: ({ options }) => options.dockerHealthchecks,
  supported_distro_name: ({ options, facts }) => facts.prettyNames[options.base] ?? null,
  supported_distro_release: ({ options, facts }) => facts.distroReleases[options.base] ?? null,
  distro_python_version: ({ options, facts }) =>
    applyBaseRules(facts.pythonVersions, options.base, options.baseTag) ?? null,
  install_type: ({ options, facts }) => installType(options, facts).type,
  install_metatype: ({ options, facts }) => installType(options, facts).metatype,
  image_prefix: ({ prefix }) => prefix,
  infra_image_prefix: ({ options, prefix }) =>
    options.infraRename ? `${options.base}-infra-` : prefix,
  namespace: ({ options }) => imageNamespace(options),
  openstack_release: ({ options }) => options.openstackRelease,
  openstack_release_codename: ({ options }) => options.openstackReleaseCodename,
  openstack_branch: ({ options }) => options.openstackBranch,
  openstack_branch_slashed: ({ options }) => options.openstackBranchSlashed,
  tag: ({ options }) => options.tag,
  maintainer: ({ options }) => options.maintainer,
  kolla_version: ({ run }) => run.kollaVersion,
  distro_package_manager: ({ options, facts }) => packageManager(options, facts),
  rpm_setup: ({ options, facts }) => rpmSetup(options.rpmSetupConfig, facts.traits.rpmInstaller),
  build_date: ({ run }) => run.buildDate,
  clean_package_cache: ({ options }) => options.cleanPackageCache,
  patches_path: ({ options }) => options.patchesPath,
};

/** Whether a variable of templates is one that releases have, but for those that differ by image. */
export const isKnownVariable = (name: string): boolean => Object.hasOwn(VARIABLES, name);

/**
 * The variables that every template of a run gets, but for `image_name` and `users`, which differ by
 * image. Only those that the series has. Throws `RpmSetupError`.
 * Source: kolla: image/kolla_worker.py create_dockerfiles.
 */
export function templateVariables(
  options: Options,
  facts: SeriesFacts,
  run: RunFacts,
): Map<string, unknown> {
  const input = { options, facts, run, prefix: imagePrefix(options, facts) };
  const variables = new Map<string, unknown>();
  for (const name of facts.traits.variables) {
    const own = facts.ownVariables?.[name];
    if (isKnownVariable(name)) variables.set(name, VARIABLES[name]!(input));
    else if (own) variables.set(name, 'option' in own ? options.value(own.option) : own.value);
  }
  // Anything but .rpm and .repo files is an error even where no template asks.
  if (!variables.has('rpm_setup')) rpmSetup(options.rpmSetupConfig);
  return variables;
}
