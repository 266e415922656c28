// Node takes half a millisecond to load a module, and the programs are made of two hundred. Bundled,
// they start a tenth of a second earlier; what they load on demand stays apart.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** nunjucks is part of every start; other packages load when they are needed. */
const BUNDLED = ['nunjucks', 'asap', 'a-sync-waterfall', 'commander'];
const isPackage = (id) => /^(?:@[^/]+\/)?[a-z][^/:\\]*/.test(id) && !id.startsWith('node:');

const bundle = await rolldown({
  input: ['io', 'kolla-build', 'kollage'].map((name) => `dist/cli/${name}.js`),
  platform: 'node',
  external: (id) => isPackage(id) && !BUNDLED.includes(id.split('/')[0]),
  onLog: (level, log, report) => {
    if (level === 'warn') return;
    report(level, log);
  },
});
// One folder below dist, as the modules are, so that paths relative to a module hold.
await bundle.write({ dir: 'dist/bin', format: 'esm', chunkFileNames: '[name]-[hash].js' });
await bundle.close();

const licences = BUNDLED.flatMap((name) => {
  const folder = join('node_modules', name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^licen[cs]e/i.test(file))
    .map((file) => `${name}\n\n${readFileSync(join(folder, file), 'utf8')}`);
});
writeFileSync('dist/bin/third-party-licences.txt', licences.join('\n\n'));
