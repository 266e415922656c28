// Compiles all templates of a collection once, in a fresh process, and prints the seconds it took.
//   node compile-once.js folder
import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Environment, FileSystemLoader } from '../../dist/jinja/index.js';
import { tuneForShortRuns } from '../../dist/bin/tuning.js';

tuneForShortRuns();
const [folder] = process.argv.slice(2);
const environment = new Environment({ loader: new FileSystemLoader(folder) });
environment.filters.customizable = (value) => value;
const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.j2'));
const start = performance.now();
for (const name of names) environment.getTemplate(name);
console.log((performance.now() - start) / 1000);
