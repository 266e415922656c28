#!/usr/bin/env node
import { tuneForShortRuns } from '../dist/bin/tuning.js';

tuneForShortRuns();
const [{ processIo }, { kollaBuild }] = await Promise.all([
  import('../dist/bin/io.js'),
  import('../dist/bin/kolla-build.js'),
]);
process.exitCode = await kollaBuild(process.argv.slice(2), processIo());
