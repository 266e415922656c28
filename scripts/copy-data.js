// tsc emits code only; the data files beside it are read at run time.
import { cpSync, statSync } from 'node:fs';
import { extname } from 'node:path';

const DATA = new Set(['.json', '.yaml']);

cpSync('lib', 'dist', {
  recursive: true,
  filter: (source) => statSync(source).isDirectory() || DATA.has(extname(source)),
});
