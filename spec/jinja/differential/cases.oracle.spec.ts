import { afterAll, describe, expect, it } from 'vitest';
import { oracle, requirement } from '../../support/requirements.js';
import { readAreas } from './case.js';
import { readGolden } from './golden.js';
import { type Names, PythonOracle } from './python-oracle.js';

/** Every case in one call takes Python its time on a busy machine. */
const TIMEOUT = 300_000;
const python = oracle.python();

describe.runIf(requirement('jinja2', python !== undefined))(
  "Python's Jinja2",
  { timeout: TIMEOUT },
  () => {
    const jinja2 = python === undefined ? undefined : new PythonOracle(python);
    const areas = readAreas();
    afterAll(() => {
      jinja2?.close();
    });

    it('is the version that we follow', async () => {
      expect((await jinja2!.versions()).jinja2).toBe('3.1.6');
    });

    it.each(areas.map((area) => [area.name, area] as const))(
      'still gives the recorded answers to %s',
      async (_, area) => {
        const answers = await jinja2!.answers(area.cases.map(({ spec }) => spec));
        const now = area.cases.map(({ title }, index) => [title, answers[index]]);
        expect(now).toEqual(area.cases.map(({ title }) => [title, readGolden(area).get(title)]));
      },
    );

    it('has no filter, test, global or method of a built-in type without a case', async () => {
      const all = await jinja2!.names();
      const used = await jinja2!.cover(areas.flatMap(({ cases }) => cases.map(({ spec }) => spec)));
      const missing = (kind: keyof Names): readonly string[] =>
        all[kind].filter((name) => !used[kind].includes(name));
      expect({
        filters: missing('filters'),
        tests: missing('tests'),
        globals: missing('globals'),
        methods: missing('methods'),
      }).toEqual({ filters: [], tests: [], globals: [], methods: [] });
    });

    it('is asked at least 2,000 cases', () => {
      expect(areas.flatMap(({ cases }) => cases).length).toBeGreaterThanOrEqual(2000);
    });
  },
);
