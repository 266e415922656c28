import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextFiles } from '../../lib/adapters/build-context.js';
import { ORACLES, oracle, requirement } from '../support/requirements.js';

/** Paths that Docker's SDK for Python, which kolla builds with, puts into a context. */
const LIST = `
import sys
from docker.utils.build import exclude_paths
lines = [line.strip() for line in open(sys.argv[1] + '/.dockerignore').read().splitlines()]
exclude = [line for line in lines if line != '' and line[0] != '#']
print('\\0'.join(sorted(exclude_paths(sys.argv[1], exclude))))
`;

const FILES = [
  ...['Dockerfile', 'Dockerfile.j2', 'a.txt', 'b.txt', 'ab/c.txt', 'ab/d/e.txt', 'ab/d/f.md'],
  ...[']z', '^', 'odd\n', '\u{1f600}z', '\\q1'],
  ...['deep/x/y/z.txt', 'deep/x/keep.txt', '.git/config', 'file[1].txt', 'sp ace.txt', 'q1', 'q22'],
];

const python = join(ORACLES, 'kolla-22.0.0/bin/python');

describe.runIf(requirement('kolla', oracle.kolla('22.0.0') !== undefined))('.dockerignore', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    for (const file of FILES) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['names', 'a.txt\nab/d\n'],
    ['a star within a name', '*.txt\n'],
    ['stars across folders', '**/*.txt\n'],
    ['everything but', '*\n!ab/c.txt\n!deep/x/keep.txt\n'],
    ['a folder but for a file in it', 'deep\n!deep/x/keep.txt\n'],
    ['a question mark', 'q?\n'],
    ['slashes and dots around names', '/a.txt/\n./ab/../b.txt\n'],
    ['comments and blanks', '# a.txt\n\n  b.txt  \n'],
    ['the Dockerfile itself', 'Dockerfile\n.dockerignore\n'],
    ['a later pattern over an earlier one', '!a.txt\na.txt\n!a.*\n'],
    ['a set of characters', '[ab].txt\n'],
    ['a folder that starts with a dot', '.git\n'],
    ['stars at the end', 'deep/**\n'],
    ['stars alone', '**\n!ab/**\n'],
    ['names in another case', 'A.TXT\nAB/D/*.MD\n'],
    ['a set that begins with a bracket', '[]]z\n[!]]z\n'],
    ['a set that begins with a caret', '[^a]\n'],
    ['what other programs quote with', 'a\\.txt\n\\q1\n'],
    ['stars at the end of a name', 'd**\n'],
    ['exceptions below a folder that is out', 'deep\nab\n!**/keep.txt\n!*/c.txt\n'],
    ['a byte order mark', '\ufeffa.txt\nb.txt\n'],
    ['line ends of every kind', 'a.txt\rb.txt\r\nq1\fq22\n'],
    ['a name with a newline', '**/odd\nodd*\n'],
    ['one character that is none of the first 65536', '?z\n'],
    ['a blank after the exclamation mark', '*.txt\n! a.txt\n!\n'],
    ['parents of parents', '../../a.txt\nab/../../b.txt\n'],
  ])('leaves out what the reference leaves out: %s', async (_, text) => {
    writeFileSync(join(folder, '.dockerignore'), text);
    const listed = execFileSync(python, ['-c', LIST, folder], { encoding: 'utf8' });
    const found: string[] = [];
    for await (const { name } of contextFiles(folder)) found.push(name.toString());
    expect(found.sort()).toEqual(listed.slice(0, -1).split('\0').sort());
  });
});
