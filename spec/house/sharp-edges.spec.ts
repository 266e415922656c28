import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/requirements.js';
import { SHARP_EDGES } from './sharp-edges.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Rows of the table: edge -> tier. */
function listed(): Map<string, string> {
  const page = read('COMPATIBILITY.md');
  const start = page.indexOf('## Sharp edges of the reference');
  const table = page.slice(start, page.indexOf('\n## ', start + 1));
  const rows = [...table.matchAll(/^\| ([^|]+?) +\| ([^|]+?) +\| [^|]+ \|$/gm)].slice(2);
  return new Map(rows.map(([, edge = '', tier = '']) => [edge, tier]));
}

describe('the sharp edges of the reference', () => {
  it('are fifty, each with a tier and what we do in COMPATIBILITY.md', () => {
    const edges = listed();
    expect(edges.size).toBe(50);
    expect(new Set(edges.values())).toEqual(new Set(['same', 'fixed', 'on request']));
    expect([...edges.keys()]).toEqual(Object.keys(SHARP_EDGES));
  });

  it.each(Object.entries(SHARP_EDGES))('are held by specs: %s', (_edge, held) => {
    expect(held.length).toBeGreaterThan(0);
    for (const [file, title] of held) {
      // Titles with quotes are written in either way.
      const text = read(file).replaceAll("\\'", "'");
      expect(text.includes(title), `${file} has no ${title}`).toBe(true);
    }
  });
});
