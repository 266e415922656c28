import type { OptionIdentity } from '../option-spec.js';
import type { CommandLineArgument } from './command-line.js';
import type { Option } from './settings.js';

const PROGRAM = 'kolla-build';
const HELP_COLUMN = 24;

const BUILT_IN_HELP: Readonly<Record<string, string>> = {
  '--config-dir':
    'Folder whose *.conf files are read, by name. Values in them overrule earlier ones. Repeatable.',
  '--config-file':
    'Configuration file. Values in it overrule earlier ones, options to its left included. Repeatable.',
  '--help': 'Print this text, and stop.',
  '--shell_completion': 'Print a completion script for this shell, and stop. Must come first.',
  '--version': 'Print the version of kolla that is reproduced, and stop.',
};

const invocation = ({ takesValue, metavar }: CommandLineArgument, flag: string): string =>
  takesValue ? `${flag} ${metavar}` : flag;

/** The usage text that argparse prints, `width` columns wide. Our own options are left out, so that
 *  error output is kolla's. Source: CPython 3.11 argparse HelpFormatter. */
export function formatUsage(
  known: readonly CommandLineArgument[],
  positional: OptionIdentity | undefined,
  width: number,
): string {
  const parts = known
    .filter((argument) => argument.exact !== true)
    .map((argument) => `[${invocation(argument, argument.flags[0]!)}]`);
  const trailing = positional ? [`[${positional.name} ...]`] : [];
  const prefix = 'usage: ';
  const whole = `${prefix}${[PROGRAM, ...parts, ...trailing].join(' ')}`;
  if (whole.length <= width) return `${whole}\n`;
  if (prefix.length + PROGRAM.length > 0.75 * width) {
    const indent = ' '.repeat(prefix.length);
    const lines = [...wrapParts(parts, indent, width), ...wrapParts(trailing, indent, width)];
    return `${prefix}${PROGRAM}\n${lines.join('\n')}\n`;
  }
  const indent = ' '.repeat(prefix.length + PROGRAM.length + 1);
  const lines = [
    ...wrapParts([PROGRAM, ...parts], prefix, width, indent),
    ...wrapParts(trailing, indent, width),
  ];
  return `${lines.join('\n')}\n`;
}

function wrapParts(
  parts: readonly string[],
  indent: string,
  width: number,
  later = indent,
): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const part of parts) {
    if (line === undefined) line = indent + part;
    else if (line.length + 1 + part.length > width) {
      lines.push(line);
      line = later + part;
    } else line += ` ${part}`;
  }
  return line === undefined ? lines : [...lines, line];
}

/** The whole help text: usage, arguments, kolla's options, our own. */
export function formatHelp(
  known: readonly CommandLineArgument[],
  options: readonly Option[],
  width: number,
): string {
  const positional = options.find((option) => option.positional);
  const sections = [formatUsage(known, positional, width)];
  const section = (heading: string, rows: readonly (readonly [string, string])[]): void => {
    sections.push(
      `${heading}:\n${rows.map(([name, help]) => formatRow(name, help, width)).join('')}`,
    );
  };
  if (positional) section('positional arguments', [[positional.name, positional.help]]);
  const row = (argument: CommandLineArgument): readonly [string, string] => {
    const names = argument.flags.map((flag) => invocation(argument, flag)).join(', ');
    return [names, helpOf(argument)];
  };
  section('options', known.filter((argument) => argument.exact !== true).map(row));
  section(
    "options beyond kolla-build's, never abbreviated",
    known.filter((argument) => argument.exact === true).map(row),
  );
  return sections.join('\n');
}

function helpOf({ kind, flags, spec }: CommandLineArgument): string {
  const builtIn = BUILT_IN_HELP[flags.at(-1)!];
  if (builtIn !== undefined) return builtIn;
  if (!spec) return '';
  if (kind === 'inverse') return `The opposite of --${spec.flag ?? spec.name}.`;
  const { choices, default: preset } = spec as Option;
  const values = choices ? ` One of: ${choices.join(', ')}.` : '';
  const shown = typeof preset === 'string' || typeof preset === 'number' ? String(preset) : '';
  return `${spec.help}${values}${shown === '' ? '' : ` Default: ${shown}.`}`;
}

function formatRow(name: string, help: string, width: number): string {
  const lines = wrapText(help, Math.max(width - HELP_COLUMN, 11));
  const head = `  ${name}`;
  const indent = ' '.repeat(HELP_COLUMN);
  const first =
    head.length + 2 <= HELP_COLUMN ? head.padEnd(HELP_COLUMN) + (lines.shift() ?? '') : head;
  return [first.trimEnd(), ...lines.map((line) => indent + line)]
    .map((line) => `${line}\n`)
    .join('');
}

function wrapText(text: string, width: number): string[] {
  return wrapParts(text.split(/\s+/), '', width);
}
