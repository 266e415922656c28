// `npm run bench [-- name ...] [--quick] [--runs N]`: measures against the reference programs.
// Each bench is a file of this folder, `<name>.bench.js`, that exports `bench({ runs, quick })` and
// checks that both sides give the same before it times them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, runs: { type: 'string' } },
});
const folder = import.meta.dirname;
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.js'))
  .map((file) => file.slice(0, -'.bench.js'.length))
  .sort();
const names = positionals.length > 0 ? positionals : all;
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  process.exit(2);
}
if (!existsSync(join(folder, '../../dist'))) {
  console.error('dist/ is missing: npm run build');
  process.exit(2);
}

const release = existsSync('/etc/os-release')
  ? /^PRETTY_NAME="(.*)"/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  : process.platform;
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ` +
    `${Math.round(totalmem() / 2 ** 30)} GiB, ${release}, Node ${process.version}`,
);
for (const name of names) {
  console.log(`\n${name}`);
  const { bench } = await import(`./${name}.bench.js`);
  await bench({
    quick: values.quick,
    runs: values.runs === undefined ? (values.quick ? 3 : 5) : Number(values.runs),
  });
}
