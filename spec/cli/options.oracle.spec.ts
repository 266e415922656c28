import type { ConfigCase } from '../kolla/config/compare-options.js';
import { CASES } from '../kolla/config/config-cases.js';
import { RELEASE, type Invocation } from './run-both.js';
import { sameRuns } from './same-runs.js';

/** Where the real program crashes in Python and ours says why: what ours says instead. */
const OUR_WORDS: Readonly<Record<string, string>> = {
  'every flag': 'Unable to connect to container engine daemon',
  'a reference in a list': 'Profile: rocky does not exist',
  'repeatable options collect': '/a: no such file or folder',
  'repeatable options in files and on the command line': '/a: no such file or folder',
};

/** Every option case as a whole run that renders: the files show what the options did. */
const rendering = (name: string, given: ConfigCase): Invocation => ({
  ...given,
  ...(name in OUR_WORDS && { traceback: OUR_WORDS[name]! }),
  env: {
    OS_DEFAULT__TEMPLATE_ONLY: 'true',
    OS_DEFAULT__WORK_DIR: '{dir}/work',
    ...given.env,
  },
});

const cases = Object.entries(CASES).map(([name, given]) => [name, rendering(name, given)] as const);

sameRuns('kolla-build does the same with', RELEASE, Object.fromEntries(cases), {
  runs: 200,
  wrong: 60,
});
