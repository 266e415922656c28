import { systemConfigFiles } from '../adapters/config-files.js';
import {
  findSurroundingPackage,
  readSeries,
  type KollaPackage,
} from '../adapters/kolla-package.js';
import { locateImages } from '../adapters/locate-images.js';
import { listSeries, loadSeries } from '../adapters/series-files.js';
import type { EarlyExit } from '../kolla/config/command-line.js';
import { optionsOfSeries } from '../kolla/config/groups.js';
import { resolveOptions, type ResolvedOptions } from '../kolla/config/resolve-options.js';
import type { Option } from '../kolla/config/settings.js';
import type { SeriesFacts } from '../kolla/series-facts.js';
import type { Io } from './io.js';
import { peekOptions, type Preliminaries } from './peek.js';

/** Where the templates are, and which kolla they belong to. */
export interface Surroundings {
  readonly preliminaries: Preliminaries;
  /** Folder of the stock templates; an error where there is none. */
  readonly imagesDir: string | Error;
  readonly kolla: KollaPackage | undefined;
  readonly facts: SeriesFacts;
  /** kolla's version, as `--version` prints it. */
  readonly version: string;
  /** The option table of the series. */
  readonly table: readonly Option[];
}

/** Finds templates and facts, as far as the command line, the environment and files name them, or a
 *  program does. */
export async function findSurroundings(
  argv: readonly string[],
  io: Io,
  values: Partial<Preliminaries> = {},
): Promise<Surroundings> {
  const peeked = peekOptions(argv, io.env, systemConfigFiles(io.env));
  const preliminaries = {
    imagesDir: values.imagesDir ?? peeked.imagesDir,
    kollaSeries: values.kollaSeries ?? peeked.kollaSeries,
    kollaVersion: values.kollaVersion ?? peeked.kollaVersion,
  };
  const imagesDir = attempt(() => locateImages(preliminaries.imagesDir, { env: io.env }));
  const kolla = imagesDir instanceof Error ? undefined : findSurroundingPackage(imagesDir);
  const facts = await chooseFacts(preliminaries.kollaSeries, kolla);
  const version = kolla?.version ?? facts.version;
  return { preliminaries, imagesDir, kolla, facts, version, table: optionsOfSeries(facts) };
}

async function chooseFacts(
  series: string | null,
  kolla: KollaPackage | undefined,
): Promise<SeriesFacts> {
  if (series !== null) return loadSeries(series);
  if (kolla) return (await readSeries(kolla)).facts;
  return loadSeries(newestSeries());
}

/** The newest release that is carried: `2026.1` is after `zed`, and `master` is no release. */
function newestSeries(): string {
  const numbered = listSeries().filter((name) => /^\d/.test(name));
  return numbered.at(-1) ?? 'master';
}

/** Options of a run in those surroundings. Throws what `resolveOptions` throws. */
export const readOptions = (
  argv: readonly string[],
  io: Io,
  { facts, version }: Surroundings,
  values: Readonly<Record<string, unknown>> = {},
): ResolvedOptions | EarlyExit =>
  resolveOptions({
    argv,
    env: io.env,
    files: systemConfigFiles(io.env),
    facts,
    version,
    machine: io.machine,
    values,
  });

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
