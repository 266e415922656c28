import { yargsOptions } from '../table-options.js';
import { runBuild } from '../run-build.js';
import type { Command } from './command.js';
import { withContext } from './run.js';

/** `kollage build`: what kolla-build does, with causes named. */
export const buildCommand: Command = {
  usage: 'build [regex..]',
  summary: 'Build images, and push them with --push',
  examples: [
    ['kollage build -b debian memcached', 'One image and what it is built on'],
    ['kollage build -p infra --push --registry registry:5000', 'A profile, pushed'],
    ['kollage build --exclude ^nova --incremental', 'What has changed, without nova'],
  ],
  options: yargsOptions(),
  run: (parsed, io) => withContext(parsed, io, {}, runBuild),
};
