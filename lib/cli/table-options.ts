import type { Options as YargsOptions } from 'yargs';
import type { OptionSpec } from '../kolla/option-spec.js';
import { OPTIONS } from '../kolla/options.js';

const ROWS = (OPTIONS as readonly OptionSpec[]).filter(
  (spec) => spec.where !== 'file' && !spec.positional,
);

const flagOf = (spec: OptionSpec): string => spec.flag ?? spec.name;

/** Options whose work a command of its own does. */
const COMMANDS_INSTEAD = new Set([
  'list-images',
  'list-dependencies',
  'save-dependency',
  'template-only',
]);

/** The option table as yargs wants it. Values stay text: one place checks them, for every face. */
export function yargsOptions(): Record<string, YargsOptions> {
  const options: Record<string, YargsOptions> = {
    'config-file': {
      array: true,
      string: true,
      nargs: 1,
      group: 'Configuration:',
      describe: 'Configuration file; later ones overrule earlier ones. Repeatable.',
    },
    'config-dir': {
      array: true,
      string: true,
      nargs: 1,
      group: 'Configuration:',
      describe: 'Folder whose *.conf files are read, by name. Repeatable.',
    },
  };
  for (const spec of ROWS) {
    if (COMMANDS_INSTEAD.has(spec.name)) continue;
    const shared: YargsOptions = {
      describe: describeOption(spec),
      group: 'Options of a run:',
      ...(spec.short !== undefined && { alias: spec.short }),
    };
    options[flagOf(spec)] =
      spec.type === 'bool'
        ? { ...shared, type: 'boolean' }
        : spec.type === 'multi'
          ? { ...shared, array: true, string: true, nargs: 1 }
          : { ...shared, type: 'string', requiresArg: true };
  }
  return options;
}

function describeOption(spec: OptionSpec): string {
  const { choices, default: preset } = spec;
  const values = Array.isArray(choices) ? ` One of: ${choices.join(', ')}.` : '';
  const shown = typeof preset === 'string' || typeof preset === 'number' ? String(preset) : '';
  return `${spec.help}${values}${shown === '' ? '' : ` Default: ${shown}.`}`;
}

/** What yargs parsed as a command line of kolla-build: files first, so that options overrule them
 *  wherever they stand. */
export function toArgv(parsed: Readonly<Record<string, unknown>>): string[] {
  const argv: string[] = [];
  const add = (flag: string, value: unknown): void => {
    if (value === undefined) return;
    if (typeof value === 'boolean') argv.push(value ? `--${flag}` : `--no${flag}`);
    else if (Array.isArray(value)) for (const item of value) add(flag, item);
    else argv.push(`--${flag}=${String(value)}`);
  };
  for (const flag of ['config-file', 'config-dir', ...ROWS.map(flagOf)]) add(flag, parsed[flag]);
  const regexes = parsed['regex'];
  return Array.isArray(regexes) && regexes.length > 0
    ? [...argv, '--', ...regexes.map(String)]
    : argv;
}
