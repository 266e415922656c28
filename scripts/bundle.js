// Node takes half a millisecond to load a module, and the programs are made of two hundred. Bundled,
// they start a tenth of a second earlier; what they load on demand stays apart.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** nunjucks is part of every start, dockerode of every build; others load when they are needed. */
const BUNDLED = [
  ...['nunjucks', 'asap', 'a-sync-waterfall', 'commander'],
  ...['dockerode', 'docker-modem', 'split-ca'],
];
const FOLDER = 'dist/bin';
const isPackage = (id) => /^(?:@[^/]+\/)?[a-z][^/:\\]*/.test(id) && !id.startsWith('node:');

// What packages load and we never call. For dockerode it is two hundred modules, for gRPC, protocol
// buffers, an SSH client and archives: they cost every build a tenth of a second and 20 MiB. Of
// nunjucks it is the language, which is ours.
const UNUSED = `module.exports = () => { throw new Error('left out of the bundle'); };`;
const EMPTY = 'module.exports = {};';
const REPLACED = {
  nunjucks: { './compiler': UNUSED, './filters': EMPTY, './tests': EMPTY },
  dockerode: {
    './session': UNUSED,
    './buildkit': UNUSED,
    'tar-fs': UNUSED,
    '@balena/dockerignore': UNUSED,
  },
  'docker-modem': {
    './ssh': UNUSED,
    './http_duplex': UNUSED,
    // Most daemons listen on a socket.
    https: `module.exports = { request: (...args) => require('node:https').request(...args) };`,
    debug: 'module.exports = () => () => undefined;',
    // It writes out every request, whether or not anybody debugs.
    util: `module.exports = { inspect: () => '' };`,
  },
};
const importing = (importer) => /node_modules\/([^/]+)\/[^]*$/.exec(importer ?? '')?.[1];
const trimDockerode = {
  name: 'trim-dockerode',
  resolveId: (id, importer) =>
    REPLACED[importing(importer)]?.[id] === undefined ? null : `\0${importing(importer)}:${id}.cjs`,
  load: (id) => {
    const [, by, module] = /^\0([^:]+):(.*)\.cjs$/.exec(id) ?? [];
    return REPLACED[by]?.[module] ?? null;
  },
};

const bundle = await rolldown({
  input: ['tuning', 'io', 'kolla-build', 'kollage'].map((name) => `dist/cli/${name}.js`),
  platform: 'node',
  external: (id, importer) =>
    isPackage(id) && !BUNDLED.includes(id.split('/')[0]) && !REPLACED[importing(importer)]?.[id],
  plugins: [trimDockerode],
  onLog: (level, log, report) => {
    if (level === 'warn') return;
    report(level, log);
  },
});
// One folder below dist, as the modules are, so that paths relative to a module hold.
const { output } = await bundle.generate({
  format: 'esm',
  chunkFileNames: '[name]-[hash].js',
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
mkdirSync(FOLDER, { recursive: true });
for (const { fileName, code } of output) {
  // V8 holds a text with a single character beyond Latin-1 in twice the memory.
  const ascii = code.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(join(FOLDER, fileName), ascii);
}

const licences = BUNDLED.flatMap((name) => {
  const folder = join('node_modules', name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^licen[cs]e/i.test(file))
    .map((file) => `${name}\n\n${readFileSync(join(folder, file), 'utf8')}`);
});
const LICENCES = 'third-party-licences.txt';
writeFileSync(join(FOLDER, LICENCES), licences.join('\n\n'));

const current = new Set([LICENCES, ...output.map(({ fileName }) => fileName)]);
for (const file of readdirSync(FOLDER)) if (!current.has(file)) rmSync(join(FOLDER, file));
