import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPackage, importPackage } from '../../../lib/adapters/kolla-package.js';
import { listSeries, loadSeries } from '../../../lib/adapters/series-files.js';
import { oracle, requirement, ROOT } from '../../support/requirements.js';

/** What Python itself holds in the tables, sets as sorted lists. */
const DUMP = `
import json, sys
sys.path.insert(0, sys.argv[1])
from kolla.common import config
try:
    from kolla.image.unbuildable import UNBUILDABLE_IMAGES
except ImportError:
    from kolla.image.build import UNBUILDABLE_IMAGES
options = {}
for opt in config._CLI_OPTS + config._BASE_OPTS:
    if opt.name not in ('base-arch', 'debian-arch', 'tag'):
        options[opt.name] = opt.default
json.dump({
    'bases': config.BASE_OS_DISTRO,
    'release': config.OPENSTACK_RELEASE,
    'users': config.USERS,
    'sources': config.SOURCES,
    'options': options,
    'profiles': {opt.name: opt.default for opt in config._PROFILE_OPTS},
    'unbuildable': {key: sorted(images) for key, images in UNBUILDABLE_IMAGES.items()},
}, sys.stdout)
`;

/** Python prefix that a released kolla is installed in. */
function releasedPackage(version: string): string | undefined {
  const program = oracle.kolla(version);
  return program && dirname(dirname(program));
}

describe.each(listSeries().filter((series) => series !== 'master'))('series %s', (series) => {
  const carried = loadSeries(series);
  const folder = releasedPackage(carried.version);

  describe.runIf(requirement('kolla', folder !== undefined))(`kolla ${carried.version}`, () => {
    it('is reproduced byte for byte from the released package', async () => {
      const kolla = findPackage(folder ?? '');
      expect(kolla?.version).toBe(carried.version);
      const imported = await importPackage(kolla!, carried.version);
      const file = readFileSync(join(ROOT, `lib/kolla/series/${series}.json`), 'utf8');
      expect(`${JSON.stringify(imported.facts, null, 2)}\n`).toBe(file);
      expect(imported.unread).toEqual([]);
    });

    const python = join(folder ?? '', 'bin/python');
    it('holds what Python holds in the same tables', () => {
      const package_ = findPackage(folder ?? '')!;
      const run = spawnSync(python, ['-c', DUMP, dirname(package_.dir)], { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      const held = JSON.parse(run.stdout) as Record<string, unknown>;
      const computed = ['base-arch', 'debian-arch', 'tag'];
      const options = Object.fromEntries(
        Object.entries(carried.options).filter(([name]) => !computed.includes(name)),
      );
      const unbuildable = Object.fromEntries(
        Object.entries(carried.unbuildable).map(([key, images]) => [key, [...images].sort()]),
      );
      const { bases, release, users, sources, profiles } = carried;
      expect({ bases, release, users, sources, options, profiles, unbuildable }).toEqual(held);
    });
  });
});
