import type { OptionIdentity } from '../option-spec.js';
import { parseArguments, type Argument } from './arguments.js';
import type { ConfigFiles, DefaultPlaces } from './config-files.js';
import { Namespace } from './namespace.js';
import type { Option } from './settings.js';

/** What oslo.config adds to every program's options. */
export const BUILT_IN: readonly Option[] = [
  { name: 'config-dir', type: 'string', help: '' },
  { name: 'config-file', type: 'string', help: '' },
  { name: 'shell_completion', type: 'string', choices: ['bash', 'zsh'], help: '' },
];

const METAVARS: Readonly<Record<string, string>> = { 'config-dir': 'DIR', 'config-file': 'PATH' };

/** One spelling of one option on the command line. */
export interface CommandLineArgument extends Argument {
  readonly kind: 'help' | 'version' | 'option' | 'inverse' | 'config-dir' | 'config-file';
  readonly spec: OptionIdentity | undefined;
  readonly metavar: string;
}

/** A command line that asks for something other than a run. */
export type EarlyExit = {
  readonly exit: 'help' | 'version' | 'completion-bash' | 'completion-zsh';
};

/** Everything that can stand on a command line, in the order of argparse's tables: `-h` first, the
 *  rest sorted. Abbreviations and messages depend on the order. */
export function commandLineArguments(options: readonly OptionIdentity[]): CommandLineArgument[] {
  const args: CommandLineArgument[] = [];
  const add = (
    kind: CommandLineArgument['kind'],
    flags: string[],
    spec: OptionIdentity | undefined,
    takesValue: boolean,
    metavar = '',
  ): void => {
    args.push({ kind, flags, spec, takesValue, metavar, exact: spec?.ours === true });
  };
  for (const spec of [...options, ...BUILT_IN]) {
    if (spec.where === 'file' || spec.positional) continue;
    const flag = spec.flag ?? spec.name;
    const flags = [`--${flag}`, ...(spec.short ? [`-${spec.short}`] : [])];
    if (spec.type === 'bool') {
      add('option', flags, spec, false);
      add('inverse', [`--no${flag}`], spec, false);
    } else {
      const kind = spec.name === 'config-dir' || spec.name === 'config-file' ? spec.name : 'option';
      const dest = spec.name.replaceAll('-', '_').toUpperCase();
      add(kind, flags, spec, true, METAVARS[spec.name] ?? dest);
    }
  }
  add('version', ['--version'], undefined, false);
  args.sort((a, b) => (a.flags[0]! < b.flags[0]! ? -1 : 1));
  return [
    {
      kind: 'help',
      flags: ['-h', '--help'],
      spec: undefined,
      takesValue: false,
      metavar: '',
      exact: false,
    },
    ...args,
  ];
}

class Stop extends Error {
  constructor(readonly exit: EarlyExit['exit']) {
    super(exit);
  }
}

/**
 * Reads the default files, then the command line from left to right, and each file that it names
 * where it names it. Throws `UsageError` and `ConfigError`.
 * Source: oslo.config: cfg.py _parse_config_files @10.7.0.
 */
export function readCommandLine(
  options: readonly OptionIdentity[],
  argv: readonly string[],
  files: ConfigFiles,
  places: DefaultPlaces,
): Namespace | EarlyExit {
  const known = commandLineArguments(options);
  const completion = argv[0] === '--shell_completion' ? argv[1] : undefined;
  if (completion === 'bash' || completion === 'zsh') return { exit: `completion-${completion}` };

  const cliOptions = [...options.filter((spec) => spec.where !== 'file'), ...BUILT_IN];
  const namespace = new Namespace(cliOptions, files);
  // oslo.config looks for these very words; an abbreviation leaves the defaults in force.
  const names = (flag: string): boolean =>
    argv.some((argument) => argument === flag || argument.startsWith(`${flag}=`));
  if (!names('--config-file')) for (const path of places.files) namespace.parseFile(path);
  if (!names('--config-dir')) for (const folder of places.folders) namespace.parseFolder(folder);

  const positional = options.find((spec) => spec.positional);
  const origin = { kind: 'command line' } as const;
  try {
    parseArguments(known, argv, {
      option({ kind, spec }, value) {
        if (kind === 'help' || kind === 'version') throw new Stop(kind);
        if (!spec) return;
        if (kind === 'config-file') namespace.parseFile(value ?? '');
        else if (kind === 'config-dir') namespace.parseFolder(value ?? '');
        else if (spec.type === 'multi') namespace.append(spec, { value: value ?? '', origin });
        else namespace.set(spec, [{ value: value ?? kind === 'option', origin }]);
      },
      positionals(values) {
        if (positional) {
          namespace.set(
            positional,
            values.map((value) => ({ value, origin })),
          );
        }
      },
    });
  } catch (error) {
    if (error instanceof Stop) return { exit: error.exit };
    throw error;
  }
  return namespace;
}
