import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractArchive } from '../../lib/adapters/extract-archive.js';
import { archiveFolder } from '../../lib/adapters/make-archive.js';
import { available, oracle, requirement } from '../support/requirements.js';

const python = oracle.python();
const NONE = { throwIfNoEntry: false } as const;

/** Members of a wholesome archive: files, folders, modes, times and links that stay inside. */
const MAKE = `
import io, sys, tarfile
def add(tar, name, data=b'', **fields):
    info = tarfile.TarInfo(name)
    info.mtime = 1700000000.123456789
    info.mode = 0o640
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))
with tarfile.open(sys.argv[2], 'w:' + sys.argv[1]) as tar:
    add(tar, 'pkg', type=tarfile.DIRTYPE, mode=0o750, mtime=1600000000)
    add(tar, 'pkg/setup.py', b'print(1)')
    add(tar, 'pkg/' + 'n' * 120, b'long name', mode=0o755)
    add(tar, 'pkg/sub/without-a-folder-entry', b'x' * 70000, mtime=5)
    add(tar, 'pkg/link', type=tarfile.SYMTYPE, linkname='setup.py')
    add(tar, 'pkg/again', type=tarfile.LNKTYPE, linkname='pkg/setup.py')
    add(tar, './pkg/../pkg/dotted', b'still inside')
`;

/** Archives of other programs and times, and odd ones. */
const ODD = `
import io, subprocess, sys, tarfile
kind, path, work = sys.argv[1:]
def add(tar, name, data=b'', **fields):
    info = tarfile.TarInfo(name)
    info.mtime = 1700000000
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))
FOLDER, SYMLINK, LINK = tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
format = {'gnu': tarfile.GNU_FORMAT, 'ustar': tarfile.USTAR_FORMAT}.get(kind.split()[0], tarfile.PAX_FORMAT)
headers = {'mtime': '77.5', 'comment': 'x'} if kind == 'lasting records' else None
with tarfile.open(path, 'w', format=format, pax_headers=headers) as tar:
    if kind == 'gnu names': add(tar, 'n' * 130 + '/' + 'm' * 90, b'1'); add(tar, 'l' * 150, type=SYMLINK, linkname='t' * 160)
    if kind == 'gnu time before 1970': add(tar, 'old', b'1', mtime=-5)
    if kind == 'ustar prefix': add(tar, 'n' * 90 + '/' + 'm' * 90, b'1')
    if kind in ('bytes for names', 'gnu bytes for names'):
        add(tar, b'caf\\xe9'.decode('utf8', 'surrogateescape'), b'1')
        add(tar, 'grün', b'2')
        add(tar, b'link\\xff'.decode('utf8', 'surrogateescape'), type=SYMLINK, linkname=b'caf\\xe9'.decode('utf8', 'surrogateescape'))
    if kind == 'time before 1970': add(tar, 'old', b'1', mtime=-5.5)
    if kind == 'links of another mode':
        add(tar, 'a', b'1', mode=0o4755, mtime=5); add(tar, 'b', type=LINK, linkname='a', mode=0o600, mtime=9)
    if kind == 'the top': add(tar, './', type=FOLDER, mode=0o700); add(tar, './a', b'1')
    if kind == 'a folder twice': add(tar, 'd', type=FOLDER, mode=0o700); add(tar, 'd/', type=FOLDER, mode=0o711, mtime=3)
    if kind == 'a folder without its type': add(tar, 'd/', type=tarfile.AREGTYPE, mode=0o711); add(tar, 'd/f', b'1', type=tarfile.AREGTYPE)
    if kind == 'through a link':
        add(tar, 'd', type=FOLDER, mode=0o755); add(tar, 'l', type=SYMLINK, linkname='d'); add(tar, 'l/f', b'1', mtime=8)
    if kind == 'a file without gaps': add(tar, 'f', b'1', type=tarfile.CONTTYPE)
    if kind == 'a kind of its own': add(tar, 'f', b'1', type=b'Z'); add(tar, 'g', b'2')
    if kind in ('lasting records', 'after the end', 'zeros of no block'): add(tar, 'f', b'1')
if kind == 'after the end':
    with open(path, 'ab') as file: file.write(b'what is not read' * 100)
if kind == 'zeros of no block':
    with open(path, 'ab') as file: file.write(bytes(5000))
if kind.startswith('tar '):
    with open(work + '/sparse', 'wb') as file:
        for at in range(30):
            file.seek(at * 100000 + 5); file.write(b'some')
        file.truncate(4000000)
    subprocess.run(['tar', '-C', work, '--mtime=@1700000000', *kind.split()[1:], '-cf', path, 'sparse', 'outside'], check=True)
`;

