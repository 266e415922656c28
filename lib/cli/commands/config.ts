import { redactPasswords } from '../../adapters/redact.js';
import { destOf } from '../../kolla/config/namespace.js';
import { describeOrigin } from '../../kolla/config/origin.js';
import { UsageError } from '../../kolla/config/errors.js';
import type { Settings } from '../../kolla/config/settings.js';
import { argumentSecrets, redactor } from '../../kolla/secrets.js';
import { nearest } from '../../kolla/nearest.js';
import type { Io } from '../io.js';
import { findSurroundings, readOptions } from '../session.js';
import { toArgv, yargsOptions } from '../table-options.js';
import { JSON_OPTION, toJson, type Command, type Parsed } from './command.js';

interface Row {
  readonly option: string;
  readonly value: unknown;
  readonly origin: string;
}

/** `kollage config`: what a run would go by, and who said so. */
export const configCommand: Command = {
  usage: 'config [name..]',
  summary: 'Show the options that a run would have, and where each value comes from',
  examples: [
    ['kollage config', 'Every option that is not at its default'],
    ['kollage config --all', 'Every option'],
    ['kollage config base tag -b debian', 'Two options, with -b debian given'],
    ['kollage config keystone-base.location', 'An option of a section'],
  ],
  options: {
    ...yargsOptions(),
    ...JSON_OPTION,
    all: { type: 'boolean', default: false, describe: 'Show options at their defaults, too.' },
  },

  async run(parsed: Parsed, io: Io): Promise<number> {
    const argv = toArgv(parsed);
    const surroundings = await findSurroundings(argv, io);
    const resolved = readOptions(argv, io, surroundings);
    if ('exit' in resolved) return 0;
    const { settings, options } = resolved;
    const names = surroundings.table.map(destOf);
    const asked = (parsed['name'] as string[] | undefined) ?? [];
    const rows =
      asked.length > 0
        ? asked.map((name) => {
            const dot = name.lastIndexOf('.');
            if (dot > 0) prepareSection(options, name.slice(0, dot));
            return dot > 0
              ? explain(settings, name.slice(dot + 1), name.slice(0, dot))
              : explain(settings, requireOption(name, names), null);
          })
        : names
            .map((name) => explain(settings, name, null))
            .filter(({ origin }) => parsed['all'] === true || origin !== 'default');
    const redact = redactor(secretsOf(settings));
    const hide = (text: string): string => redactPasswords(redact(text));
    const shown = rows.map((row) => ({ ...row, value: mapTexts(row.value, hide) }));
    io.stdout(parsed['json'] === true ? toJson(shown) : table(shown));
    return 0;
  },
};

/** Values that no report shows, as far as they are valid. */
function secretsOf(settings: Settings): string[] {
  const read = (name: string): unknown => {
    try {
      return settings.explain(name, null).value;
    } catch {
      return undefined;
    }
  };
  const [args, names] = [read('build_args'), read('secret_build_args')];
  return argumentSecrets(
    args instanceof Map ? (args as Map<string, string>) : new Map(),
    Array.isArray(names) ? (names as string[]) : [],
  );
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]),
  );
}

/** Reading a section makes its options known, if nobody declared it. */
function prepareSection(
  options: { source(name: string): unknown; user(name: string): unknown },
  section: string,
): void {
  if (section === 'profiles') return;
  if (section.endsWith('-user')) options.user(section);
  else options.source(section);
}

function requireOption(name: string, known: readonly string[]): string {
  const dest = name.replaceAll('-', '_');
  if (known.includes(dest)) return dest;
  const meant = nearest(dest, known);
  throw new UsageError(
    `There is no option ${name}`,
    meant === undefined ? undefined : `did you mean ${meant}?`,
  );
}

function explain(settings: Settings, dest: string, group: string | null): Row {
  const { value, origin } = settings.explain(dest, group);
  return {
    option: group === null ? dest : `${group}.${dest}`,
    value: value instanceof Map ? Object.fromEntries(value) : value,
    origin: describeOrigin(origin),
  };
}

function table(rows: readonly Row[]): string {
  const width = Math.max(0, ...rows.map(({ option }) => option.length));
  return rows
    .map(({ option, value, origin }) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `${option.padEnd(width)} = ${text}  # ${origin}\n`;
    })
    .join('');
}
