import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { docker } from '../build/collection.js';
import { useStage } from '../build/stage.js';
import { available, requirement } from '../support/requirements.js';

describe.runIf(requirement('docker', available.docker()))('a sharp edge of the reference', () => {
  const stage = useStage('edge');
  // No docker, no buildx: nothing is on the PATH.
  const env = { PATH: '/nonexistent' };
  let args: string[] = [];

  beforeAll(() => {
    const tree = stage.collection('tree', {
      'edge-base': ['', 'RUN cat /proc/sys/kernel/random/uuid > /base'],
      'edge-child': ['edge-base', 'RUN cat /proc/sys/kernel/random/uuid > /child'],
      'edge-slow': ['', `RUN echo early bird && ${stage.forever}`],
    });
    args = [...tree, '--kolla-series', 'master'];
  });

  it('labels and the cache, missing buildx: a second run finds every layer', async () => {
    const inspect = (format: string): string =>
      docker('image', 'inspect', '--format', format, 'kollage-spec/edge-child:edge');
    const left = async (): Promise<string[]> => {
      const { status, stderr } = await stage.run([...args, '^edge-child'], env);
      expect(status, stderr).toBe(0);
      return [
        inspect('{{json .RootFS.Layers}}'),
        inspect('{{index .Config.Labels "org.opencontainers.image.created"}}'),
      ];
    };
    const [layers, first] = await left();
    // The label counts in seconds.
    await setTimeout(1100);
    const [again, second] = await left();
    expect(again).toBe(layers);
    expect(second).not.toBe(first);
  }, 300_000);

  it('live output: a line comes while its step still runs', async () => {
    const { child, ended, until } = stage.start([...args, '^edge-slow'], env);
    await until('INFO:kolla.common.utils.edge-slow:early bird\n');
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    await stage.leavesNothing();
  }, 300_000);
});
