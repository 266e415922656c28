import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImages, type BuildDeps } from '../../lib/adapters/build.js';
import { type BuildLog, type Logger } from '../../lib/adapters/build-log.js';
import { type BuildOptions } from '../../lib/adapters/build-options.js';
import { type ImageOutcome } from '../../lib/adapters/build-outcome.js';
import { type Image, type ImageSource } from '../../lib/kolla/image.js';
import { type ImageSettings } from '../../lib/kolla/options.js';
import { type Status } from '../../lib/kolla/status.js';
import { FakeEngine } from './fake-engine.js';

const SETTINGS: ImageSettings = {
  platform: null,
  networkMode: null,
  buildArgs: new Map(),
  buildTimeout: null,
  retries: null,
};

/** Options as kolla-build has them by default, without what takes time or leaves the machine. */
export const OPTIONS: BuildOptions = {
  engine: 'docker',
  podmanBaseUrl: '',
  threads: 8,
  pushThreads: 1,
  retries: 0,
  push: false,
  pull: false,
  cache: true,
  keep: false,
  squash: false,
  squashCleanup: true,
  squashTmpDir: null,
  networkMode: 'host',
  platform: null,
  buildArgs: new Map(),
  pipIndexUrl: null,
  pipTrustedHost: null,
  pipExtraIndexUrl: null,
  buildkit: true,
  buildkitBuilder: null,
  timeout: 5,
  debianArch: 'amd64',
  allowedToFail: [],
  incremental: false,
  failFast: false,
  buildTimeout: 0,
  cacheFrom: [],
  cacheTo: null,
  buildSecret: [],
  secretBuildArgs: [],
  extraTag: [],
  extraLabel: [],
  sourceCache: null,
  offline: false,
  stateFile: null,
  resume: false,
  resultsFile: null,
  imageSettings: () => SETTINGS,
};

export const settings = (own: Partial<ImageSettings>): ImageSettings => ({ ...SETTINGS, ...own });

/** Images in folders of their own, and an engine in memory to build them with. */
export class BuildSetup {
  readonly folder = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
  readonly engine = new FakeEngine();
  readonly lines: string[] = [];
  images: Image[] = [];

  /** `{ child: 'parent' }`, with an empty text for roots. */
  tree(parents: Readonly<Record<string, string>>, statuses: Record<string, Status> = {}): this {
    const found = new Map<string, Image>();
    for (const [name, parent] of Object.entries(parents)) {
      const path = join(this.folder, 'tree', name);
      mkdirSync(path, { recursive: true });
      const parentName = parent === '' ? 'scratch' : `ns/${parent}:1`;
      const dockerfile = `FROM ${parentName}\nRUN ${name}\n`;
      writeFileSync(join(path, 'Dockerfile'), dockerfile);
      found.set(name, {
        name,
        canonicalName: `ns/${name}:1`,
        folder: name,
        path,
        parentName,
        parent: undefined,
        children: [],
        status: statuses[name] ?? 'matched',
        plugins: [],
        additions: [],
        labels: new Map([['org.opencontainers.image.title', name]]),
        untypedSources: [],
        dockerfile,
      });
    }
    for (const [name, parent] of Object.entries(parents)) {
      const above = found.get(parent);
      if (!above) continue;
      found.get(name)!.parent = above;
      above.children.push(found.get(name)!);
    }
    this.images = [...found.values()];
    return this;
  }

  image(name: string): Image {
    return this.images.find((image) => image.name === name)!;
  }

  /** Gives an image a source, a plugin or an addition. */
  withSource(
    name: string,
    source: Pick<ImageSource, 'type' | 'source'> & Partial<ImageSource>,
    as: 'source' | 'plugins' | 'additions' = 'source',
  ): this {
    const section = as === 'source' ? name : `${name}-${as.replace(/s$/, '')}-x`;
    const full = { name: section, enabled: true, sha256: null, ...source };
    const value = as === 'source' ? full : [full];
    Object.assign(this.image(name), { [as]: value });
    return this;
  }

  async build(
    options: Partial<BuildOptions> = {},
    deps: Partial<BuildDeps> = {},
  ): Promise<Record<string, ImageOutcome>> {
    const outcomes = await buildImages(
      this.images,
      { ...OPTIONS, stateFile: join(this.folder, 'state.json'), ...options },
      { engine: this.engine, log: this.log(), env: { PATH: process.env['PATH'] }, ...deps },
    );
    return Object.fromEntries(outcomes.map((outcome) => [outcome.name, outcome]));
  }

  log(): BuildLog {
    const logger = (name: string): Logger => {
      const add = (level: string) => (message: string) => {
        this.lines.push(`${level}:${name}:${message}`);
      };
      return {
        debug: add('DEBUG'),
        info: add('INFO'),
        warning: add('WARNING'),
        error: add('ERROR'),
      };
    };
    return { program: logger('kolla'), image: (name) => logger(`kolla.${name}`) };
  }
}

/** Statuses by name. */
export const statuses = (outcomes: Record<string, ImageOutcome>): Record<string, Status> =>
  Object.fromEntries(Object.values(outcomes).map(({ name, status }) => [name, status]));
