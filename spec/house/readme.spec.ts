import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { structuredPatch } from 'diff';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/requirements.js';
import { run } from '../support/run.js';

interface Snippet {
  readonly section: string;
  readonly language: string;
  readonly text: string;
}

function snippetsOf(markdown: string): Snippet[] {
  const snippets: Snippet[] = [];
  let section = '';
  for (const match of markdown.matchAll(/^## (.+)$|^```(\w+)\n([^]*?)^```$/gm)) {
    if (match[1] !== undefined) section = match[1];
    else snippets.push({ section, language: match[2]!, text: match[3]! });
  }
  return snippets;
}

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const snippets = snippetsOf(readme);

function snippet(section: string, language: string): string {
  const found = snippets.filter((one) => one.section === section && one.language === language);
  expect(found, `${language} snippets in "${section}"`).toHaveLength(1);
  return found[0]!.text;
}

describe('the README', () => {
  let project = '';

  // The commands are meant for a clone; this stands in for one without touching the clone's files.
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'kollage-readme-'));
    for (const name of ['templates', 'overrides', 'package.json', 'dist', 'bin']) {
      symlinkSync(join(ROOT, name), join(project, name));
    }
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('names two set-up commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(snippet('Set up', 'sh')).toBe('npm ci\nnpm start\n');
    expect(scripts['start']).toBe('node scripts/demo.js');
    expect(scripts['prepare']).toBe('npm run build');
  });

  it('prints what it says it prints when a template is rendered', async () => {
    const source = snippet('Render a template', 'js');
    expect(source.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(10);
    writeFileSync(join(project, 'render.mjs'), source);
    const done = await run(process.execPath, ['render.mjs'], { cwd: project });
    expect(done.stderr).toBe('');
    expect(done.stdout).toBe(snippet('Render a template', 'text'));
  });

  it('shows the true effect of its override', async () => {
    const override = snippet('Override an image', 'jinja');
    expect(override.trim().split('\n')).toHaveLength(5);
    writeFileSync(join(project, 'site.j2'), override);
    const [npx, program, ...args] = snippet('Override an image', 'sh').trim().split(' ');
    expect([npx, program]).toEqual(['npx', 'kolla-build']);
    const rendered = async (given: string[]): Promise<string> => {
      const done = await run(process.execPath, ['bin/kolla-build.js', ...given], { cwd: project });
      expect(done.status, done.stderr).toBe(0);
      const text = readFileSync(join(project, 'build/docker/memcached/Dockerfile'), 'utf8');
      rmSync(join(project, 'build'), { recursive: true });
      return text;
    };
    const at = args.indexOf('--template-override');
    const before = await rendered(args.toSpliced(at, 2));
    const after = await rendered(args);
    const changed = structuredPatch('a', 'b', before, after, '', '', { context: 0 })
      .hunks.flatMap((hunk) => hunk.lines)
      .filter((line) => /^[+-]./.test(line));
    expect(`${changed.join('\n')}\n`).toBe(snippet('Override an image', 'diff'));
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(4);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  });
});
