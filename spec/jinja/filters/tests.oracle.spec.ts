import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TESTS } from '../../../lib/jinja/tests.js';
import { oracle, requirement } from '../../support/requirements.js';
import type { CaseSpec } from '../differential/case.js';
import { PythonOracle } from '../differential/python-oracle.js';
import { comparable, ours, VALUES } from './matrix.js';

/** Arguments that tests are called with besides none. */
const ARGUMENTS = ['', '(1)', `('a')`, '(none)', '([1, 2])', '(0)', '(2, 3)', '(x=1)', `('abs')`];

const run = requirement('jinja2', oracle.python() !== undefined);

describe.runIf(run)('built-in tests answer as Python', () => {
  let python: PythonOracle;
  beforeAll(() => {
    python = new PythonOracle(oracle.python() ?? '');
  });
  afterAll(() => python.close());

  test.for(Object.keys(TESTS).sort())('%s', async (name) => {
    const cases: CaseSpec[] = ARGUMENTS.flatMap((args) =>
      VALUES.map((value) => {
        // Operators are no names: only `select` and its kin can say them.
        const list = args.slice(1, -1);
        const call = /^\w+$/.test(name)
          ? `{{ v is ${name}${args} }}`
          : `{{ [v]|select('${name}'${list === '' ? '' : `, ${list}`})|list }}`;
        return { template: `{% set v = ${value} %}${call}` };
      }),
    );
    const answers = await python.answers(cases);
    const different = cases.flatMap((spec, i) => {
      const theirs = comparable(answers[i]!);
      const own = comparable(ours(spec));
      return own === theirs ? [] : [`${spec.template}\n  theirs ${theirs}\n  ours   ${own}`];
    });
    expect(different.join('\n')).toBe('');
  });
});
