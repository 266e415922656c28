import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveFolder } from '../../lib/adapters/make-archive.js';
import { oracle, requirement } from '../support/requirements.js';

const python = oracle.python();

/** What kolla does to archive a folder, in Python's own words. */
const ARCHIVE = `
import sys, tarfile
def root(info):
    info.uid = info.gid = 0
    info.uname = info.gname = 'root'
    return info
with tarfile.open(sys.argv[2], 'w') as tar:
    tar.add(sys.argv[1], arcname=sys.argv[3], filter=root)
`;

describe.runIf(requirement('jinja2', python !== undefined))('archives', () => {
  let work = '';
  let tree = '';

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    tree = join(work, 'tree');
    mkdirSync(join(tree, 'deep', 'x'.repeat(90), 'y'.repeat(40)), { recursive: true });
    mkdirSync(join(tree, 'empty'));
    const file = (name: string, content: string | Buffer, mode = 0o644): void => {
      writeFileSync(join(tree, name), content);
      chmodSync(join(tree, name), mode);
    };
    file('plain', 'text\n');
    file('empty-file', '');
    file('block', Buffer.alloc(512, 7));
    file('big', Buffer.alloc(300_001, 'ab'));
    file('run.sh', '#!/bin/sh\n', 0o4755);
    file('naïve ü', 'x');
    file('a-b', '1');
    file('a.b', '2');
    file(join('deep', 'x'.repeat(90), 'y'.repeat(40), 'z'.repeat(60)), 'deep');
    linkSync(join(tree, 'plain'), join(tree, 'second-name'));
    symlinkSync('plain', join(tree, 'link'));
    symlinkSync(`/${'long/'.repeat(30)}`, join(tree, 'long-link'));
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/raw-`), Buffer.from([0xff, 0xfe])]), 'raw');
    utimesSync(join(tree, 'plain'), 0, 0);
    utimesSync(join(tree, 'block'), 1_700_000_000, 1_700_000_000.5);
    utimesSync(join(tree, 'big'), 1_700_000_000, 1_700_000_001.5);
    utimesSync(join(tree, 'a-b'), 1, -5);
    utimesSync(join(tree, 'empty'), 1, 1234567890);
  });

  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  it.each([
    ['under a name', 'plugins'],
    ['without a top folder', ''],
  ])("have the bytes of Python's tarfile, %s", async (_title, topName) => {
    const theirs = join(work, 'theirs.tar');
    const ours = join(work, 'ours.tar');
    execFileSync(python!, ['-c', ARCHIVE, tree, theirs, topName]);
    await archiveFolder(tree, ours, { topName });
    const expected = readFileSync(theirs);
    const found = readFileSync(ours);
    const differs = expected.findIndex((byte, at) => byte !== found[at]);
    expect({ size: found.length, differs }).toEqual({ size: expected.length, differs: -1 });
  });

  it('follow a link to a folder that is named with a slash at its end', async () => {
    symlinkSync(tree, join(work, 'link'));
    execFileSync(python!, ['-c', ARCHIVE, join(work, 'link/'), join(work, 'theirs.tar'), '']);
    await archiveFolder(`${work}/link/`, join(work, 'ours.tar'), { topName: '' });
    const [ours, theirs] = ['ours.tar', 'theirs.tar'].map((name) => readFileSync(join(work, name)));
    expect(ours!.equals(theirs!)).toBe(true);
  });

  it('leave the archive itself out', async () => {
    const inside = join(work, 'inside');
    mkdirSync(inside);
    writeFileSync(join(inside, 'file'), 'x');
    await archiveFolder(inside, join(inside, 'own.tar'), { topName: 'inside' });
    const members = execFileSync('tar', ['-tf', join(inside, 'own.tar')], { encoding: 'utf8' });
    expect(members.split('\n').filter(Boolean)).toEqual(['inside/', 'inside/file']);
  });
});
