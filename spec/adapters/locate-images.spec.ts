import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BUNDLED_TEMPLATES,
  KollaDirNotFoundError,
  locateImages,
} from '../../lib/adapters/locate-images.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kollage-locate-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const collection = (...parts: string[]): string => {
  const folder = join(root, ...parts);
  mkdirSync(join(folder, 'base'), { recursive: true });
  return folder;
};
const locate = (given: string | null = null, env: Record<string, string> = {}): string =>
  locateImages(given, { env: { HOME: join(root, 'home'), PATH: join(root, 'bin'), ...env } });

describe('locateImages', () => {
  it('falls back on the bundled collection', () => {
    expect(locate()).toBe(BUNDLED_TEMPLATES);
  });

  it('takes the folder given, or the docker folder in it', () => {
    const folder = collection('checkout/docker');
    expect(locate(folder)).toBe(folder);
    expect(locate(join(root, 'checkout'))).toBe(folder);
  });

  it('takes a given folder that has no base image', () => {
    mkdirSync(join(root, 'mine'));
    expect(locate(join(root, 'mine'))).toBe(join(root, 'mine'));
  });

  it('names a given folder that is not there', () => {
    expect(() => locate(join(root, 'gone'))).toThrow(KollaDirNotFoundError);
    expect(() => locate(join(root, 'gone'))).toThrow('gone does not exist');
  });

  it('prefers the active Python environment to the home folder', () => {
    const home = collection('home/.local/share/kolla/docker');
    expect(locate()).toBe(home);
    const venv = collection('venv/share/kolla/docker');
    expect(locate(null, { VIRTUAL_ENV: join(root, 'venv') })).toBe(venv);
    const inside = collection('venv/lib/python3.12/site-packages/kolla/docker');
    expect(locate(null, { VIRTUAL_ENV: join(root, 'venv') })).toBe(inside);
  });

  it('finds the Python on the PATH', () => {
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'bin/python3'), '');
    const folder = collection('local/share/kolla/docker');
    expect(locate()).toBe(folder);
  });

  it('looks below $SNAP', () => {
    const folder = collection('snap/share/kolla/docker');
    expect(locate(null, { SNAP: join(root, 'snap') })).toBe(folder);
  });
});
