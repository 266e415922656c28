import { writeFileSync } from 'node:fs';
import { findPackage, importPackage } from '../../adapters/kolla-package.js';
import { UsageError } from '../../kolla/config/errors.js';
import { JSON_OPTION, toJson, type Command } from './command.js';

/** `kollage import-series`: the facts of a kolla, read from its Python tables. */
export const importSeriesCommand: Command = {
  usage: 'import-series <dir>',
  summary: 'Read the tables of a kolla checkout or installation into a series file',
  examples: [
    ['kollage import-series ~/src/kolla > mine.json', 'A checkout'],
    ['kollage import-series venv --output 2026.1.json', 'What pip installed into venv'],
  ],
  options: {
    output: { type: 'string', requiresArg: true, describe: 'File to write. Default: stdout.' },
    'kolla-version': {
      type: 'string',
      requiresArg: true,
      describe: 'Version to note down. Default: what the metadata of the package say.',
    },
    json: {
      ...JSON_OPTION['json'],
      describe: 'Print what could not be read as JSON, too, in place of warnings.',
    },
  },
  async run(parsed, io) {
    const dir = String(parsed['dir']);
    const kolla = findPackage(dir);
    if (!kolla) throw new UsageError(`There is no kolla in ${dir}: no common/config.py is found`);
    const version = (parsed['kolla-version'] as string | undefined) ?? kolla.version ?? '';
    const { facts, unread } = await importPackage(kolla, version);
    const output = parsed['output'] as string | undefined;
    if (output !== undefined) writeFileSync(output, toJson(facts));
    if (parsed['json'] === true)
      io.stdout(toJson(output === undefined ? { facts, unread } : unread));
    else {
      if (output === undefined) io.stdout(toJson(facts));
      for (const { file, line, name, reason } of unread) {
        io.stderr(`${kolla.dir}/${file}:${line}: ${name} is left out: ${reason}\n`);
      }
    }
    return 0;
  },
};
