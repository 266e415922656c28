import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const MAGIC: readonly (readonly [readonly number[], 'gzip' | 'bzip2' | 'xz' | 'zstd'])[] = [
  [[0x1f, 0x8b], 'gzip'],
  [[0x42, 0x5a, 0x68], 'bzip2'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xz'],
  [[0x5d, 0x00, 0x00], 'xz'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
];

async function compressionOf(path: string): Promise<'gzip' | 'bzip2' | 'xz' | 'zstd' | undefined> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(6);
    const { bytesRead } = await file.read(start, 0, 6, 0);
    const found = MAGIC.find(
      ([magic]) => bytesRead >= magic.length && magic.every((byte, at) => start[at] === byte),
    );
    return found?.[1];
  } finally {
    await file.close();
  }
}

// Node has gzip alone; the others are read by the programs that every distribution has for them.
function decompressWith(program: string, path: string): Readable {
  const output = new PassThrough();
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.once('error', (error: NodeJS.ErrnoException) => {
    output.destroy(
      error.code === 'ENOENT' ? new Error(`the program ${program} is not installed`) : error,
    );
  });
  child.stdin.on('error', () => undefined);
  const file = createReadStream(path);
  file.on('error', (error) => output.destroy(error));
  file.pipe(child.stdin);
  child.stdout.pipe(output, { end: false });
  child.once('close', (code) => {
    if (code === 0) output.end();
    else output.destroy(new Error(complaint.trim() || `${program} exited with ${code}`));
  });
  output.once('close', () => {
    file.destroy();
    child.kill();
  });
  return output;
}

/** The content of a file, decompressed if it is compressed with gzip, bzip2, xz, lzma or zstd. */
export async function decompressedStream(path: string): Promise<Readable> {
  const compression = await compressionOf(path);
  if (compression === undefined) return createReadStream(path);
  if (compression !== 'gzip') return decompressWith(compression, path);
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  gunzip.once('close', () => file.destroy());
  return file.pipe(gunzip);
}