const EVIL = `
import io, sys, tarfile
kind, path = sys.argv[1:]
def add(tar, name, data=b'', **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))
with tarfile.open(path, 'w:gz' if kind == 'bomb' else 'w') as tar:
    if kind == 'parent': add(tar, '../evil', b'x')
    if kind == 'sibling': add(tar, '../target-evil/f', b'x')
    if kind == 'absolute': add(tar, '/tmp/kollage-evil', b'x')
    if kind == 'symlink-out': add(tar, 'l', type=tarfile.SYMTYPE, linkname='../..')
    if kind == 'symlink-absolute': add(tar, 'l', type=tarfile.SYMTYPE, linkname='/etc')
    if kind == 'symlink-chain':
        add(tar, 'a', type=tarfile.DIRTYPE, mode=0o755)
        add(tar, 'a/b', type=tarfile.SYMTYPE, linkname='..')
        add(tar, 'c', type=tarfile.SYMTYPE, linkname='a/b/..')
        add(tar, 'c/evil', b'x')
    if kind == 'hard-link-out': add(tar, 'l', type=tarfile.LNKTYPE, linkname='../outside')
    if kind == 'device': add(tar, 'd', type=tarfile.CHRTYPE)
    if kind == 'bomb':
        for at in range(40): add(tar, 'zeros%d' % at, bytes(1 << 20))
`;

