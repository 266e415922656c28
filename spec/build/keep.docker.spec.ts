import { describe, expect, it } from 'vitest';
import { available, requirement } from '../support/requirements.js';
import { docker } from './collection.js';
import { failed, useStage } from './stage.js';

describe.runIf(requirement('docker', available.docker()))('--keep', () => {
  const stage = useStage('keep');
  const word = `kept-${process.pid}`;
  const containers = (): string[] => {
    const all = docker('ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Command}}');
    return all.split('\n').filter((line) => line.includes(word));
  };

  it('keeps the container in which a build failed, which otherwise goes', async () => {
    const tree = stage.collection('tree', { 'keep-broken': ['', `RUN echo ${word} && exit 3`] });
    const without = await stage.run([...tree, '^keep-']);
    expect(failed(without)).toEqual({ 'keep-broken': 'error' });
    expect(containers()).toEqual([]);
    const kept = await stage.run([...tree, '--keep', '^keep-']);
    expect(failed(kept)).toEqual({ 'keep-broken': 'error' });
    const found = containers();
    for (const line of found) docker('rm', line.split(' ')[0]!);
    expect(found).toHaveLength(1);
  });
});
