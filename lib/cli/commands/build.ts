import { connect, runBuild, type RunContext } from '../run-build.js';
import { yargsOptions } from '../table-options.js';
import { withImages } from '../with-images.js';
import { JSON_OPTION, toJson, type Command } from './command.js';
import { withContext } from './run.js';

/** `kollage build`: what kolla-build does, with causes named. */
export const buildCommand: Command = {
  usage: 'build [regex..]',
  summary: 'Build images, and push them with --push',
  examples: [
    ['kollage build -b debian memcached', 'One image and what it is built on'],
    ['kollage build -p infra --push --registry registry:5000', 'A profile, pushed'],
    ['kollage build --exclude ^nova --incremental', 'What has changed, without nova'],
    ['kollage build --explain ^nova', 'Why --incremental would build each image, or not'],
  ],
  options: {
    ...yargsOptions(),
    ...JSON_OPTION,
    explain: {
      type: 'boolean',
      default: false,
      describe: 'Say what --incremental would build, and why; build nothing.',
    },
  },
  run: (parsed, io) =>
    withContext(parsed, io, {}, (context) =>
      parsed['explain'] === true ? explain(context, parsed['json'] === true) : runBuild(context),
    ),
};

async function explain(context: RunContext, json: boolean): Promise<number> {
  const engine = await connect(context);
  const { explainImages } = await import('../../adapters/explain-build.js');
  return withImages(context, engine, async ({ images, interruption }) => {
    const { io, options } = context;
    const { signal } = interruption;
    const found = await explainImages(images, options, { engine, env: io.env, signal });
    if (json) io.stdout(toJson(found));
    else {
      const text = found.map(
        ({ name, rebuild, reason }) => `${name}: ${rebuild ? 'build' : 'leave alone'}: ${reason}\n`,
      );
      io.stdout(text.join(''));
    }
    return 0;
  });
}
