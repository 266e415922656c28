import { writeFileSync } from 'node:fs';
import type { Engine } from '../adapters/engine.js';
import type { RunLog } from '../adapters/log.js';
import type { ResolvedOptions } from '../kolla/config/resolve-options.js';
import { dependencyGraph, listDependencies, listImages } from '../kolla/dependencies.js';
import type { Image } from '../kolla/image.js';
import { BINARY_DEPRECATED, installType, NoBinariesError } from '../kolla/install-type.js';
import type { Options } from '../kolla/options.js';
import { rpmSetup } from '../kolla/rpm-setup.js';
import type { Io } from './io.js';
import type { Surroundings } from './session.js';
import { withImages } from './with-images.js';

/** A run whose options are known. */
export interface RunContext extends ResolvedOptions {
  readonly surroundings: Surroundings;
  readonly io: Io;
  readonly log: RunLog;
  /** Which program runs: kolla-build keeps kolla's habits, kollage has better ones. */
  readonly face: 'kolla-build' | 'kollage';
}

/** Does what the options ask for, in kolla's order. Returns the exit status.
 *  Source: kolla: image/build.py run_build. */
export async function runBuild(context: RunContext): Promise<number> {
  const { options, log, surroundings } = context;
  if ('engine' in surroundings.facts.options) log.program.info(`Using engine: ${options.engine}`);
  const squashing = await checkSquash(context);
  if (squashing === 'forbidden') return 1;
  const { imagesDir, facts } = surroundings;
  if (imagesDir instanceof Error) throw imagesDir;
  const what = 'engine' in facts.options ? 'container image' : 'docker image';
  log.program.info(`Found the ${what} folder at ${imagesDir}`);

  if (!checkInstallType(context)) return 1;
  requireValid(context);
  let engine: Engine | undefined;
  if (!stopsBeforeBuilding(options) || options.skipExisting) {
    engine = await connectOrSay(context);
    if (!engine) return 1;
  }
  if (squashing === 'by the daemon' && engine) {
    const { requireSquash } = await import('../adapters/squash.js');
    requireSquash(await engine.connect());
    log.program.info('Image squash is enabled and the daemon squashes');
  }
  return withImages(context, engine, async (prepared) => {
    const { images, workDir, interruption } = prepared;
    if (options.failUnmatched && !images.some(({ status }) => status === 'matched')) {
      log.program.error('No image is selected');
      return 1;
    }
    if (options.templateOnly) {
      // The tree is what was asked for.
      prepared.keepWorkDir();
      log.program.info(`Dockerfiles are generated in ${workDir.label}`);
      return 0;
    }
    if (showImages(images, context)) return 0;
    if (!engine) return 1;
    const { buildAll } = await import('./build-all.js');
    return buildAll(prepared, engine, context, interruption);
  });
}

/** Says what kolla says of the install type; false where that ends the run. */
function checkInstallType({ options, log, surroundings: { facts } }: RunContext): boolean {
  try {
    const { type } = installType(options, facts);
    if (type === 'binary' && facts.traits.binaryRules.includes('deprecated')) {
      BINARY_DEPRECATED.forEach((line) => log.program.info(line));
    }
    return true;
  } catch (error) {
    if (!(error instanceof NoBinariesError)) throw error;
    log.program.info(error.message);
    return false;
  }
}

/** Reads what kolla reads before it asks for the engine, so that bad values are told first. */
function requireValid({ options }: RunContext): void {
  rpmSetup(options.rpmSetupConfig);
  void options.cleanPackageCache;
}

const stopsBeforeBuilding = (options: Options): boolean =>
  options.templateOnly ||
  Boolean(options.saveDependency) ||
  options.listImages ||
  options.listDependencies;

/** How images are squashed, if they are. A `--buildkit` that nobody asked for does not stand in the
 *  way: the classic builder builds what is to be squashed. */
async function checkSquash(
  context: RunContext,
): Promise<'not' | 'forbidden' | 'by the tool' | 'by the daemon'> {
  const { options, log, settings } = context;
  if (options.engine !== 'docker' || !options.squash) return 'not';
  if (options.buildkit && settings.explain('buildkit', null).origin.kind !== 'default') {
    log.program.error(
      '--buildkit and --squash are mutually exclusive: docker buildx build does not support squashing.',
    );
    return 'forbidden';
  }
  const { squashVersion } = await import('../adapters/squash.js');
  const version = await squashVersion();
  if (version === undefined) return 'by the daemon';
  log.program.info(`Image squash is enabled and "docker-squash" version is ${version}`);
  return 'by the tool';
}

/** Connects to the engine. Throws `EngineError`. */
export async function connect({ options, log, io }: RunContext): Promise<Engine> {
  const { openEngine } = await import('../adapters/open-engine.js');
  const engine = openEngine(options, io.env);
  const { warning } = await engine.connect();
  if (warning !== undefined) log.program.warning(warning);
  return engine;
}

/** Connects, or says in kolla's words that nobody answers. */
async function connectOrSay(context: RunContext): Promise<Engine | undefined> {
  try {
    return await connect(context);
  } catch (error) {
    const { program } = context.log;
    const hasEngines = 'engine' in context.surroundings.facts.options;
    const what = hasEngines ? 'container engine daemon' : 'Docker';
    program.error(`Unable to connect to ${what}, exiting`);
    program.info(`Exception caught: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** The modes that print or write what is selected, the first of them wins. */
function showImages(images: readonly Image[], { options, io, log }: RunContext): boolean {
  if (options.saveDependency) {
    writeFileSync(options.saveDependency, dependencyGraph(images));
    log.program.info(`Container images dependency are saved in ${options.saveDependency}`);
    return true;
  }
  if (options.listImages) {
    for (const line of listImages(images)) io.stdout(`${line}\n`);
    return true;
  }
  if (options.listDependencies) {
    io.stdout(listDependencies(images));
    return true;
  }
  return false;
}
