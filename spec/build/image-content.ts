import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { extract } from 'tar-stream';
import { docker } from './collection.js';

/** Labels that tell when an image was made and from which checkout: they differ from run to run. */
const VOLATILE = [
  'org.opencontainers.image.created',
  'org.opencontainers.image.revision',
  'org.opencontainers.image.source',
];

interface Inspected {
  readonly Architecture: string;
  readonly Os: string;
  readonly Config: Record<string, unknown> & { Labels: Record<string, string> | null };
}

/** An image's configuration without dates and ids. BuildKit writes the default working directory
 *  out, and notes `ArgsEscaped`, which means something on Windows alone. */
export function configurationOf(name: string): unknown {
  const [image] = JSON.parse(docker('image', 'inspect', name)) as [Inspected];
  const config = image.Config;
  const labels = Object.entries(config.Labels ?? {}).filter(([key]) => !VOLATILE.includes(key));
  const plain = {
    User: config['User'] ?? '',
    Env: config['Env'],
    Cmd: config['Cmd'] ?? null,
    Entrypoint: config['Entrypoint'] ?? null,
    WorkingDir: config['WorkingDir'] === '/' ? '' : config['WorkingDir'],
    ExposedPorts: config['ExposedPorts'] ?? null,
    Volumes: config['Volumes'] ?? null,
    OnBuild: (config['OnBuild'] as unknown[] | null)?.length ? config['OnBuild'] : null,
    StopSignal: config['StopSignal'] ?? '',
    Healthcheck: config['Healthcheck'] ?? null,
    Shell: config['Shell'] ?? null,
  };
  return {
    architecture: image.Architecture,
    os: image.Os,
    ...plain,
    labels: Object.fromEntries(labels.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Every file of an image with its type, mode, owner and digest. Docker's own mounts are left out. */
export async function filesOf(name: string): Promise<Record<string, string>> {
  const container = docker('create', '--entrypoint', '/bin/sh', name).trim();
  try {
    const child = spawn('docker', ['export', container], { stdio: ['ignore', 'pipe', 'inherit'] });
    const parser = extract();
    child.stdout.on('data', (chunk: Buffer) => parser.write(chunk));
    child.stdout.on('end', () => parser.end(null));
    const files: Record<string, string> = {};
    for await (const entry of parser) {
      const { header } = entry;
      const hash = createHash('sha256');
      for await (const chunk of entry as unknown as AsyncIterable<Buffer>) hash.update(chunk);
      if (/^(dev|proc|sys|\.dockerenv|etc\/(hosts|hostname|resolv\.conf|mtab))/.test(header.name)) {
        continue;
      }
      const { type, mode, uid, gid, linkname } = header;
      const digest = hash.digest('hex').slice(0, 16);
      files[header.name] = [type, mode.toString(8), uid, gid, linkname, digest].join(' ');
    }
    return files;
  } finally {
    docker('rm', '--force', container);
  }
}
