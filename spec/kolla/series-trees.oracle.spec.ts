import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OPTION_SETS } from '../support/option-sets.js';
import { oracle, requirement } from '../support/requirements.js';
import { pairs, treeTests, type TreeCase } from '../support/tree-cases.js';

const OLD = ['centos', 'debian', 'ubuntu'];
const ALL = ['centos', 'debian', 'rocky', 'ubuntu'];

/** The newest release of each series that the package registry has, and the bases it knows. 22.0.0
 *  has a spec file of its own for its plain trees. */
const SERIES: readonly (readonly [release: string, bases: readonly string[]])[] = [
  ['9.4.0', OLD],
  ['10.4.0', OLD],
  ['11.3.0', OLD],
  ['12.7.0', OLD],
  ['13.10.0', OLD],
  ['14.12.0', ALL],
  ['15.6.0', ALL],
  ['16.6.0', ALL],
  ['17.9.0', ALL],
  ['18.8.0', ALL],
  ['19.8.0', ALL],
  ['20.6.0', ALL],
  ['21.3.0', ALL],
  ['22.0.0', ALL],
  ['23.0.0', ['debian', 'rocky', 'ubuntu']],
];
const ARCHES = ['x86_64', 'aarch64'];

const scratch = mkdtempSync(join(tmpdir(), 'kollage-series-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const plain = (release: string, bases: readonly string[]): TreeCase[] =>
  pairs(bases, ARCHES).map(([base, arch]) => ({
    name: `${base} on ${arch}`,
    release,
    args: ['--base', base, '--base-arch', arch],
  }));

/** One tree per option set; bases and architectures take turns. */
function withOptions(release: string, bases: readonly string[]): TreeCase[] {
  const major = Number.parseInt(release, 10);
  return OPTION_SETS.filter(
    ({ since = 0, until = Infinity }) => since <= major && major <= until,
  ).map((set, index) => {
    const usable = set.bases ?? bases;
    const base = usable[(index + major) % usable.length]!;
    const packaged = base === 'debian' && 10 <= major && major <= 12;
    const arch = packaged ? 'x86_64' : ARCHES[(index >> 1) % ARCHES.length]!;
    return {
      name: `${set.name} (${base}, ${arch})`,
      release,
      args: ['--base', base, '--base-arch', arch, ...set.args(release, scratch)],
      ...(set.env && { env: set.env }),
    };
  });
}

/** Cases that both programs refuse, so that there are no trees to compare: Debian has packages for one
 *  architecture alone, and a table that takes the place of kolla's lacks repositories that templates
 *  ask for. Wherever else the reference fails, the test does. */
const REFUSED: ReadonlySet<string> = new Set([
  '10.4.0: debian on aarch64',
  '11.3.0: debian on aarch64',
  '12.7.0: debian on aarch64',
  '21.3.0: a few other repositories',
  '22.0.0: a few other repositories',
]);

const isRefused = ({ release, name }: TreeCase): boolean =>
  REFUSED.has(`${release}: ${name.replace(/ \(.*/, '')}`);

const expected = (cases: readonly TreeCase[]): TreeCase[] =>
  cases.map((spec) =>
    isRefused(spec) ? { ...spec, name: `${spec.name}: refused by both`, fails: true } : spec,
  );

for (const [release, bases] of SERIES) {
  const runs = requirement('kolla', oracle.kolla(release) !== undefined);
  describe.runIf(runs)(`the trees of kolla ${release} equal the reference's`, () => {
    if (!runs) return;
    const sets = withOptions(release, bases);
    it('are compared for twelve option sets at least', () => {
      const compared = sets.filter((spec) => !isRefused(spec)).length;
      console.log(`kolla ${release}: the trees of ${compared} option sets are compared`);
      expect(compared).toBeGreaterThanOrEqual(12);
    });
    if (release !== '22.0.0') treeTests(expected(plain(release, bases)));
    treeTests(expected(sets));
  });
}
