import { BINARY_RUNS, STREAM_RUNS, UNSELECTED_RUNS } from './old-cases.js';
import { sameRuns } from './same-runs.js';

sameRuns(
  'kolla-build 9.4.0 does the same for',
  '9.4.0',
  { ...BINARY_RUNS, ...UNSELECTED_RUNS },
  {
    runs: 11,
    wrong: 1,
  },
);
sameRuns(
  'kolla-build 14.12.0 does the same for',
  '14.12.0',
  { ...BINARY_RUNS, ...STREAM_RUNS },
  { runs: 9, wrong: 3 },
);
