import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Docker's client, on the daemon that the environment names. */
export const docker = (...args: string[]): string =>
  execFileSync('docker', args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** The smallest base image that runs a shell, made of this machine's own: no registry is asked. */
export function importShell(name: string): void {
  const root = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
  try {
    const copy = (from: string, to = from): void => {
      mkdirSync(join(root, dirname(to)), { recursive: true });
      copyFileSync(from, join(root, to));
    };
    const programs = ['sh', 'cat', 'touch', 'sleep', 'id'].map((program) =>
      execFileSync('sh', ['-c', `readlink -f "$(command -v ${program})"`], {
        encoding: 'utf8',
      }).trim(),
    );
    for (const program of programs) {
      const needs = execFileSync('ldd', [program], { encoding: 'utf8' });
      for (const [library] of needs.matchAll(/\/\S+/g)) copy(library);
      copy(program, program.endsWith('dash') || program.endsWith('bash') ? '/bin/sh' : program);
    }
    mkdirSync(join(root, 'etc'), { recursive: true });
    mkdirSync(join(root, 'tmp'), { recursive: true });
    writeFileSync(
      join(root, 'etc/passwd'),
      'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n',
    );
    execFileSync('sh', ['-c', `tar -C "$0" -c . | docker import - "$1" >/dev/null`, root, name]);
  } finally {
    rmSync(root, { recursive: true, force: true });
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
        `COPY own.txt /leaf.txt\nRUN id > /who && cat /leaf.txt\nWORKDIR /srv/new\nVOLUME /data\n` +
          `ENTRYPOINT ["/bin/sh", "-c"]\nHEALTHCHECK --interval=5s CMD exit ${below}\nARG SEEN=no\n` +
          `RUN echo $SEEN > /seen`,
      ];
    }
  }
  return images;
}
