import type { OptionIdentity } from '../option-spec.js';
import type { ConfigFiles } from './config-files.js';
import { ConfigError } from './errors.js';
import { parseIni, type IniSections } from './ini.js';
import type { Origin } from './origin.js';

/** One value as given: text, or the truth that a flag stands for. */
export interface Given {
  readonly value: string | boolean;
  readonly origin: Origin;
  /** Dollar signs in it stand for themselves. */
  readonly literal?: true;
}

interface ParsedFile {
  readonly path: string;
  readonly sections: IniSections;
  /** Section name without regard to case -> key -> values in the order of their lines. */
  readonly index: ReadonlyMap<string, ReadonlyMap<string, readonly Given[]>>;
}

/** Name that an option has in files, in the environment and in references. */
export const destOf = (spec: Pick<OptionIdentity, 'name'>): string =>
  spec.name.replaceAll('-', '_');

// oslo.config looks sections up ignoring case, [DEFAULT] excepted.
const normalize = (section: string): string =>
  section === 'DEFAULT' ? section : section.toLowerCase();

/**
 * Values in the order in which the command line and the files gave them. Options that the command
 * line knows are settled as they come, so a file named after an option overrules it; all others are
 * looked up in the files, the last one first.
 * Source: oslo.config: cfg.py _Namespace @10.7.0.
 */
export class Namespace {
  readonly files: ParsedFile[] = [];
  readonly missing: string[] = [];
  readonly denied: string[] = [];
  readonly #settled = new Map<string, readonly Given[]>();
  readonly #cliOptions: readonly OptionIdentity[];
  readonly #reader: ConfigFiles;

  constructor(cliOptions: readonly OptionIdentity[], reader: ConfigFiles) {
    this.#cliOptions = cliOptions;
    this.#reader = reader;
  }

  /** Reads a file here and now. Throws `ConfigError` if it does not parse; a missing one is noted. */
  parseFile(given: string): void {
    const path = this.#reader.resolve(given);
    const found = this.#reader.read(path);
    if ('problem' in found) {
      (found.problem === 'missing' ? this.missing : this.denied).push(path);
      return;
    }
    const sections = parseIni(found.text, path);
    const file = { path, sections, index: indexOf(path, sections) };
    this.files.unshift(file);
    for (const spec of this.#cliOptions) {
      const values = findInFile(file, 'DEFAULT', destOf(spec));
      if (values.length === 0) continue;
      if (spec.type === 'multi') for (const value of values) this.append(spec, value);
      else this.set(spec, values.slice(-1));
    }
  }

  /** Reads every `*.conf` of a folder, by name. Throws `ConfigError` if there is no such folder. */
  parseFolder(given: string): void {
    const folder = given.startsWith('~') ? this.#reader.resolve(given) : given;
    if (!this.#reader.exists(folder)) {
      throw new ConfigError(
        'ConfigDirNotFoundError',
        `Failed to read config file directory: ${folder}`,
      );
    }
    for (const path of this.#reader.listConf(folder)) this.parseFile(path);
  }

  set(spec: OptionIdentity, given: readonly Given[]): void {
    this.#settled.set(destOf(spec), given);
  }

  append(spec: OptionIdentity, given: Given): void {
    const dest = destOf(spec);
    this.#settled.set(dest, [...(this.#settled.get(dest) ?? []), given]);
  }

  /** What was given for an option; `inFile` tells whether a file had a part in it. */
  find(
    spec: OptionIdentity,
    group: string | null,
  ): { given: readonly Given[]; inFile: boolean } | null {
    const dest = destOf(spec);
    const settled = group === null ? this.#settled.get(dest) : undefined;
    if (settled === undefined && this.files.length === 0) return null;
    const section = group ?? 'DEFAULT';
    const perFile = this.files.map((file) => findInFile(file, section, dest));
    const newest = perFile.find((values) => values.length > 0);
    // An empty run of positionals does not hide what the files say.
    if (settled && !(spec.positional && settled.length === 0)) {
      return { given: settled, inFile: newest !== undefined };
    }
    if (!newest) return null;
    return { given: spec.type === 'multi' ? perFile.reverse().flat() : newest, inFile: true };
  }

  /** Section names as spelt, in reading order. */
  sectionNames(): string[] {
    return [...new Set([...this.files].reverse().flatMap((file) => [...file.sections.keys()]))];
  }
}

const findInFile = (file: ParsedFile, section: string, dest: string): readonly Given[] =>
  file.index.get(normalize(section))?.get(dest) ?? [];

function indexOf(path: string, sections: IniSections): ParsedFile['index'] {
  const index = new Map<string, Map<string, Given[]>>();
  for (const [section, keys] of sections) {
    const name = normalize(section);
    const merged = index.get(name) ?? new Map<string, Given[]>();
    index.set(name, merged);
    for (const [key, values] of keys) {
      const given = values.map(({ text, line }): Given => {
        return { value: text, origin: { kind: 'file', path, line } };
      });
      merged.set(
        key,
        [...(merged.get(key) ?? []), ...given].sort((a, b) => lineOf(a) - lineOf(b)),
      );
    }
  }
  return index;
}

const lineOf = ({ origin }: Given): number => (origin.kind === 'file' ? origin.line : 0);
