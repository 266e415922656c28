#!/usr/bin/env node
import { tuneForShortRuns } from '../dist/bin/tuning.js';

tuneForShortRuns();
const [{ processIo }, { kollage }] = await Promise.all([
  import('../dist/bin/io.js'),
  import('../dist/bin/kollage.js'),
]);
process.exitCode = await kollage(process.argv.slice(2), processIo());
