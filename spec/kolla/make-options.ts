import { loadSeries } from '../../lib/adapters/series-files.js';
import { resolveOptions } from '../../lib/kolla/config/resolve-options.js';
import type { Image } from '../../lib/kolla/image.js';
import type { Options } from '../../lib/kolla/options.js';

/** Options as a command line gives them, with the text of one configuration file. */
export function makeOptions(argv: readonly string[], series = '2026.1', config = ''): Options {
  const facts = loadSeries(series);
  const resolved = resolveOptions({
    argv: config === '' ? argv : ['--config-file', 'test.conf', ...argv],
    env: {},
    files: {
      exists: () => false,
      listConf: () => [],
      read: () => ({ text: config }),
      resolve: (path) => path,
    },
    facts,
    version: facts.version,
    machine: 'x86_64',
  });
  if ('exit' in resolved) throw new Error(`these options end the program: ${argv.join(' ')}`);
  return resolved.options;
}

/** An image of a made-up collection, not yet linked. */
export function makeImage(name: string, parent = '', folder = name): Image {
  return {
    name,
    canonicalName: `kolla/${name}:1`,
    folder,
    path: `/w/${folder}`,
    parentName: parent === '' ? 'debian:trixie' : `kolla/${parent}:1`,
    children: [],
    status: 'unprocessed',
    plugins: [],
    additions: [],
    untypedSources: [],
    labels: new Map(),
    dockerfile: '',
  };
}