describe.runIf(requirement('jinja2', python !== undefined))('extractArchive', () => {
  let work = '';

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    writeFileSync(join(work, 'outside'), 'untouched');
  });

  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  const emptyFolder = (name: string): string => {
    const folder = join(work, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    return folder;
  };
  const emptyTarget = (): string => emptyFolder('target');

  /** Lets a program of Python's unpack an archive (its first argument) into a folder (its second) and
   *  archive that as `theirs.tar` (its third). */
  const repackedByPython = (archive: string, program: string): void => {
    const args = [archive, emptyFolder('theirs'), join(work, 'theirs.tar')];
    execFileSync(python!, ['-c', program, ...args]);
  };

  const makeArchive = (compression: string): string => {
    const path = join(work, `archive-${compression || 'plain'}`);
    execFileSync(python!, ['-c', MAKE, compression, path]);
    return path;
  };

  const formats = ['', 'gz', 'bz2', 'xz'].filter(
    (format) =>
      !(format in { bz2: 0, xz: 0 }) || available.command(format === 'xz' ? 'xz' : 'bzip2'),
  );

  it.each(formats)('unpacks what Python packs with "%s", to the same archive', async (format) => {
    const archive = makeArchive(format);
    const folder = emptyTarget();
    const times = await extractArchive(archive, folder);
    repackedByPython(
      archive,
      `
import os, sys, tarfile
def root(info):
    info.uid = info.gid = 0
    info.uname = info.gname = 'root'
    if info.name in ('plugins', 'plugins/pkg/sub', 'plugins/pkg/link'): info.mtime = 0.0
    return info
with tarfile.open(sys.argv[1]) as tar: tar.extractall(sys.argv[2])
with tarfile.open(sys.argv[3], 'w') as tar: tar.add(sys.argv[2], 'plugins', filter=root)
`,
    );
    // Python leaves these at the time of unpacking.
    times.set('', 0n).set('pkg/sub', 0n).set('pkg/link', 0n);
    await archiveFolder(folder, join(work, 'ours.tar'), {
      topName: 'plugins',
      mtime: (name) => times.get(name.slice('plugins/'.length)),
    });
    const same = readFileSync(join(work, 'ours.tar')).equals(
      readFileSync(join(work, 'theirs.tar')),
    );
    expect(same).toBe(true);
  });

  it.each([
    ...['gnu names', 'gnu time before 1970', 'ustar prefix', 'bytes for names'],
    ...['gnu bytes for names', 'time before 1970', 'links of another mode', 'the top'],
    ...['a folder twice', 'a folder without its type', 'through a link', 'a file without gaps'],
    ...['a kind of its own', 'lasting records', 'after the end', 'zeros of no block'],
    ...['tar --format=v7', 'tar --format=gnu --sparse', 'tar --format=posix --sparse'],
    ...['tar --format=posix --sparse --sparse-version=0.0'],
    ...['tar --format=posix --sparse --sparse-version=0.1'],
  ])('unpacks as Python does: %s', async (kind) => {
    const archive = join(work, 'odd.tar');
    execFileSync(python!, ['-c', ODD, kind, archive, work]);
    const folder = emptyTarget();
    const times = await extractArchive(archive, folder);
    // Python leaves symlinks, and folders without an entry, at the time of unpacking.
    repackedByPython(
      archive,
      `
import os, sys, tarfile
with tarfile.open(sys.argv[1]) as tar: names = {name.strip('./') for name in tar.getnames()}; tar.extractall(sys.argv[2])
def root(info):
    info.uid = info.gid = 0
    info.uname = info.gname = 'root'
    dated = info.name[len('plugins/'):] in names or info.name == 'plugins' and '' in names
    if info.issym() or info.isdir() and not dated: info.mtime = 0.0
    return info
with tarfile.open(sys.argv[3], 'w') as tar: tar.add(sys.argv[2], 'plugins', filter=root)
`,
    );
    const links = new Set(
      [...times.keys()].filter((path) => lstatSync(join(folder, path), NONE)?.isSymbolicLink()),
    );
    await archiveFolder(folder, join(work, 'ours.tar'), {
      topName: 'plugins',
      mtime: (name) => {
        const path = name.slice('plugins/'.length);
        return links.has(path) || path.startsWith('link') ? 0n : (times.get(path) ?? 0n);
      },
    });
    const list = (name: string): string =>
      execFileSync('tar', ['--full-time', '-tvf', join(work, name)], { encoding: 'latin1' });
    expect(list('ours.tar')).toBe(list('theirs.tar'));
    const [ours, wanted] = ['ours.tar', 'theirs.tar'].map((name) => readFileSync(join(work, name)));
    expect(ours!.equals(wanted!)).toBe(true);
  });

  it.each([
    ['parent', '../evil'],
    ['sibling', '../target-evil/f'],
    ['absolute', '/tmp/kollage-evil'],
    ['symlink-out', 'link l to ../..'],
    ['symlink-absolute', 'link l to /etc'],
    ['symlink-chain', 'link c to a/b/..'],
    ['hard-link-out', 'link l to ../outside'],
    ['device', 'd is a character-device'],
  ])('refuses %s by name', async (kind, named) => {
    const archive = join(work, `${kind}.tar`);
    execFileSync(python!, ['-c', EVIL, kind, archive]);
    const folder = emptyTarget();
    await expect(extractArchive(archive, folder)).rejects.toThrow(
      new RegExp(`^Unsafe filenames in archive .*${kind}.tar.*${named.replace(/[.]/g, '\\.')}`),
    );
    expect(existsSync(join(work, 'evil'))).toBe(false);
    expect(existsSync(join(work, 'target-evil'))).toBe(false);
    expect(existsSync('/tmp/kollage-evil')).toBe(false);
    expect(readFileSync(join(work, 'outside'), 'utf8')).toBe('untouched');
  });

  it('refuses an archive that unpacks to far more than it holds', async () => {
    const archive = join(work, 'bomb.tar.gz');
    execFileSync(python!, ['-c', EVIL, 'bomb', archive]);
    const limits = { members: 1000, bytes: 8 << 20, ratio: 10 };
    await expect(extractArchive(archive, emptyTarget(), { limits })).rejects.toThrow(
      /unpacks to far more than it holds: refused at zeros8/,
    );
  });

  it.each(['', 'gz'])('says so when an archive "%s" is cut short', async (format) => {
    const archive = makeArchive(format);
    truncateSync(archive, format === '' ? 40_000 : 400);
    await expect(extractArchive(archive, emptyTarget())).rejects.toThrow(
      /can not be read|is not a/,
    );
  });

  it.each([
    ['text', Buffer.from('<html>404 not found</html>'.repeat(100))],
    ['nothing', Buffer.alloc(0)],
    ['a gzip of text', undefined],
  ])('says that %s is not a tarfile', async (title, content) => {
    const archive = join(work, title.replaceAll(' ', '-'));
    if (content) writeFileSync(archive, content);
    else execFileSync('sh', ['-c', `yes | head -c 9000 | gzip > ${archive}`]);
    await expect(extractArchive(archive, emptyTarget())).rejects.toThrow(
      `Archive ${archive} is not a tarfile`,
    );
  });
});
