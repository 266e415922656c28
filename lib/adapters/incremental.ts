import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Image, type ImageSource } from '../kolla/image.js';
import {
  changedInputs,
  formatInputs,
  INPUTS_LABEL,
  lastingLabels,
  parseInputs,
  referencedImages,
  withoutBuildDate,
  type Inputs,
} from '../kolla/inputs.js';
import { loginSecrets, redactor } from '../kolla/secrets.js';
import { type Environment } from './docker-host.js';
import { EngineError, type Engine } from './engine.js';
import { commitOf, mirrorOf } from './git-source.js';
import { digestContext, digestOf, digestPath } from './input-digest.js';
import { redactPasswords } from './redact.js';
import { type SourceCache } from './source-cache.js';
import { TaskFailure } from './task-failure.js';

/** What an image would be built with. */
export interface InputsRequest {
  readonly image: Image;
  /** Id of the image that the image's `FROM` would find. */
  readonly parentId: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Names of build arguments whose values are secret. */
  readonly secretBuildArgs: readonly string[];
  readonly platform: string | null;
  readonly debianArch: string;
  readonly timeout: number;
  readonly env: Environment;
  readonly engine: Engine;
  readonly cache: SourceCache;
  readonly signal?: AbortSignal | undefined;
}

const PROXY = /^(https?|ftp|no)_proxy$/i;

/** Finds out everything that goes into an image, as digests. Fetches no source whose content can be
 *  known without. Rejects with a `TaskFailure` or an `EngineError`. */
export async function findInputs(request: InputsRequest): Promise<Inputs> {
  const { image, labels, engine } = request;
  const sources = [image.source, ...image.plugins, ...image.additions].filter(
    (source): source is ImageSource => source !== undefined,
  );
  const dockerfile = withoutBuildDate(await readFile(join(image.path, 'Dockerfile'), 'utf8'));
  const made = (name: string): boolean =>
    name === 'Dockerfile' ||
    name === 'Dockerfile.j2' ||
    ['plugins', 'additions', 'plugins-archive', 'additions-archive'].includes(name) ||
    sources.some((source) => name.startsWith(`${source.name}-archive`));
  const inputs = new Map<string, string>([
    ['dockerfile', digestOf(dockerfile)],
    ['context', await digestContext(image.path, made, engine.kind)],
    ['parent', digestOf(request.parentId)],
    ['labels', digestOf(...lastingLabels(labels).flat())],
    ['platform', digestOf(request.platform ?? '')],
  ]);
  inputs.set('arguments', digestArguments(request));
  for (const name of referencedImages(dockerfile, image.parentName)) {
    inputs.set(`image ${name}`, digestOf((await engine.inspect(name, request))?.id ?? 'not here'));
  }
  for (const source of sources) {
    inputs.set(`source ${source.name}`, await digestSource(source, request));
  }
  return inputs;
}

/** Whoever has the image has its label, and could try short secrets out against a digest of them. */
function digestArguments({ buildArgs, secretBuildArgs }: InputsRequest): string {
  // A proxy is how a build reaches the world, not what it gets from it.
  const args = [...buildArgs].filter(([name]) => !PROXY.test(name)).sort();
  const open = args.map(([name, value]) => [
    name,
    secretBuildArgs.includes(name) ? '' : redactPasswords(redactor(loginSecrets(value))(value)),
  ]);
  return digestOf(...open.flat());
}

async function digestSource(source: ImageSource, request: InputsRequest): Promise<string> {
  const { type, source: location, reference, enabled, sha256 } = source;
  if (!enabled) return digestOf('off');
  if (!location) return digestOf('nowhere');
  if (type === 'git') {
    const { env, signal, cache } = request;
    const from = await mirrorOf(location, cache, { env, signal });
    const source = { location: from, reference: reference ?? '' };
    return digestOf(await commitOf(source, { env, signal }));
  }
  if (type === 'url') {
    const known = sha256?.get(request.debianArch);
    const digest = known ?? (await request.cache.get({ url: location }, request)).sha256;
    return digestOf(digest.toLowerCase());
  }
  try {
    return digestOf(location.endsWith('/') ? 'content' : 'folder', await digestPath(location));
  } catch (error) {
    const reason = (error as Error).message;
    throw new TaskFailure(`Failed to get local source ${location}: ${reason}`, { cause: error });
  }
}

/** Whether an image is as it would be built. */
export interface Freshness {
  /** Label for the image if it is built. */
  readonly label: readonly [string, string];
  /** Id of the image that can stay. */
  readonly id?: string;
  /** Why the image is, or is not, to be built. */
  readonly reason: string;
}

/** Compares an image in the engine with what would be built. */
export async function checkFreshness(request: InputsRequest): Promise<Freshness> {
  const inputs = await findInputs(request);
  const label = [INPUTS_LABEL, formatInputs(inputs)] as const;
  const found = await request.engine.inspect(request.image.canonicalName, request);
  if (!found) return { label, reason: 'the engine does not have it' };
  const before = parseInputs(found.labels[INPUTS_LABEL]);
  if (!before) return { label, reason: 'it does not say what it was built from' };
  const changes = changedInputs(before, inputs);
  if (changes.length > 0) return { label, reason: changes.join(', ') };
  return { label, id: found.id, reason: 'unchanged' };
}

/** Id of an image from outside the collection, fetched anew if `pull` says so. An image that can not
 *  be found counts as one that is never the same. */
export async function externalParentId(
  engine: Engine,
  name: string,
  pull: boolean,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (name === 'scratch') return name;
  try {
    if (pull) return await engine.pull(name, { signal });
    const found = await engine.inspect(name, { signal });
    if (found) return found.id;
  } catch (error) {
    // The build meets the same trouble, and reports it.
    if (!(error instanceof EngineError)) throw error;
  }
  return `unknown ${Math.random()}`;
}
