// `npm start`: renders the bundled collection with the sample override, shows what the override
// changed, and builds the images where a Docker daemon answers. Everything runs through kolla-build,
// as a user would run it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import chalk from 'chalk';
import { structuredPatch } from 'diff';

const root = resolve(import.meta.dirname, '..');
process.chdir(root);
const OVERRIDE = 'overrides/site.j2';
const COLLECTION = ['--images-dir', 'templates', '--base', 'debian', '--tag', 'demo'];

const heading = (text) => console.log(`\n${chalk.bold(text)}`);
const shown = (args) => chalk.dim(`$ kolla-build ${args.join(' ')}`);

function kollaBuild(args, { quiet = false } = {}) {
  if (!quiet) console.log(shown(args));
  const run = spawnSync(process.execPath, ['bin/kolla-build.js', ...args], {
    stdio: quiet ? ['ignore', 'ignore', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
  });
  if (run.status !== 0 && quiet) process.stderr.write(run.stderr);
  return run.status ?? 1;
}

/** Files below a folder, as sorted relative paths. */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

const colourOf = { '+': chalk.green, '-': chalk.red };

function showDifferences(before, after) {
  let changed = 0;
  for (const file of filesOf(after)) {
    const [old, now] = [before, after].map((folder) =>
      existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '',
    );
    if (old === now) continue;
    changed += 1;
    console.log(`\n${chalk.cyan(`build/docker/${file}`)}`);
    for (const hunk of structuredPatch(file, file, old, now, '', '', { context: 1 }).hunks) {
      console.log(chalk.dim(`  line ${hunk.newStart}`));
      for (const line of hunk.lines.filter((text) => !text.startsWith('\\'))) {
        console.log(`  ${(colourOf[line[0]] ?? chalk.reset)(line)}`);
      }
    }
  }
  console.log(
    `\n${OVERRIDE} changed ${changed} of ${filesOf(after).length} files in build/docker.`,
  );
}

/** What the daemon says of the base image, or `undefined` where no daemon answers. */
async function askDaemon() {
  const [{ connectDockerode }, { findDockerHost }] = await Promise.all([
    import('../dist/adapters/docker-connection.js'),
    import('../dist/adapters/docker-host.js'),
  ]);
  try {
    const docker = await connectDockerode(findDockerHost(process.env));
    await docker.ping();
    return docker;
  } catch {
    return undefined;
  }
}

const hasImage = (docker, name) =>
  docker
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );

rmSync('build/docker', { recursive: true, force: true });
const plain = mkdtempSync(join(tmpdir(), 'kollage-demo-'));
process.on('exit', () => rmSync(plain, { recursive: true, force: true }));

heading(`Rendering templates/ with ${OVERRIDE}`);
const render = [...COLLECTION, '--template-only'];
const withOverride = [...render, '--template-override', OVERRIDE, '--work-dir', 'build'];
const failed =
  kollaBuild(withOverride) || kollaBuild([...render, '--work-dir', plain], { quiet: true });
if (failed) process.exit(failed);

heading('What the override changed');
showDifferences(join(plain, 'docker'), 'build/docker');

const docker = await askDaemon();
if (!docker) {
  heading('No Docker daemon answers here, so nothing is built.');
  console.log('With one running, `npm start` builds the four images too.');
} else {
  heading('Building');
  const base = /^FROM (\S+)/m.exec(readFileSync('build/docker/base/Dockerfile', 'utf8'))[1];
  const pull = (await hasImage(docker, base)) ? ['--nopull'] : [];
  const status = kollaBuild([...COLLECTION, '--template-override', OVERRIDE, '--quiet', ...pull]);
  if (status !== 0 && pull.length === 0 && !(await hasImage(docker, base))) {
    console.error(
      `The daemon has no image ${base} and could not pull it. ` +
        'The Dockerfiles in build/docker are whole; give the daemon a registry it can reach and run `npm start` again.',
    );
  }
  process.exitCode = status;
}
