import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ImportedSeries, PackageReader } from '../kolla/series-import/import-series.js';
import { PACKAGE_FILES } from '../kolla/series-import/package-files.js';
import { findCarriedSeries } from './series-files.js';

/** A kolla checkout or installation on this machine. */
export interface KollaPackage {
  /** Folder of the Python package, the one with `common/config.py`. */
  readonly dir: string;
  /** Version that its metadata tells; `undefined` for a bare checkout. */
  readonly version: string | undefined;
}

/** Finds the kolla that an images dir belongs to: a checkout (`docker/` beside `kolla/`), an
 *  installation (`share/kolla/docker` below a Python prefix), or the package's own folder. */
export function findSurroundingPackage(imagesDir: string): KollaPackage | undefined {
  const above = dirname(imagesDir);
  for (const dir of [above, join(above, 'kolla'), ...installedPackages(above)]) {
    if (existsSync(join(dir, 'common', 'config.py'))) return { dir, version: readVersion(dir) };
  }
  return undefined;
}

/** Resolves a folder that a user names: a package, a checkout or a Python prefix. */
export function findPackage(folder: string): KollaPackage | undefined {
  const candidates = [folder, join(folder, 'kolla'), ...sitePackages(folder)];
  const dir = candidates.find((path) => existsSync(join(path, 'common', 'config.py')));
  return dir === undefined ? undefined : { dir, version: readVersion(dir) };
}

/** Facts of that kolla, its own edits included. Those of an unchanged release come from the carried
 *  files, which spares reading Python. Throws what `importSeries` throws. */
export async function readSeries(kolla: KollaPackage): Promise<ImportedSeries> {
  const { files, digest } = readFactFiles(kolla.dir);
  const release = /^OPENSTACK_RELEASE = ['"](.*)['"]/m.exec(
    files.get('common/config.py') ?? '',
  )?.[1];
  const carried = release === undefined ? undefined : findCarriedSeries(release);
  if (carried?.digest === digest) {
    return { facts: { ...carried, version: kolla.version ?? carried.version }, unread: [] };
  }
  return importFrom(files, digest, kolla.version ?? carried?.version ?? release ?? '');
}

/** Reads the tables of that kolla, carried or not. Throws what `importSeries` throws. */
export async function importPackage(kolla: KollaPackage, version: string): Promise<ImportedSeries> {
  const { files, digest } = readFactFiles(kolla.dir);
  return importFrom(files, digest, version);
}

async function importFrom(
  files: ReadonlyMap<string, string>,
  digest: string,
  version: string,
): Promise<ImportedSeries> {
  const { importSeries } = await import('../kolla/series-import/import-series.js');
  const read: PackageReader = (path) => files.get(path);
  return importSeries(read, { version, digest });
}

function readFactFiles(dir: string): { files: Map<string, string>; digest: string } {
  const files = new Map<string, string>();
  const hash = createHash('sha256');
  for (const file of PACKAGE_FILES) {
    const path = join(dir, file);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    files.set(file, text);
    hash.update(`${file}\0${text}\0`);
  }
  return { files, digest: hash.digest('hex') };
}

/** `<prefix>/share/kolla` and `<prefix>/local/share/kolla` belong to the Python of that prefix. */
function installedPackages(shareKolla: string): string[] {
  if (basename(shareKolla) !== 'kolla' || basename(dirname(shareKolla)) !== 'share') return [];
  const prefix = dirname(dirname(shareKolla));
  return [...sitePackages(prefix), ...sitePackages(dirname(prefix))];
}

function sitePackages(prefix: string): string[] {
  const found: string[] = [];
  for (const lib of ['lib', 'lib64', 'local/lib']) {
    const dir = join(prefix, lib);
    if (!existsSync(dir)) continue;
    for (const python of readdirSync(dir).sort().reverse()) {
      if (!python.startsWith('python')) continue;
      for (const packages of ['site-packages', 'dist-packages']) {
        found.push(join(dir, python, packages, 'kolla'));
      }
    }
  }
  return found;
}

/** Version in the metadata beside an installed package, or in the PKG-INFO of an unpacked release. */
function readVersion(packageDir: string): string | undefined {
  const parent = dirname(packageDir);
  const metadata = readdirSync(parent)
    .filter((name) => /^kolla-.*\.(?:dist|egg)-info$/.test(name) || name === 'kolla.egg-info')
    .flatMap((name) => [join(parent, name, 'METADATA'), join(parent, name, 'PKG-INFO')]);
  for (const path of [...metadata, join(parent, 'PKG-INFO')]) {
    if (!existsSync(path)) continue;
    const version = /^Version: (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1];
    if (version !== undefined) return version.trim();
  }
  return undefined;
}
