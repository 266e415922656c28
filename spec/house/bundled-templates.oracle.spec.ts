import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORACLES, oracle, requirement, ROOT } from '../support/requirements.js';
import { run, runKollaBuild } from '../support/run.js';
import { readTree, treeDifferences } from '../support/tree.js';

const RELEASE = '22.0.0';

describe.runIf(requirement('kolla', oracle.kolla(RELEASE) !== undefined))(
  'the bundled collection in the real kolla-build',
  () => {
    let scratch = '';
    beforeEach(() => {
      scratch = mkdtempSync(join(tmpdir(), 'kollage-bundled-'));
    });
    afterEach(() => rmSync(scratch, { recursive: true, force: true }));

    // It has no option for its template folder, but a `docker/` above its package comes first.
    function referenceWith(templates: string): string {
      const lib = join(ORACLES, `kolla-${RELEASE}/lib`);
      const site = join(lib, readdirSync(lib)[0]!, 'site-packages');
      cpSync(join(site, 'kolla'), join(scratch, 'reference/kolla'), { recursive: true });
      cpSync(templates, join(scratch, 'reference/docker'), { recursive: true });
      return join(scratch, 'reference');
    }

    it.each([
      ['alone', []],
      ['with the sample override', ['--template-override', join(ROOT, 'overrides/site.j2')]],
      [
        'with a prefix, a registry and without init',
        [
          '--image-name-prefix',
          'site-',
          '--registry',
          'r.example:5000',
          '--nouse-dumb-init',
          '--nodocker-healthchecks',
        ],
      ],
    ])(
      'renders the same %s',
      async (_name, args) => {
        const common = ['--base', 'debian', '--template-only', ...args, '--work-dir'];
        const python = join(ORACLES, `kolla-${RELEASE}/bin/python`);
        const [theirs, ours] = await Promise.all([
          run(python, ['-m', 'kolla.cmd.build', ...common, join(scratch, 'theirs')], {
            env: { PYTHONPATH: referenceWith(join(ROOT, 'templates')), PBR_VERSION: RELEASE },
          }),
          runKollaBuild([
            '--images-dir',
            join(ROOT, 'templates'),
            ...['--kolla-series', '2026.1', '--kolla-version', RELEASE],
            ...common,
            join(scratch, 'ours'),
          ]),
        ]);
        expect(theirs.status, theirs.stderr).toBe(0);
        expect(ours.status, ours.stderr).toBe(0);
        const [expected, actual] = [
          readTree(join(scratch, 'theirs')),
          readTree(join(scratch, 'ours')),
        ];
        expect(expected.size).toBeGreaterThan(15);
        expect(treeDifferences(expected, actual)).toEqual([]);
      },
      60_000,
    );
  },
);
