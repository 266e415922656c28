import { findDefaultPlaces, type ConfigFiles } from '../kolla/config/config-files.js';
import { readCommandLine } from '../kolla/config/command-line.js';
import type { Namespace } from '../kolla/config/namespace.js';
import type { OptionIdentity } from '../kolla/option-spec.js';
import { OPTIONS } from '../kolla/options.js';

/** What must be known before it is known which options there are. */
export interface Preliminaries {
  readonly imagesDir: string | null;
  readonly kollaSeries: string | null;
  readonly kollaVersion: string | null;
}

const ALL_OPTIONS: readonly OptionIdentity[] = OPTIONS;

/** Reads those three leniently: what is wrong with the rest is said once the series is known. */
export function peekOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  files: ConfigFiles,
): Preliminaries {
  const namespace = readLeniently(argv, env, files);
  const read = (name: string): string | null => {
    const spec = ALL_OPTIONS.find((option) => option.name === name);
    const given = spec && namespace?.find(spec, null)?.given.at(-1)?.value;
    const fromEnvironment = env[`OS_DEFAULT__${name.replaceAll('-', '_').toUpperCase()}`];
    return typeof given === 'string' ? given : (fromEnvironment ?? null);
  };
  return {
    imagesDir: read('images-dir'),
    kollaSeries: read('kolla-series'),
    kollaVersion: read('kolla-version'),
  };
}

function readLeniently(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  files: ConfigFiles,
): Namespace | undefined {
  const places = findDefaultPlaces(files, env);
  for (const words of [argv, ownWords(argv)]) {
    try {
      const read = readCommandLine(ALL_OPTIONS, words, files, places);
      if (!('exit' in read)) return read;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** The options of ours and nothing else; they cannot be abbreviated, so they are easy to tell. */
function ownWords(argv: readonly string[]): string[] {
  const words: string[] = [];
  argv.forEach((word, at) => {
    if (!/^--(?:images-dir|kolla-series|kolla-version)(?:=|$)/.test(word)) return;
    words.push(word);
    const next = argv[at + 1];
    if (!word.includes('=') && next !== undefined) words.push(next);
  });
  return words;
}
