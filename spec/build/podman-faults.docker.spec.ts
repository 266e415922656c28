import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { shellArchive } from './collection.js';
import { startPodman, type PodmanService } from './podman-service.js';
import { built, endProcessesWith, eventually, failed, useStage } from './stage.js';

const runs =
  requirement('podman', available.command('podman')) && requirement('docker', available.docker());

describe.runIf(runs)('kolla-build --engine podman in trouble', () => {
  const stage = useStage('podfault');
  const base = 'localhost/kollage-spec/podfault-shell:1';
  let service: PodmanService;
  let tree: string[] = [];
  let mended: string[] = [];

  beforeAll(async () => {
    service = await startPodman(join(stage.work, 'podman'));
    shellArchive(join(stage.work, 'shell.tar'));
    service.podman('import', join(stage.work, 'shell.tar'), base);
    const images = (command: string): Record<string, readonly [string, string]> => ({
      'podfault-first': ['', `RUN echo first > /first`],
      'podfault-slow': ['podfault-first', `RUN echo begins && ${command}`],
    });
    const own = (name: string, command: string): string[] => [
      ...['--engine', 'podman', '--podman_base_url', service.url],
      ...stage.collection(name, images(command), base),
      '^podfault-',
    ];
    tree = own('slow', stage.forever);
    mended = own('mended', 'true');
  }, 120_000);

  afterAll(() => service.stop());

  it('ends in order on SIGINT', async () => {
    const { child, ended, until } = stage.start(tree);
    await until('podfault-slow:begins');
    child.kill('SIGINT');
    const found = await ended;
    expect(found.status).toBe(130);
    expect(built(found)).toEqual(['podfault-first']);
    expect(failed(found)).toEqual({ 'podfault-slow': 'building' });
    // Podman lets a step that has begun come to its end; its API has nothing that stops one.
    endProcessesWith(stage.forever);
    await stage.leavesNothing();
    const none = (): boolean =>
      service.podman('ps', '--all', '--external', '--format', '{{.ID}}') === '';
    await eventually('no container is left', none);
    expect((await stage.run(mended)).status).toBe(0);
  }, 120_000);

  it('survives a service that is killed', async () => {
    const { ended, until } = stage.start(tree);
    await until('podfault-slow:begins');
    await service.kill();
    const found = await ended;
    expect(found.status).toBe(1);
    expect(failed(found)).toEqual({ 'podfault-slow': 'error' });
    expect(found.stderr).toMatch(/podfault-slow:.*(broke off|Cannot reach)/);
    await service.start();
    expect((await stage.run(mended)).status).toBe(0);
  }, 120_000);
});
