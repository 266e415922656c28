import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, requirement } from '../support/requirements.js';

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

describe('the packed package in an empty project', () => {
  let scratch = '';
  let project = '';
  let packed: Packed | undefined;

  const sh = (command: string, args: readonly string[], cwd = project): string => {
    const done = spawnSync(command, args, { cwd, encoding: 'utf8' });
    if (done.status !== 0) {
      throw new Error(`${command} ${args.join(' ')}\n${done.stdout}${done.stderr}`);
    }
    return done.stdout;
  };

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'kollage-package-'));
    project = join(scratch, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
    // dist/ is what `npm ci` left; packing must not compile over it while other specs run it.
    const out = sh(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch],
      ROOT,
    );
    packed = (JSON.parse(out) as Packed[])[0]!;
    const tarball = join(scratch, packed.filename);
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball];
    const installed = spawnSync('npm', install, { cwd: project, encoding: 'utf8' });
    if (requirement('npm', installed.status === 0)) return;
    // Without a registry: the package's own files from the tarball, the others from this checkout.
    sh('tar', ['-xzf', tarball, '-C', scratch]);
    symlinkSync(join(ROOT, 'node_modules'), join(scratch, 'node_modules'));
    mkdirSync(join(project, 'node_modules/.bin'), { recursive: true });
    symlinkSync(join(scratch, 'package'), join(project, 'node_modules/kollage'));
    for (const program of ['kolla-build', 'kollage']) {
      const target = join(scratch, `package/bin/${program}.js`);
      symlinkSync(target, join(project, 'node_modules/.bin', program));
    }
  }, 180_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('holds the doors, the data, the bundled collection, and no source', () => {
    const paths = packed!.files.map((file) => file.path);
    for (const path of [
      'dist/index.js',
      'dist/index.d.ts',
      'dist/jinja/index.js',
      'dist/jinja/index.d.ts',
      'dist/unstable.js',
      'dist/kolla/series/2026.1.json',
      'bin/kolla-build.js',
      'bin/kollage.js',
      'templates/base/Dockerfile.j2',
      'overrides/site.j2',
      'LICENSE',
      'README.md',
    ]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => /^(lib|spec|\.ci)\/|\.spec\.|tsbuildinfo/.test(path))).toEqual(
      [],
    );
  });

  it('renders from an ES module', () => {
    writeFileSync(
      join(project, 'esm.js'),
      `import { Environment } from 'kollage/jinja';
       console.log(new Environment().fromString('{{ [1, 2.0, none] }} {{ 7 / 2 }}').render());`,
    );
    expect(sh('node', ['esm.js'])).toBe('[1, 2.0, None] 3.5\n');
  });

  it('renders from CommonJS', () => {
    writeFileSync(
      join(project, 'common.cjs'),
      `const { Environment, DictLoader } = require('kollage/jinja');
       const loader = new DictLoader({ 'a.j2': 'Hi {{ name | upper }}' });
       console.log(new Environment({ loader }).getTemplate('a.j2').render({ name: 'x' }));`,
    );
    // Node 20.19 warns that require() of an ES module is experimental.
    expect(sh('node', ['--no-warnings', 'common.cjs'])).toBe('Hi X\n');
  });

  it('type-checks under strict TypeScript, and wrong use does not', () => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    expect(existsSync(tsc)).toBe(true);
    const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', types: [] };
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['use.mts'] }),
    );
    const check = (text: string): string => {
      writeFileSync(join(project, 'use.mts'), text);
      return spawnSync('node', [tsc], { cwd: project, encoding: 'utf8' }).stdout;
    };
    const good = `import { Environment, StrictUndefined } from 'kollage/jinja';
      const env = new Environment({ trimBlocks: true, undefined: StrictUndefined });
      export const text: string = env.fromString('x').render({ a: [1] });`;
    expect(check(good)).toBe('');
    const errors = check(good.replace('text: string', 'text: number').replace('trimB', 'trimmedB'));
    expect(errors).toContain('TS2322');
    expect(errors).toContain("'trimmedBlocks' does not exist");
  }, 180_000);

  it('has both programs, which run from anywhere', () => {
    const bin = join(project, 'node_modules/.bin');
    const { stdout, stderr } = spawnSync(join(bin, 'kolla-build'), ['--version'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
    // V8 writes there of flags that it does not know.
    expect(stderr).toBe('');
    expect(sh(join(bin, 'kollage'), ['--help'])).toContain('kollage');
    expect(sh(join(bin, 'kolla-build'), ['--base', 'debian', '--list-images'])).toContain(
      ' : base',
    );
  });
});
