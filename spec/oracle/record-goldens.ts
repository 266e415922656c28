import { afterAll, describe, it } from 'vitest';
import { oracle } from '../support/requirements.js';
import { readAreas } from '../jinja/differential/case.js';
import { writeGolden } from '../jinja/differential/golden.js';
import { PythonOracle } from '../jinja/differential/python-oracle.js';

const python = oracle.python();
if (python === undefined) throw new Error('recording needs Python with Jinja2 3.1.6: .ci/oracles');
const jinja2 = new PythonOracle(python);
afterAll(() => {
  jinja2.close();
});

describe('goldens', () => {
  it.each(readAreas().map((area) => [area.name, area] as const))('records %s', async (_, area) => {
    const answers = await jinja2.answers(area.cases.map(({ spec }) => spec));
    writeGolden(area, answers, await jinja2.versions());
  });
});
