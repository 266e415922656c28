import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ORACLES } from './requirements.js';

/** Folder of the templates that an installed kolla release uses: beside its code from 23 on,
 *  `share/kolla` before. */
export function kollaImagesDir(release: string): string {
  const prefix = join(ORACLES, `kolla-${release}`);
  const packages = readdirSync(join(prefix, 'lib')).map((python) =>
    join(prefix, 'lib', python, 'site-packages/kolla/docker'),
  );
  const found = [...packages, join(prefix, 'share/kolla/docker')].find((path) => existsSync(path));
  if (!found) throw new Error(`kolla ${release} has no templates below ${prefix}`);
  return found;
}
