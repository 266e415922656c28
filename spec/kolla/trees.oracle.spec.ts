import { describe } from 'vitest';
import { oracle, requirement } from '../support/requirements.js';
import { fixture, pairs, treeTests, type TreeCase } from '../support/tree-cases.js';

const RELEASE = '22.0.0';
const BASES = ['debian', 'ubuntu', 'rocky', 'centos'] as const;
const ARCHES = ['x86_64', 'aarch64'] as const;
const OVERRIDE = fixture('kolla/overrides/site-2026.1.j2');

const plain = pairs(BASES, ARCHES).map(([base, arch]): TreeCase => ({
  name: `${base} on ${arch}`,
  release: RELEASE,
  args: ['--base', base, '--base-arch', arch],
}));

const overridden = plain.map((spec): TreeCase => ({
  ...spec,
  name: `${spec.name} with an override`,
  args: [...spec.args, '--template-override', OVERRIDE],
}));

describe.runIf(requirement('kolla', oracle.kolla(RELEASE) !== undefined))(
  `the trees of kolla ${RELEASE} equal the reference's`,
  () => {
    treeTests(plain);
    treeTests(overridden);
  },
);
