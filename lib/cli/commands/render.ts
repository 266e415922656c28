import { yargsOptions } from '../table-options.js';
import { JSON_OPTION, toJson, type Command } from './command.js';
import { withContext, withRendered } from './run.js';

/** `kollage render`: the Dockerfiles of the selected images. */
export const renderCommand: Command = {
  usage: 'render [regex..]',
  summary: 'Write the Dockerfiles of images, with the files that they copy',
  examples: [
    ['kollage render --work-dir out', 'All images, into out/docker'],
    ['kollage render --work-dir out --template-override site.j2 ^nova', 'Some, with an override'],
  ],
  options: { ...yargsOptions(), ...JSON_OPTION },
  run: (parsed, io) =>
    withContext(parsed, io, { templateOnly: true }, (context) =>
      withRendered(context, ({ images, workDir, keepWorkDir }) => {
        keepWorkDir();
        const rendered = images
          .filter(({ status }) => status === 'matched')
          .map(({ name, path }) => ({ name, dockerfile: `${path}/Dockerfile` }));
        io.stdout(
          parsed['json'] === true
            ? toJson(rendered)
            : `${rendered.length} Dockerfiles in ${workDir.path}\n`,
        );
      }),
    ),
};
