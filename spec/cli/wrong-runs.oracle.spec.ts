import { sameRuns } from './same-runs.js';
import { wrongCases } from './wrong-cases.js';

for (const release of ['9.4.0', '18.8.0', '20.6.0', '22.0.0', '23.0.0']) {
  sameRuns(`kolla-build ${release} refuses`, release, wrongCases(release), { runs: 85, wrong: 85 });
}
