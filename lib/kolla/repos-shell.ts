import { field, hasField, isSet, linesField, textField } from './repos-entries.js';
import { PyAttributeError } from '../jinja/value/py-error.js';
import { typeName } from '../jinja/value/type-name.js';

const BACKUP_DIR = '/tmp/kolla-repos-backup';

const apt = (repo: string): string => `/etc/apt/sources.list.d/${repo}.sources`;
const yum = (file: string): string => `/etc/yum.repos.d/${file}`;

/** One `echo` per line; the first one makes the file, the others add to it. */
function writeLines(file: string, lines: readonly string[]): string {
  return lines
    .map((line, index) => `echo '${line}' ${index === 0 ? '>' : '>>'}${file}`)
    .join(' && ');
}

export const dnfEnable = (name: string): string => `dnf config-manager --enable ${name} || true`;
export const dnfDisable = (name: string): string => `dnf config-manager --disable ${name} || true`;

/** Deletes the files that define a repository, whatever their names. */
export const dnfRemove = (name: string): string =>
  `grep -rlF '[${name}]' /etc/yum.repos.d/ 2>/dev/null | xargs -r rm -f`;

/** Writes `<repo>.repo` up to its keys; `locations` tells where the packages are. */
export function dnfRepository(repo: string, entry: unknown): string {
  const name = textField(entry, 'name');
  const lines = [`[${name}]`, `name=${name}`, 'enabled=1'];
  if (isSet(entry, 'gpgcheck')) lines.push(`gpgcheck=${textField(entry, 'gpgcheck')}`);
  if (isSet(entry, 'repo_gpgcheck'))
    lines.push(`repo_gpgcheck=${textField(entry, 'repo_gpgcheck')}`);
  linesField(entry, 'gpgkey').forEach((key, index) => {
    lines.push(index === 0 ? `gpgkey=${key}` : `       ${key}`);
  });
  return writeLines(yum(`${repo}.repo`), lines);
}

/** Adds to `<repo>.repo` where its packages are: the first of the three kinds that the entry has. */
export function dnfLocations(repo: string, entry: unknown): string {
  const lines = hasField(entry, 'baseurl')
    ? linesField(entry, 'baseurl').map((url) => `baseurl=${url}`)
    : ['metalink', 'mirrorlist']
        .filter((kind) => hasField(entry, kind))
        .slice(0, 1)
        .map((kind) => `${kind}=${textField(entry, kind)}`);
  return lines.map((line) => ` && echo '${line}' >>${yum(`${repo}.repo`)}`).join('');
}

/** How `aptRepository` reads an entry in one generation. */
export interface AptStyle {
  /** Stands for `{openstack_release_codename}` in suites. */
  readonly codename?: unknown;
  /** Keys may be absolute paths, and entries may be `trusted`. */
  readonly absoluteKeys: boolean;
}

/** Writes `<repo>.sources`. */
export function aptRepository(repo: string, entry: unknown, style: AptStyle): string {
  // The first missing field is the one that is complained about.
  if (!style.absoluteKeys) textField(entry, 'component');
  let signedBy = textField(entry, 'gpg_key');
  let suite = textField(entry, 'suite');
  if (style.absoluteKeys) {
    requireText(field(entry, 'gpg_key'), 'startswith');
    requireText(field(entry, 'suite'), 'replace');
    requireText(style.codename, 'lower');
    const codename = style.codename as string;
    suite = suite.replaceAll('{openstack_release_codename}', codename.toLowerCase());
  }
  if (!style.absoluteKeys || !signedBy.startsWith('/'))
    signedBy = `/etc/kolla/apt-keys/${signedBy}`;
  const component = textField(entry, 'component');
  const url = textField(entry, 'url');
  const lines = [
    `Uris: ${url}`,
    `Components: ${component}`,
    'Types: deb',
    `Suites: ${suite}`,
    `Signed-By: ${signedBy}`,
  ];
  if (style.absoluteKeys && isSet(entry, 'trusted')) lines.push('Trusted: yes');
  if (hasField(entry, 'arch')) lines.push(`Architectures: ${textField(entry, 'arch')}`);
  return writeLines(apt(repo), lines);
}

function requireText(value: unknown, method: string): void {
  if (typeof value === 'string') return;
  throw new PyAttributeError(`'${typeName(value)}' object has no attribute '${method}'`);
}

/** Keeps a copy of the file that a `build_only` repository is about to replace. */
export function backup(type: 'rpm' | 'deb', name: string): string {
  const [from, copy] = type === 'rpm' ? [yum(name), name] : [apt(name), `${name}.sources`];
  return (
    `mkdir -p ${BACKUP_DIR} && cp ${from} ${BACKUP_DIR}/${copy} 2>/dev/null || true` +
    ` && touch ${BACKUP_DIR}/${name}.enabled && `
  );
}

/** Puts back what `backup` kept, or deletes the file if there was nothing to keep. */
export function restore(type: 'rpm' | 'deb', name: string): string {
  const [to, copy] = type === 'rpm' ? [yum(name), name] : [apt(name), `${name}.sources`];
  return (
    `[ -f ${BACKUP_DIR}/${name}.enabled ] && ( mv ${BACKUP_DIR}/${copy} ${to} 2>/dev/null` +
    ` || rm -f ${to} ) || true`
  );
}

export const dropRepoFile = (file: string): string => `rm -f ${yum(file)}`;
export const dropBackups = `rm -rf ${BACKUP_DIR}`;
