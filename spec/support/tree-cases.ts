import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { kollaImagesDir } from './kolla-package.js';
import { runKollaBuild, runReference, type RunOptions } from './run.js';
import { readTree, treeDifferences } from './tree.js';

/** One run whose rendered tree must be the reference's. */
export interface TreeCase {
  /** Test title. */
  readonly name: string;
  /** kolla release, for example `22.0.0`. */
  readonly release: string;
  /** Arguments of both programs; `--template-only --work-dir` is added. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Both must fail, and there are no trees to compare. */
  readonly fails?: boolean;
}

const tail = (text: string): string => text.split('\n').slice(-12).join('\n');

/** Runs both programs in folders of their own and compares what they leave: every file, byte and
 *  mode below the work dir. */
export async function compareTrees(spec: TreeCase): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'kollage-tree-'));
  try {
    const [theirs, ours] = [join(scratch, 'theirs'), join(scratch, 'ours')];
    const options: RunOptions = { ...(spec.env && { env: spec.env }) };
    const args = (workDir: string): string[] => [
      ...spec.args,
      '--template-only',
      '--work-dir',
      workDir,
    ];
    const [reference, kollage] = await Promise.all([
      runReference(spec.release, args(theirs), options),
      runKollaBuild(['--images-dir', kollaImagesDir(spec.release), ...args(ours)], options),
    ]);
    if (spec.fails) {
      expect(reference.status, tail(reference.stderr)).not.toBe(0);
      expect(kollage.status, tail(kollage.stderr)).not.toBe(0);
      return;
    }
    expect(reference.status, tail(reference.stderr)).toBe(0);
    expect(kollage.status, tail(kollage.stderr)).toBe(0);
    const expected = readTree(theirs);
    expect(expected.size).toBeGreaterThan(100);
    const differences = treeDifferences(expected, readTree(ours));
    expect(differences.slice(0, 20), `${differences.length} differences`).toEqual([]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Registers one test per case. They run side by side, as many as there are cores. */
export function treeTests(cases: readonly TreeCase[]): void {
  for (const spec of cases) {
    it.concurrent(spec.name, () => compareTrees(spec), 600_000);
  }
}

/** `[a, b] x [1, 2]` -> `[a, 1], [a, 2], [b, 1], [b, 2]`. */
export const pairs = <A, B>(left: readonly A[], right: readonly B[]): [A, B][] =>
  left.flatMap((a) => right.map((b): [A, B] => [a, b]));

/** Path of a file among the specs' fixtures. */
export const fixture = (...parts: string[]): string =>
  join(dirname(import.meta.dirname), 'fixtures', ...parts);
