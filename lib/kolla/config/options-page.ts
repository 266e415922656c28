import type { OptionSpec } from '../option-spec.js';
import { OPTIONS } from '../options.js';

const ROWS: readonly OptionSpec[] = OPTIONS;

/** The page of options in Markdown, written from the option table. */
export function optionsPage(): string {
  const kollas = ROWS.filter((spec) => !spec.ours);
  const sections: [string, string, readonly OptionSpec[]][] = [
    [
      "kolla-build's own",
      'Where a series lacks one, `kolla-build` does not take it either. Defaults are those of 2026.1; a series may have others.',
      kollas.filter((spec) => spec.where !== 'file'),
    ],
    [
      'In files and the environment only',
      'In `[DEFAULT]`, underscores for dashes.',
      kollas.filter((spec) => spec.where === 'file'),
    ],
    [
      'Ours',
      'Long forms only, never abbreviated. In files and in the environment, too.',
      ROWS.filter((spec) => spec.ours),
    ],
  ];
  const body = sections.map(
    ([heading, note, rows]) =>
      `## ${heading}\n\n${note}\n\n| Option | Value | Default | Meaning |\n| --- | --- | --- | --- |\n${rows.map(row).join('')}`,
  );
  return `# Options\n\nWritten from \`lib/kolla/options.ts\` by \`npm run options\`; a spec holds the two together. \`kolla-build --help\` prints the same for the series at hand, \`kollage config\` shows what holds and who said so.\n\n${body.join('\n')}`;
}

function row(spec: OptionSpec): string {
  const flag = spec.flag ?? spec.name;
  const name = spec.where === 'file' ? spec.name.replaceAll('-', '_') : `--${flag}`;
  const spellings = spec.positional
    ? [`${spec.name} ...`]
    : [name, ...(spec.short ? [`-${spec.short}`] : [])];
  const cells = [
    spellings.map((spelling) => `\`${spelling}\``).join(', '),
    valueOf(spec, flag),
    defaultOf(spec),
    escapeCell(spec.help),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function valueOf(spec: OptionSpec, flag: string): string {
  const { choices, min } = spec;
  if (choices) return 'series' in choices ? 'per series' : choices.map((c) => `\`${c}\``).join(' ');
  switch (spec.type) {
    case 'bool':
      return spec.where === 'file' ? 'true or false' : `none; \`--no${flag}\``;
    case 'int':
      return min === undefined ? 'number' : `number from ${min}`;
    case 'multi':
      return 'text, repeatable';
    case 'list':
      return '`a,b`';
    case 'dict':
      return '`a:1,b:2`';
    case 'string':
      return 'text';
  }
}

function defaultOf({ default: preset, computed }: OptionSpec): string {
  if (computed) return 'see there';
  if (preset === undefined || preset === '' || Array.isArray(preset)) return '';
  return `\`${String(preset)}\``;
}

const escapeCell = (text: string): string => text.replace(/[|*_<>[\]]/g, (char) => `\\${char}`);
