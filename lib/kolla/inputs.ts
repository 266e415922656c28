/** Label that says what an image was built from. */
export const INPUTS_LABEL = 'io.kollage.inputs';

/** Digests of everything that goes into an image, by what it is: `dockerfile`, `context`,
 *  `arguments`, `labels`, `platform`, `parent`, `image <name>`, `source <section>`. */
export type Inputs = ReadonlyMap<string, string>;

/** The inputs as the text of their label. */
export function formatInputs(inputs: Inputs): string {
  const parts = [...inputs].map(([what, digest]) => `${what}=${digest}`);
  return parts.sort().join('; ');
}

/** Reads the text of a label; `undefined` if it is not ours. */
export function parseInputs(label: string | undefined): Inputs | undefined {
  if (!label) return undefined;
  const inputs = new Map<string, string>();
  for (const part of label.split('; ')) {
    const equals = part.lastIndexOf('=');
    if (equals < 0) return undefined;
    inputs.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return inputs;
}

/** What differs between the inputs that an image has been built from and those it would be built
 *  from now; empty if nothing does. */
export function changedInputs(before: Inputs, now: Inputs): string[] {
  const changes: string[] = [];
  for (const what of new Set([...before.keys(), ...now.keys()])) {
    if (!now.has(what)) changes.push(`${what} is gone`);
    else if (!before.has(what)) changes.push(`${what} is new`);
    else if (before.get(what) !== now.get(what)) changes.push(`${what} changed`);
  }
  return changes.sort();
}

// Labels that tell about the run and not about the image.
const OF_THE_RUN = new Set([
  'org.opencontainers.image.created',
  'org.opencontainers.image.revision',
  'build-date',
]);

/** Labels without those that differ from run to run. */
export const lastingLabels = (labels: ReadonlyMap<string, string>): [string, string][] =>
  [...labels].filter(([name]) => !OF_THE_RUN.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));

/** A Dockerfile without the day of the run, which kolla's base templates of series up to 22 write
 *  into a label. */
export const withoutBuildDate = (dockerfile: string): string =>
  dockerfile.replace(/\bbuild-date="?\d{8}"?/g, 'build-date=');

/** Images of other collections that a Dockerfile takes something from, its own parent aside. */
export function referencedImages(dockerfile: string, parentName: string): string[] {
  const text = dockerfile.replace(/\\\r?\n/g, ' ');
  const stages = new Set<string>([parentName, 'scratch']);
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    const image = from?.[1] ?? /^\s*COPY\s.*?--from=(\S+)/i.exec(line)?.[1];
    if (image !== undefined && !/^\d+$/.test(image) && !stages.has(image)) found.add(image);
    if (from?.[2] !== undefined) stages.add(from[2]);
  }
  return [...found].filter((image) => !stages.has(image));
}
