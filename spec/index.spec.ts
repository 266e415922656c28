import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plan, render, RenderError, UsageError } from '../lib/index.js';
import { useScratch } from './cli/scratch.js';

describe('the package', () => {
  const scratch = useScratch();
  const env = (): Record<string, string> => ({ HOME: scratch.path });
  const options = () =>
    ({ imagesDir: join(scratch.path, 'images'), kollaSeries: '2026.1', base: 'debian' }) as const;

  it('renders the selected images into a work dir', async () => {
    const workDir = join(scratch.path, 'work');
    const { path, images } = await render(
      { ...options(), workDir, regex: ['^cron$'], tag: 'a$b' },
      { env: env() },
    );
    expect(path).toBe(join(workDir, 'docker'));
    expect(images.filter(({ status }) => status === 'matched').map(({ name }) => name)).toEqual([
      'base',
      'cron',
    ]);
    expect(readFileSync(join(path, 'cron/Dockerfile'), 'utf8')).toContain('FROM kolla/base:a$b\n');
    expect(existsSync(join(path, 'horizon'))).toBe(false);
  });

  it('renders into a temporary folder without one', async () => {
    const { path } = await render({ ...options(), regex: ['^base$'] }, { env: env() });
    expect(existsSync(join(path, 'base/Dockerfile'))).toBe(true);
    rmSync(dirname(path), { recursive: true });
  });

  it('plans each image after the one that it is built on', async () => {
    const { order } = await plan({ ...options(), regex: ['nova-api'] }, { env: env() });
    expect(order.map(({ name }) => name)).toEqual([
      'base',
      'openstack-base',
      'nova-base',
      'nova-api',
    ]);
  });

  it('reads configuration files, and is not overruled by them', async () => {
    scratch.write({ 'x.conf': '[DEFAULT]\ntag = file\nnamespace = file\n' });
    const { images } = await plan(
      { ...options(), tag: 'call', regex: ['^base$'] },
      { env: env(), configFiles: [join(scratch.path, 'x.conf')] },
    );
    expect(images[0]?.canonicalName).toBe('file/base:call');
  });

  it('refuses unknown options and says what was meant', async () => {
    const wrong = { ...options(), templateOverides: ['x'] };
    await expect(plan(wrong, { env: env() })).rejects.toThrow(UsageError);
    await expect(plan(wrong, { env: env() })).rejects.toMatchObject({
      hint: 'did you mean templateOverride?',
    });
  });

  it('rejects with the error of a template', async () => {
    scratch.write({ 'images/base/Dockerfile.j2': 'FROM {{ nope.x }}\n' });
    await expect(render(options(), { env: env() })).rejects.toThrow(RenderError);
  });
});
