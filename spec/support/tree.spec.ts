import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTree, treeDifferences } from './tree.js';

describe('the comparison of trees', () => {
  let scratch = '';
  let left = '';
  let right = '';
  const differences = (): string[] => treeDifferences(readTree(left), readTree(right));

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'kollage-trees-'));
    [left, right] = [join(scratch, 'left'), join(scratch, 'right')];
    mkdirSync(join(left, 'base'), { recursive: true });
    writeFileSync(join(left, 'base/Dockerfile'), 'FROM a\nRUN b\n');
    writeFileSync(join(left, 'base/script'), '#!/bin/sh\n', { mode: 0o755 });
    symlinkSync('script', join(left, 'base/link'));
    cpSync(left, right, { recursive: true, verbatimSymlinks: true });
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('finds none between copies', () => {
    expect(readTree(left).size).toBe(4);
    expect(differences()).toEqual([]);
  });

  it('names the first line that differs', () => {
    writeFileSync(join(right, 'base/Dockerfile'), 'FROM a\nRUN c\n');
    expect(differences()).toEqual(['base/Dockerfile: line 2: expected "RUN b", got "RUN c"']);
  });

  it('sees a missing newline at the end', () => {
    writeFileSync(join(right, 'base/Dockerfile'), 'FROM a\nRUN b');
    expect(differences()).toEqual(['base/Dockerfile: line 3: expected "", got null']);
  });

  it('sees modes, missing files, files too many and other kinds', () => {
    chmodSync(join(right, 'base/script'), 0o644);
    rmSync(join(right, 'base/Dockerfile'));
    rmSync(join(right, 'base/link'));
    mkdirSync(join(right, 'base/link'));
    writeFileSync(join(right, 'base/more'), '');
    expect(differences()).toEqual([
      'base/Dockerfile: missing',
      'base/link: expected a link, got a folder',
      'base/script: expected mode 755, got 644',
      'base/more: not expected',
    ]);
  });
});
