import { parse as parseYaml } from 'yaml';
import type {
  BaseImage,
  ChangedOption,
  OptionDefault,
  OwnOption,
  SeriesFacts,
} from '../series-facts.js';
import { readBaseRules } from './decision-rules.js';
import { readChangedOption, readOwnOption } from './own-options.js';
import { readOwnVariables } from './own-variables.js';
import { readPythonAssignments, type PythonAssignment } from './python-reader.js';
import { PACKAGE_FILES } from './package-files.js';
import {
  findUnreadable,
  PythonCall,
  PythonDict,
  PythonSet,
  type PythonValue,
} from './python-values.js';
import { readTraits } from './series-traits.js';

/** Text of a file of the kolla package by its path in it (`common/config.py`), if it is there. */
export type PackageReader = (path: string) => string | undefined;

/** A table or a value that could not be read without running Python. */
export interface UnreadFact {
  /** Path inside the kolla package. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly name: string;
  readonly reason: string;
}

/** The facts of a series, and what its program hides from a reader. */
export interface ImportedSeries {
  readonly facts: SeriesFacts;
  readonly unread: readonly UnreadFact[];
}

/** Raised when a folder is not a kolla package; the message names the missing file or table. */
export class NotAKollaPackageError extends Error {
  override readonly name = 'NotAKollaPackageError';
}

/** Options whose default kolla computes from the machine or from its own version. */
const COMPUTED_DEFAULTS = new Set(['base-arch', 'debian-arch', 'tag']);

/** Where facts are read from. */
export interface SeriesOrigin {
  /** Version of that kolla. */
  readonly version: string;
  /** Digest of `PACKAGE_FILES`, see `SeriesFacts.digest`. */
  readonly digest: string;
}

/** Reads the facts of a series from the Python tables of a kolla checkout or installation, as
 *  literals, without Python.
 *  Throws `NotAKollaPackageError`, or `PythonSyntaxError` for a file that is not Python. */
export function importSeries(read: PackageReader, origin: SeriesOrigin): ImportedSeries {
  const tables = new PackageTables(read);
  const worker = tables.text('image/kolla_worker.py') ?? tables.required('image/build.py');
  const config = tables.required('common/config.py');
  const methods = tables.text('template/methods.py') ?? '';
  const tasks = tables.text('image/tasks.py') ?? worker;
  const release = tables.string('OPENSTACK_RELEASE');
  const options = tables.options();
  const own = tables.ownOptions();
  const ownVariables = readOwnVariables(worker, tables.unreadIn(tables.workerFile));
  const facts: SeriesFacts = {
    series: release,
    version: origin.version,
    digest: origin.digest,
    release,
    codename: tables.has('OPENSTACK_RELEASE_CODENAME')
      ? tables.string('OPENSTACK_RELEASE_CODENAME')
      : null,
    bases: tables.strings('BASE_OS_DISTRO'),
    defaultBase: String(options['base']),
    arches: tables.strings('BASE_ARCH'),
    debianArches: tables.has('DEBIAN_ARCH') ? tables.strings('DEBIAN_ARCH') : [],
    installTypes: tables.has('INSTALL_TYPE_CHOICES') ? tables.strings('INSTALL_TYPE_CHOICES') : [],
    baseImages: tables.baseImages(),
    prettyNames: tables.stringMap('DISTRO_PRETTY_NAME'),
    distroReleases: tables.stringMap('DISTRO_RELEASE'),
    pythonVersions: readBaseRules(worker, 'self.conf.distro_python_version'),
    options,
    ...(own.options.length > 0 && { ownOptions: own.options }),
    ...(Object.keys(own.changed).length > 0 && { changedOptions: own.changed }),
    ...(Object.keys(ownVariables).length > 0 && { ownVariables }),
    profiles: tables.profiles(),
    traits: readTraits({ worker, tasks, config, methods }),
    users: tables.json('USERS') as unknown as SeriesFacts['users'],
    unbuildable: tables.unbuildable(),
    typedImages: tables.has('BINARY_SOURCE_IMAGES') ? tables.strings('BINARY_SOURCE_IMAGES') : [],
    sources: tables.sources(),
    repos: tables.repos(),
  };
  return { facts, unread: tables.unread };
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

class PackageTables {
  readonly unread: UnreadFact[] = [];
  private readonly names = new Map<string, { file: string; assignment: PythonAssignment }>();

  constructor(private readonly read: PackageReader) {
    for (const file of [
      'common/config.py',
      'common/sources.py',
      'common/users.py',
      'image/build.py',
      'image/unbuildable.py',
    ]) {
      const source = read(file);
      if (source === undefined) continue;
      for (const [name, assignment] of readPythonAssignments(source)) {
        this.names.set(name, { file, assignment });
      }
    }
  }

  text(path: string): string | undefined {
    return this.read(path);
  }

  required(path: string): string {
    const text = this.read(path);
    if (text === undefined) throw new NotAKollaPackageError(`no ${path} in the kolla package`);
    return text;
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  private value(name: string): PythonValue {
    const found = this.names.get(name);
    if (!found) throw new NotAKollaPackageError(`no table ${name} in the kolla package`);
    return found.assignment.value;
  }

  /** Notes the first unreadable part of a value; returns whether all of it was read. */
  private check(table: string, entry: string, value: PythonValue): boolean {
    const found = findUnreadable(value);
    if (!found) return true;
    const file = this.names.get(table)?.file ?? '';
    this.unread.push({ file, line: found.line, name: entry, reason: found.reason });
    return false;
  }

  /** A table as JSON, without the entries that could not be read. */
  json(name: string): Record<string, Json> {
    const value = this.value(name);
    const result: Record<string, Json> = {};
    if (!(value instanceof PythonDict)) {
      this.check(name, name, value);
      return result;
    }
    for (const [key, item] of value.entries) {
      if (this.check(name, `${name}[${String(key)}]`, item)) result[String(key)] = toJson(item);
    }
    return result;
  }

  string(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string') this.check(name, name, value);
    return typeof value === 'string' ? value : '';
  }

  strings(name: string): string[] {
    const value = this.value(name);
    return this.check(name, name, value) ? (toJson(value) as string[]) : [];
  }

  stringMap(name: string): Record<string, string> {
    return this.has(name) ? (this.json(name) as Record<string, string>) : {};
  }

  /** Until series 11 the table holds tags alone, and an image is called like its distro. */
  baseImages(): Record<string, BaseImage> {
    const images: Record<string, BaseImage> = {};
    for (const [base, image] of Object.entries(this.json('DEFAULT_BASE_TAGS'))) {
      images[base] =
        typeof image === 'string' ? { name: base, tag: image } : (image as unknown as BaseImage);
    }
    return images;
  }

  private calls(table: string): PythonCall[] {
    const value = this.value(table);
    if (Array.isArray(value)) {
      return (value as readonly PythonValue[]).filter((item) => item instanceof PythonCall);
    }
    this.check(table, table, value);
    return [];
  }

  /** File of the program that gives templates their variables. */
  get workerFile(): string {
    const file = 'image/kolla_worker.py';
    return this.read(file) === undefined ? 'image/build.py' : file;
  }

  /** A function that notes what could not be read in a file. */
  unreadIn(file: string): (name: string, value: PythonValue) => void {
    return (name, value) => {
      const found = findUnreadable(value);
      const line = found?.line ?? (value instanceof PythonCall ? value.line : 0);
      this.unread.push({ file, line, name, reason: found?.reason ?? 'nothing is known about it' });
    };
  }

  /** kolla's own tables of options, and further ones that the program registers. */
  private optionTables(): { table: string; inFilesOnly: boolean }[] {
    const tables = new Map([
      ['_CLI_OPTS', false],
      ['_BASE_OPTS', true],
    ]);
    const registered = /\bregister_(cli_)?opts\((\w+)\)/g;
    for (const [, cli, table = ''] of this.required('common/config.py').matchAll(registered)) {
      if (this.names.has(table) && !tables.has(table)) tables.set(table, cli === undefined);
    }
    return [...tables].map(([table, inFilesOnly]) => ({ table, inFilesOnly }));
  }

  /** What the program adds to our table of options, and changes in it. */
  ownOptions(): { options: OwnOption[]; changed: Record<string, ChangedOption> } {
    const options: OwnOption[] = [];
    const changed: Record<string, ChangedOption> = {};
    const unread = this.unreadIn('common/config.py');
    for (const { table, inFilesOnly } of this.optionTables()) {
      for (const call of this.calls(table)) {
        const option = readOwnOption(call, inFilesOnly, unread);
        if (option) options.push(option);
        const change = option ? undefined : readChangedOption(call, unread);
        if (change) changed[String(call.args[0])] = change;
      }
    }
    return { options, changed };
  }

  options(): Record<string, OptionDefault> {
    const options: Record<string, OptionDefault> = {};
    for (const { table } of this.optionTables()) {
      for (const call of this.calls(table)) {
        const name = String(call.args[0]);
        const value = call.kwargs.get('default') ?? null;
        const readable =
          !COMPUTED_DEFAULTS.has(name) && this.check(table, `default of ${name}`, value);
        options[name] = readable ? (toJson(value) as OptionDefault) : null;
      }
    }
    return options;
  }

  profiles(): Record<string, string[]> {
    const profiles: Record<string, string[]> = {};
    for (const call of this.calls('_PROFILE_OPTS')) {
      const value = call.kwargs.get('default') ?? [];
      const name = String(call.args[0]);
      if (this.check('_PROFILE_OPTS', `profile ${name}`, value)) {
        profiles[name] = toJson(value) as string[];
      }
    }
    return profiles;
  }

  /** Python writes an empty set of images as an empty dict. */
  unbuildable(): Record<string, string[]> {
    return Object.fromEntries(
      Object.entries(this.json('UNBUILDABLE_IMAGES')).map(([key, images]) => [
        key,
        Array.isArray(images) ? (images as string[]) : [],
      ]),
    );
  }

  sources(): SeriesFacts['sources'] {
    const yaml = this.read('common/sources.yaml');
    const table =
      yaml === undefined ? this.json('SOURCES') : (parseYaml(yaml, YAML_1_1) as unknown);
    return table as unknown as SeriesFacts['sources'];
  }

  repos(): SeriesFacts['repos'] {
    const repos: Record<string, unknown> = {};
    for (const path of PACKAGE_FILES) {
      const text = path.startsWith('template/repos') ? this.read(path) : undefined;
      if (text !== undefined) repos[path.slice('template/'.length)] = parseYaml(text, YAML_1_1);
    }
    return repos as SeriesFacts['repos'];
  }
}

/** PyYAML reads YAML 1.1. */
const YAML_1_1 = { version: '1.1', merge: true } as const;

function toJson(value: PythonValue): Json {
  if (value instanceof PythonDict) {
    return Object.fromEntries([...value.entries].map(([key, item]) => [String(key), toJson(item)]));
  }
  if (value instanceof PythonSet) return value.items.map(toJson);
  if (Array.isArray(value)) return (value as readonly PythonValue[]).map(toJson);
  return value as Json;
}
