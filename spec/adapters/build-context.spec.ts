import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contextFiles } from '../../lib/adapters/build-context.js';

// What Podman 5.8 copies with these files, whose service reads them once more.
describe('the context of an image', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    mkdirSync(join(folder, 'docs'));
    for (const name of ['Dockerfile', 'README', 'docs/keep.md', 'docs/other.md', 'top.txt']) {
      writeFileSync(join(folder, name), name);
    }
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const context = (engine: 'docker' | 'podman'): string[] =>
    [...contextFiles(folder, engine)].map(({ name }) => name.toString()).sort();

  it('tells upper case from lower for Podman, as its service does, and not for Docker', () => {
    writeFileSync(join(folder, '.dockerignore'), 'readme\n');
    expect(context('podman')).toContain('README');
    expect(context('docker')).not.toContain('README');
  });

  it('obeys .containerignore before .dockerignore, for Podman alone', () => {
    writeFileSync(join(folder, '.dockerignore'), 'README\n');
    writeFileSync(join(folder, '.containerignore'), 'top.txt\n');
    expect(context('podman')).toContain('README');
    expect(context('podman')).not.toContain('top.txt');
    expect(context('docker')).toContain('top.txt');
    expect(context('docker')).not.toContain('README');
  });

  it('lets stars bring back what is in an excluded folder for Podman', () => {
    writeFileSync(join(folder, '.dockerignore'), 'docs\n!**/keep.md\n');
    expect(context('podman')).toContain('docs/keep.md');
    expect(context('docker')).not.toContain('docs/keep.md');
  });
});
