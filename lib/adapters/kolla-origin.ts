import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KollaPackage } from './kolla-package.js';

/** What images say of the kolla that they were made with. */
export interface KollaOrigin {
  /** `kolla_version` in templates: the short commit of a checkout, else the version. */
  readonly version: string;
  /** Commit and repository, where the package knows them. */
  readonly revision?: string;
  readonly source?: string;
}

const REPOSITORY = 'https://opendev.org/openstack/kolla';

/**
 * Reads what a kolla tells of itself: a checkout through git, an installation through the metadata
 * that pip wrote. A repository that merely surrounds the package says nothing about it, though kolla
 * asks it. Source: kolla: version.py, image/kolla_worker.py _get_scm_labels.
 */
export function readKollaOrigin(kolla: KollaPackage | undefined, version: string): KollaOrigin {
  if (!kolla) return { version };
  const gitDir = join(dirname(kolla.dir), '.git');
  if (existsSync(gitDir)) {
    const short = git(gitDir, 'log', '-n1', '--pretty=format:%h');
    const revision = git(gitDir, 'rev-parse', 'HEAD');
    return {
      version: short ?? version,
      ...(revision !== undefined && { revision, source: REPOSITORY }),
    };
  }
  return { version, ...readDirectUrl(kolla) };
}

function git(gitDir: string, ...args: string[]): string | undefined {
  try {
    const output = execFileSync('git', ['--git-dir', gitDir, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** `direct_url.json` is there if pip installed from a repository or a folder. */
function readDirectUrl(kolla: KollaPackage): Pick<KollaOrigin, 'revision' | 'source'> {
  const packages = dirname(kolla.dir);
  const metadata = readdirSync(packages).find((name) => /^kolla-.*\.dist-info$/.test(name));
  if (metadata === undefined) return {};
  const path = join(packages, metadata, 'direct_url.json');
  if (!existsSync(path)) return {};
  try {
    const data = JSON.parse(readFileSync(path, 'utf8')) as {
      url?: string;
      vcs_info?: { commit_id?: string };
    };
    const revision = data.vcs_info?.commit_id;
    const source = data.url?.startsWith('file:') ? REPOSITORY : data.url;
    return { ...(revision !== undefined && { revision }), ...(source !== undefined && { source }) };
  } catch {
    return {};
  }
}
