import { criticalPath, type PlannedImage } from './plan.js';
import { STATUS_LEFT_OUT, type Status } from './status.js';

/** What is known of an image at the end of a run. */
export interface ImageResult {
  readonly name: string;
  readonly canonicalName: string;
  readonly status: Status;
  readonly attempts: number;
  readonly pushAttempts?: number;
  /** When its first build began, ISO 8601 in UTC. */
  readonly startedAt?: string;
  readonly seconds?: number;
  readonly imageId?: string;
  readonly size?: number;
  readonly digest?: string;
  readonly reason?: string;
}

/** What a report says about the run as a whole. */
export interface RunFacts {
  /** ISO 8601 in UTC. */
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
  readonly engine: string;
  readonly interrupted: boolean;
  readonly allowedToFail: readonly string[];
  /** Path of an image's log; `undefined` if none is written. */
  readonly log: (name: string) => string | undefined;
}

/** An image and what became of it. */
export type Pair<T> = readonly [image: T, result: ImageResult];

type Node<T> = PlannedImage<T> & { readonly name: string };

/** Chain of images whose builds took longest, one after the other, root first. */
export function slowestChain<T extends Node<T>>(pairs: readonly Pair<T>[]): T[] {
  const results = new Map(pairs);
  const built = (image: T): boolean => (results.get(image)?.attempts ?? 0) > 0;
  const roots = pairs
    .map(([image]) => image)
    .filter((image) => built(image) && !(image.parent && built(image.parent)));
  return criticalPath(roots, (image) => (built(image) ? results.get(image)?.seconds : 0)).filter(
    built,
  );
}

/** The detailed report of a run, as data; `schemas/results.json` describes it. */
export function resultsData<T extends Node<T>>(
  pairs: readonly Pair<T>[],
  run: RunFacts,
): Record<string, unknown> {
  const images = pairs.map(([image, result]) => ({
    name: result.name,
    full_name: result.canonicalName,
    parent: image.parent?.name ?? null,
    status: result.status,
    allowed_to_fail: run.allowedToFail.includes(result.name),
    attempts: result.attempts,
    push_attempts: result.pushAttempts ?? 0,
    started: result.startedAt ?? null,
    seconds: result.seconds ?? null,
    image_id: result.imageId ?? null,
    size: result.size ?? null,
    digest: result.digest ?? null,
    reason: result.reason ?? null,
    log: (result.attempts > 0 ? run.log(result.name) : undefined) ?? null,
  }));
  return {
    version: 1,
    started: run.started,
    finished: run.finished,
    seconds: run.seconds,
    engine: run.engine,
    interrupted: run.interrupted,
    critical_path: slowestChain(pairs).map(({ name }) => name),
    images: images.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  };
}

const xml = (text: string): string =>
  text
    // Characters that XML 1.0 can not hold, escaped or not.
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** The report of a run as JUnit's XML: one test case per selected image. */
export function junitXml<T extends Node<T>>(pairs: readonly Pair<T>[], run: RunFacts): string {
  const cases = pairs.filter(([, { status }]) => status !== 'unmatched');
  const bad = (result: ImageResult): boolean =>
    result.status !== 'built' && !STATUS_LEFT_OUT.has(result.status);
  const failures = cases.filter(
    ([, result]) => bad(result) && !run.allowedToFail.includes(result.name),
  ).length;
  const skipped = cases.filter(([, { status }]) => STATUS_LEFT_OUT.has(status)).length;
  const lines = cases.map(([, result]) => {
    const open =
      `    <testcase classname="kolla" name="${xml(result.name)}" ` +
      `time="${(result.seconds ?? 0).toFixed(3)}"`;
    const reason = xml(result.reason ?? result.status);
    if (STATUS_LEFT_OUT.has(result.status)) {
      return `${open}><skipped message="${reason}"/></testcase>`;
    }
    if (!bad(result)) return `${open}/>`;
    if (run.allowedToFail.includes(result.name)) {
      return `${open}><skipped message="allowed to fail: ${reason}"/></testcase>`;
    }
    return `${open}><failure type="${result.status}" message="${reason}"/></testcase>`;
  });
  const counts = `tests="${cases.length}" failures="${failures}" skipped="${skipped}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites>`,
    `  <testsuite name="kolla-build" ${counts} time="${run.seconds.toFixed(3)}" timestamp="${run.started}">`,
    ...lines,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** A table of how long each image took, the slowest first, and the critical path. */
export function timesTable<T extends Node<T>>(pairs: readonly Pair<T>[]): string[] {
  const timed = pairs
    .map(([, result]) => result)
    .filter(({ seconds, attempts }) => seconds !== undefined && attempts > 0)
    .sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
  if (timed.length === 0) return [];
  const width = Math.max(...timed.map(({ name }) => name.length));
  const results = new Map(pairs);
  const chain = slowestChain(pairs);
  const total = chain.reduce((sum, image) => sum + (results.get(image)?.seconds ?? 0), 0);
  return [
    'Seconds per image',
    ...timed.map(
      ({ name, seconds = 0, status, attempts }) =>
        `${name.padEnd(width)}  ${seconds.toFixed(1).padStart(8)}  ${status}` +
        (attempts > 1 ? ` (${attempts} attempts)` : ''),
    ),
    `Critical path, ${total.toFixed(1)} s: ${chain.map(({ name }) => name).join(' > ')}`,
  ];
}
