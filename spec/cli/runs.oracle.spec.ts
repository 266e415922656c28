import { RELEASE } from './run-both.js';
import { FAILURES, RUNS } from './run-cases.js';
import { sameRuns } from './same-runs.js';

sameRuns('kolla-build does the same for', RELEASE, RUNS, { runs: 80, wrong: 0 });
sameRuns('kolla-build refuses', RELEASE, FAILURES, { runs: 38, wrong: 38 });
