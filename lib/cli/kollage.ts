import type { Argv } from 'yargs';
import { InvalidValueError, UsageError } from '../kolla/config/errors.js';
import { nearest } from '../kolla/nearest.js';
import { buildCommand } from './commands/build.js';
import type { Command } from './commands/command.js';
import { configCommand } from './commands/config.js';
import { importSeriesCommand } from './commands/import-series.js';
import { listCommand } from './commands/list.js';
import { renderCommand } from './commands/render.js';
import type { Io } from './io.js';
import { reportError } from './report-error.js';

const COMMANDS: readonly Command[] = [
  buildCommand,
  renderCommand,
  listCommand,
  configCommand,
  importSeriesCommand,
];

/** Runs `kollage`. Returns the exit status: 0, 1 (the work failed) or 2 (wrong usage). */
export async function kollage(argv: readonly string[], io: Io): Promise<number> {
  const { default: yargs } = await import('yargs');
  let status = 0;
  const parser = COMMANDS.reduce(
    (built, command) => addCommand(built, command, io, (result) => (status = result)),
    yargs()
      .scriptName('kollage')
      .usage('$0 <command>\n\nContainer images from Jinja2 templates, as kolla-build makes them.')
      .parserConfiguration({
        'camel-case-expansion': false,
        'dot-notation': false,
        'parse-numbers': false,
        'parse-positional-numbers': false,
        'boolean-negation': true,
      })
      .locale('en')
      .wrap(Math.min(io.columns, 110))
      .demandCommand(1, 'Which command? See kollage --help.')
      .recommendCommands()
      .strict()
      .exitProcess(false)
      .fail((message, error) => {
        throw error ?? new UsageError(message, suggestOption(message, argv));
      }),
  );
  try {
    // yargs prints help and version itself unless it gets a callback for them.
    await parser.parseAsync([...argv], {}, (_error, _parsed, output) => {
      if (output) io.stdout(`${output}\n`);
    });
    return status;
  } catch (error) {
    const report = reportError(error, argv.includes('--debug') || argv.includes('-d'));
    io.stderr(report.text.replace(/^kolla-build:/gm, 'kollage:'));
    return error instanceof InvalidValueError ? 2 : report.status;
  }
}

function addCommand(parser: Argv, command: Command, io: Io, done: (status: number) => void): Argv {
  return parser.command(
    command.usage,
    command.summary,
    (built) =>
      built.options({ ...command.options }).example(command.examples.map((row) => [...row])),
    async (parsed) => done(await command.run(parsed, io)),
  );
}

/** The options of the command that resemble unknown ones. */
function suggestOption(message: string, argv: readonly string[]): string | undefined {
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(', ') ?? [];
  const command = COMMANDS.find(({ usage }) => usage.split(' ')[0] === argv[0]);
  const names = Object.keys(command?.options ?? {});
  const meant = unknown.map((name) => nearest(name, names)).filter((name) => name !== undefined);
  return meant.length > 0 ? `did you mean --${meant.join(', --')}?` : undefined;
}
