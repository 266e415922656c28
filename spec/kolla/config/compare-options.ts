import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemConfigFiles } from '../../../lib/adapters/config-files.js';
import { loadSeries } from '../../../lib/adapters/series-files.js';
import type { ConfigFiles } from '../../../lib/kolla/config/config-files.js';
import { ConfigError, InvalidValueError, UsageError } from '../../../lib/kolla/config/errors.js';
import { commandLineArguments } from '../../../lib/kolla/config/command-line.js';
import { optionsOfSeries } from '../../../lib/kolla/config/groups.js';
import { formatUsage } from '../../../lib/kolla/config/help.js';
import { resolveOptions } from '../../../lib/kolla/config/resolve-options.js';
import type { KollaOracle, OptionsAnswer } from '../../support/kolla-oracle.js';

/** A command line, an environment and configuration files. `{dir}` in any text is the case's folder,
 *  which is also the home directory and the working directory. */
export interface ConfigCase {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Sections to read as sources and as users. */
  readonly sources?: readonly string[];
  readonly users?: readonly string[];
}

const SOURCE_KEYS = ['type', 'location', 'reference', 'enabled', 'version', 'sha256'] as const;

const FACTS = loadSeries('2026.1');
const TABLE = optionsOfSeries(FACTS);

/** Runs `work` in a folder that holds the files of the case. */
async function inFolder<T>(
  given: ConfigCase,
  work: (asked: { argv: string[]; env: Record<string, string>; cwd: string }) => Promise<T> | T,
): Promise<T> {
  const cwd = mkdtempSync(join(tmpdir(), 'kollage-config-'));
  const here = (text: string): string => text.replaceAll('{dir}', cwd);
  try {
    for (const [path, text] of Object.entries(given.files ?? {})) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), here(text));
    }
    const env: Record<string, string> = { HOME: cwd };
    for (const [name, value] of Object.entries(given.env ?? {})) env[name] = here(value);
    return await work({ argv: (given.argv ?? []).map(here), env, cwd });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** What the real program and ours make of a case, in one form. */
export function compareOptions(
  oracle: KollaOracle,
  given: ConfigCase,
): Promise<{ expected: unknown; actual: unknown }> {
  return inFolder(given, async ({ argv, env, cwd }) => {
    const sections = { sources: given.sources ?? [], users: given.users ?? [] };
    const expected = await oracle.options({ argv, env, cwd, ...sections });
    const actual = ours(argv, env, cwd, sections);
    return { expected: normalize(expected, cwd), actual: normalize(actual, cwd) };
  });
}

function ours(
  argv: string[],
  env: Record<string, string>,
  cwd: string,
  sections: { sources: readonly string[]; users: readonly string[] },
): OptionsAnswer {
  const resolved = ((): ReturnType<typeof resolveOptions> | OptionsAnswer => {
    try {
      return resolveOptions({
        argv,
        env,
        files: relativeTo(cwd, systemConfigFiles(env)),
        facts: FACTS,
        version: '22.0.0',
        machine: 'x86_64',
      });
    } catch (error) {
      if (error instanceof UsageError) {
        const usage = formatUsage(
          commandLineArguments(TABLE),
          TABLE.find((option) => option.positional),
          78,
        );
        return { exit: 2, stdout: '', stderr: `${usage}kolla-build: error: ${error.message}\n` };
      }
      if (error instanceof InvalidValueError) {
        return { exit: 1, stdout: '', stderr: `${error.message}\n` };
      }
      return raised(error);
    }
  })();
  if ('raises' in resolved || 'stdout' in resolved || 'values' in resolved) return resolved;
  if ('exit' in resolved) {
    const stdout = resolved.exit === 'version' ? '22.0.0\n' : `<${resolved.exit}>`;
    return { exit: 0, stdout, stderr: '' };
  }
  const { options, settings } = resolved;
  const names = TABLE.filter((option) => !option.ours).map((option) =>
    option.name.replaceAll('-', '_'),
  );
  const read = (work: () => unknown): unknown => {
    try {
      return plain(work());
    } catch (error) {
      return raised(error);
    }
  };
  return {
    values: Object.fromEntries(
      names.map((name) => [
        name,
        read(() => (name === 'base_image' ? options.baseImage : settings.get(name))),
      ]),
    ),
    profiles: Object.fromEntries(
      Object.keys(FACTS.profiles).map((name) => [name, read(() => options.profilePatterns(name))]),
    ),
    sections: [...options.sections].sort(),
    sources: Object.fromEntries(
      sections.sources.map((name) => [
        name,
        Object.fromEntries(SOURCE_KEYS.map((key) => [key, read(() => options.source(name)[key])])),
      ]),
    ),
    users: Object.fromEntries(
      sections.users.map((name) => [name, read(() => options.user(name)) as never]),
    ),
  };
}

/** Files as a process in that folder sees them. */
function relativeTo(folder: string, files: ConfigFiles): ConfigFiles {
  const absolute = (path: string): string => path.replace(/^(?=[^/~])/, `${folder}/`);
  return {
    resolve: (path) => files.resolve(absolute(path)),
    exists: (path) => files.exists(absolute(path)),
    read: (path) => files.read(absolute(path)),
    listConf: (path) => files.listConf(absolute(path)),
  };
}

const plain = (value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value;

const raised = (error: unknown): { raises: string } => {
  if (error instanceof ConfigError) return { raises: `${error.name}: ${error.message}` };
  throw error;
};

const LOCATION = /from LocationInfo\(location=<Locations\.\w+: \(\d, True\)>, detail='([^']*)'\)/g;
const OUR_LOCATION = /(Value for option \S+) from (?:(\{dir\}\/\S+):\d+|(OS_\S+)|command line) is/g;

/** Masks what differs by design: how a location is written, help texts. */
function normalize(answer: unknown, cwd: string): unknown {
  const text = JSON.stringify(answer)
    .replaceAll(cwd, '{dir}')
    .replace(LOCATION, 'from <$1>')
    .replace(OUR_LOCATION, '$1 from <$2$3> is')
    .replace(/"stdout":"usage: (?:[^"\\]|\\.)*"/, '"stdout":"<help>"');
  return JSON.parse(text) as unknown;
}
