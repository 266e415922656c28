import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** One entry of a file tree, as far as it must be equal. */
export interface TreeEntry {
  readonly kind: 'file' | 'folder' | 'link';
  /** Permission bits in octal, `644`. */
  readonly mode: string;
  /** Bytes of a file, target of a link. */
  readonly content?: Buffer;
}

/** Reads a whole tree: relative path -> entry, sorted by path. */
export function readTree(root: string): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const stat = lstatSync(join(root, path));
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isDirectory()) {
        entries.set(path, { kind: 'folder', mode });
        visit(path);
      } else if (stat.isSymbolicLink()) {
        entries.set(path, {
          kind: 'link',
          mode,
          content: Buffer.from(readlinkSync(join(root, path))),
        });
      } else {
        entries.set(path, { kind: 'file', mode, content: readFileSync(join(root, path)) });
      }
    }
  };
  visit('');
  return entries;
}

function firstDifferentLine(expected: Buffer, actual: Buffer): string {
  const [wanted, got] = [expected, actual].map((bytes) => bytes.toString('utf8').split('\n'));
  const line = wanted!.findIndex((text, index) => text !== got![index]);
  const at = line === -1 ? wanted!.length : line;
  const show = (text: string | undefined): string => JSON.stringify(text?.slice(0, 300) ?? null);
  return `line ${at + 1}: expected ${show(wanted![at])}, got ${show(got![at])}`;
}

/** Tells how `actual` differs from `expected`, one line per entry; empty where they are equal. */
export function treeDifferences(
  expected: ReadonlyMap<string, TreeEntry>,
  actual: ReadonlyMap<string, TreeEntry>,
): string[] {
  const differences: string[] = [];
  for (const [path, wanted] of expected) {
    const got = actual.get(path);
    if (!got) differences.push(`${path}: missing`);
    else if (got.kind !== wanted.kind) {
      differences.push(`${path}: expected a ${wanted.kind}, got a ${got.kind}`);
    } else {
      if (got.mode !== wanted.mode) {
        differences.push(`${path}: expected mode ${wanted.mode}, got ${got.mode}`);
      }
      if (wanted.content && got.content && !wanted.content.equals(got.content)) {
        differences.push(`${path}: ${firstDifferentLine(wanted.content, got.content)}`);
      }
    }
  }
  for (const path of actual.keys()) {
    if (!expected.has(path)) differences.push(`${path}: not expected`);
  }
  return differences;
}
