import type { BinaryRule, ReposGeneration, ReposVariant, SeriesTraits } from '../series-facts.js';
import { PythonDict } from './python-values.js';
import { readPythonLocal } from './python-reader.js';

/** The program texts that tell what a series does, as opposed to what its tables hold. */
export interface ProgramTexts {
  /** `image/kolla_worker.py`, before series 15 `image/build.py`. */
  readonly worker: string;
  /** `image/tasks.py`, before series 15 the worker too. */
  readonly tasks: string;
  readonly config: string;
  readonly methods: string;
}

/** Reads what a series does from marks that its program texts carry, so that a point release or a
 *  fork is followed where it differs from the series it belongs to. */
export function readTraits({ worker, tasks, config, methods }: ProgramTexts): SeriesTraits {
  const userGetter = worker.slice(worker.indexOf('def get_users'));
  return {
    jinjaSandbox: worker.includes('SandboxedEnvironment'),
    variables: readVariableNames(worker),
    functions: [...worker.matchAll(/'(\w+)': jinja_methods\./g)].map((match) => match[1] ?? ''),
    aptErrorOnAny: methods.includes('--error-on=any'),
    reposGeneration: readReposGeneration(methods),
    reposVariants: readReposVariants(methods),
    tagDefault: /set_default\('tag'/.test(config) ? 'composite' : 'version',
    labels: worker.includes('org.opencontainers.image.title'),
    buildDateLabel: /labels\['build-date'\]/.test(tasks),
    patches: worker.includes('def create_patch_files'),
    userGroups: /'group': user\.group/.test(worker),
    undeclaredUsers: userGetter.slice(0, 900).includes('register_opts'),
    unbuildableKeys: readUnbuildableKeys(worker),
    unbuildableBases: readUnbuildableBases(worker),
    imagePrefix: worker.includes('image_name_prefix') ? 'option' : 'installType',
    installMetatypes: worker.includes("self.install_metatype = 'rdo'"),
    binaryRules: readBinaryRules(worker),
    infraRename: worker.includes('infra_rename'),
    packageManagerByTag: worker.includes('LooseVersion'),
    rpmInstaller: worker.includes('RUN yum -y install') ? 'yum' : 'dnf',
    imageDirTerm: worker.includes('Found the docker image folder') ? 'docker' : 'container',
    pipArguments: worker.includes('self.conf.pip_index_url'),
    pinnedArchives: tasks.includes('tarinfo.mtime = 0'),
    fromIgnoresCase: /\^FROM\.\*\$',\s*re\.MULTILINE \| re\.IGNORECASE/.test(worker),
    sourcesByInstallType: worker.includes("self.install_type == 'source'"),
  };
}

const BINARY_RULES: readonly (readonly [BinaryRule, string])[] = [
  ['debianOnX86', 'Debian/binary target is available only'],
  ['notOnStream9', 'CentOS Stream 9 is available only for source'],
  ['deprecated', 'Building binary images is now deprecated'],
];

function readBinaryRules(worker: string): BinaryRule[] {
  return BINARY_RULES.filter(([, mark]) => worker.includes(mark)).map(([rule]) => rule);
}

function readVariableNames(worker: string): string[] {
  const values = readPythonLocal(worker, 'values');
  if (!(values instanceof PythonDict)) return [];
  return [...values.entries.keys()].filter((key) => typeof key === 'string');
}

function readReposGeneration(methods: string): ReposGeneration {
  if (!methods.includes('def handle_repos')) return 'none';
  if (methods.includes('DNF_REMOVE_EXISTING')) return 'merged';
  if (methods.includes('DNF_REPO')) return 'layered';
  return methods.includes('Uris:') ? 'deb822' : 'named';
}

/** Each variant has one mark in the text; what it stands for is told by the condition beside it. */
function readReposVariants(methods: string): ReposVariant[] {
  const variants: ReposVariant[] = [];
  if (methods.includes('base_distro = "centos9"')) {
    variants.push({ bases: ['centos'], tags: ['stream9'], section: 'centos9' });
  }
  if (methods.includes('/repos-noble.yaml')) {
    variants.push({ tags: ['24.04', 'noble'], file: 'repos-noble.yaml' });
  }
  if (methods.includes('/repos-el10.yaml')) {
    variants.push({ bases: ['centos'], tags: ['stream10'], file: 'repos-el10.yaml' });
    variants.push({ bases: ['rocky'], tags: ['10'], file: 'repos-el10.yaml' });
  }
  return variants;
}

const KEY_PARTS = {
  base: 'base',
  'self.install_type': 'installType',
  'self.base_arch': 'arch',
  'self.base_tag': 'baseTag',
} as const;

function readUnbuildableKeys(worker: string): SeriesTraits['unbuildableKeys'] {
  const parts = /tag_element = r'\([^']*\)' % \(([^)]*)\)/.exec(worker)?.[1] ?? '';
  return parts
    .split(',')
    .map((part) => KEY_PARTS[part.trim() as keyof typeof KEY_PARTS])
    .filter((part) => part !== undefined);
}

/** Names that stand for a base in keys of the unbuildable table while a release is in transition. */
function readUnbuildableBases(worker: string): SeriesTraits['unbuildableBases'] {
  const bases: { base: string; as: string; tag?: string; packageManager?: string }[] = [];
  const renamed = /if base == '(\w+)' and self\.(\w+) == '([^']+)':\s+base = '(\w+)'/g;
  for (const [, base = '', field, value = '', as = ''] of worker.matchAll(renamed)) {
    if (field === 'base_tag') bases.push({ base, as, tag: value });
    if (field === 'distro_package_manager') bases.push({ base, as, packageManager: value });
  }
  return bases;
}
