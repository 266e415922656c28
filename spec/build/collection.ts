import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Docker's client, on the daemon that the environment names. */
export const docker = (...args: string[]): string =>
  execFileSync('docker', args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Removes the images whose `repository:tag` the pattern finds. */
export function removeImages(pattern: RegExp): void {
  const all = docker('images', '--format', '{{.Repository}}:{{.Tag}}').split('\n');
  const found = all.filter((name) => pattern.test(name));
  if (found.length > 0) docker('rmi', '--force', ...found);
}

/** A tar of the smallest file system that runs a shell, made of this machine's own programs, so that
 *  no registry is asked for a base image. */
export function shellArchive(archive: string): void {
  const root = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
  try {
    const copy = (from: string, to = from): void => {
      mkdirSync(join(root, dirname(to)), { recursive: true });
      copyFileSync(from, join(root, to));
    };
    for (const name of ['sh', 'cat', 'touch', 'sleep', 'id']) {
      const program = execFileSync('sh', ['-c', `readlink -f "$(command -v ${name})"`], {
        encoding: 'utf8',
      }).trim();
      const needs = execFileSync('ldd', [program], { encoding: 'utf8' });
      for (const [library] of needs.matchAll(/\/\S+/g)) copy(library);
      copy(program, name === 'sh' ? '/bin/sh' : program);
    }
    for (const folder of ['etc', 'tmp', 'dev', 'proc', 'sys']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    chmodSync(root, 0o755);
    const users = ['root:x:0:0::/:/bin/sh', 'nobody:x:65534:65534::/:/bin/sh', ''];
    writeFileSync(join(root, 'etc/passwd'), users.join('\n'));
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
    execFileSync('tar', ['-C', root, '-cf', archive, '.']);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Puts that file system into Docker as an image. */
export function importShell(name: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
  try {
    shellArchive(join(folder, 'shell.tar'));
    docker('import', join(folder, 'shell.tar'), name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder of templates, as `{ image: [parent, body of the Dockerfile] }`; an empty parent stands
 *  for the base image. Each image's folder also gets a file to copy. */
export function writeCollection(
  folder: string,
  base: string,
  images: Readonly<Record<string, readonly [string, string]>>,
): void {
  for (const [name, [parent, body]] of Object.entries(images)) {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    const from = parent === '' ? base : `{{ namespace }}/{{ image_prefix }}${parent}:{{ tag }}`;
    const label = 'LABEL maintainer="{{ maintainer }}" name="{{ image_name }}"';
    writeFileSync(join(own, 'Dockerfile.j2'), `FROM ${from}\n${label}\n${body}\n`);
    writeFileSync(join(own, 'own.txt'), `This is ${name}\n`);
  }
}

/** 37 images in three levels, which between them use what changes an image's configuration. */
export function threeLevels(prefix: string): Record<string, readonly [string, string]> {
  const images: Record<string, readonly [string, string]> = {
    [`${prefix}base`]: [
      '',
      'RUN echo base > /base.txt\nCOPY own.txt /own-base.txt\nENV LEVEL=1 OTHER="two words"\n' +
        'ADD plugins-archive /plugins-here\nEXPOSE 80 443/udp\nSTOPSIGNAL SIGINT\nUSER nobody',
    ],
  };
  for (let at = 0; at < 6; at++) {
    images[`${prefix}middle${at}`] = [
      `${prefix}base`,
      `USER root\nCOPY --chown=65534:0 own.txt /srv/${at}/\nRUN echo ${at} > /m${at} && touch /t${at}\n` +
        `ENV LEVEL=2 MIDDLE=${at}\nCMD ["run", "${at}"]\nONBUILD RUN echo triggered > /triggered`,
    ];
    for (let below = 0; below < 5; below++) {
      images[`${prefix}leaf${at}x${below}`] = [
        `${prefix}middle${at}`,
        `COPY own.txt /leaf.txt\nRUN id > /who && cat /leaf.txt\nWORKDIR /srv/new\n` +
          `ENTRYPOINT ["/bin/sh", "-c"]\nHEALTHCHECK --interval=5s CMD exit ${below}\nARG SEEN=no\n` +
          // Last: before a RUN, the classic builder alone makes the mount point.
          `RUN echo $SEEN > /seen\nVOLUME /data`,
      ];
    }
  }
  return images;
}
