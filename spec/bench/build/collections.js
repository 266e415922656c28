import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const BASE = 'debian:bookworm';

/**
 * Writes a collection of small images in three levels: `bench-base`, `middles` on it, and `leaves` on
 * each of those. `salt` is in every one, so that no cache knows them.
 */
export function writeCollection(folder, { middles, leaves, salt }) {
  const image = (name, from, body) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'Dockerfile.j2'), `FROM ${from}\n${body}\n`);
    writeFileSync(join(folder, name, 'own.txt'), `${name} ${salt}\n`);
  };
  const named = (name) => `{{ namespace }}/{{ image_prefix }}${name}:{{ tag }}`;
  image('bench-base', BASE, 'COPY own.txt /base.txt\nRUN echo base > /made\nENV LEVEL=1');
  for (let at = 0; at < middles; at++) {
    image(`bench-middle${at}`, named('bench-base'), `COPY own.txt /m\nRUN echo ${at} > /made${at}`);
    for (let below = 0; below < leaves; below++) {
      const body = `COPY own.txt /leaf\nRUN echo ${below} > /made-leaf\nCMD ["run"]`;
      image(`bench-leaf${at}x${below}`, named(`bench-middle${at}`), body);
    }
  }
}

/** Like the images above, but nothing runs in them: two hundred of them take a minute less. */
export function writePlainCollection(folder, { middles, leaves, salt }) {
  const image = (name, from) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'Dockerfile.j2'), `FROM ${from}\nCOPY own.txt /${name}\n`);
    writeFileSync(join(folder, name, 'own.txt'), `${name} ${salt}\n`);
  };
  const named = (name) => `{{ namespace }}/{{ image_prefix }}${name}:{{ tag }}`;
  image('bench-base', BASE);
  for (let at = 0; at < middles; at++) {
    image(`bench-middle${at}`, named('bench-base'));
    for (let below = 0; below < leaves; below++) {
      image(`bench-leaf${at}x${below}`, named(`bench-middle${at}`));
    }
  }
}
