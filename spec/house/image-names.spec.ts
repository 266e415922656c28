import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/requirements.js';

describe('spec files', () => {
  it('build on base images that no other file makes or removes, since they run side by side', () => {
    const folder = join(ROOT, 'spec');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const bases = files
      .filter((file) => file.endsWith('.docker.spec.ts'))
      .flatMap((file) => {
        const text = readFileSync(join(folder, file), 'utf8');
        const staged = [...text.matchAll(/useStage\('([^']+)'\)/g)].map(
          ([, prefix]) => `kollage-spec/${prefix}-shell`,
        );
        const made = [...text.matchAll(/'((?:localhost\/)?kollage-spec\/[^':]*shell):/g)];
        // A file may name the base of its stage once more.
        return [...new Set([...staged, ...made.map(([, name]) => name!)])];
      });
    expect(bases.length).toBeGreaterThan(10);
    expect(bases.filter((name, at) => bases.indexOf(name) !== at)).toEqual([]);
  });
});
