import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunState } from '../../lib/adapters/run-state.js';

describe('RunState', () => {
  let work = '';
  let file = '';

  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'kollage-spec-'));
    file = join(work, 'state/builds.json');
  });

  afterEach(() => {
    rmSync(work, { recursive: true, force: true });
  });

  it('remembers from run to run', () => {
    const first = new RunState(file);
    first.begin(['a', 'b']);
    first.finish('a', { imageId: 'sha256:1', seconds: 3 });
    first.flush();
    const second = new RunState(file);
    expect(second.get('a')).toEqual({ imageId: 'sha256:1', seconds: 3 });
    expect(second.get('b')).toEqual({});
  });

  it('keeps what another run has noted meanwhile', () => {
    const [one, other] = [new RunState(file), new RunState(file)];
    one.begin(['a']);
    other.begin(['b']);
    one.finish('a', { imageId: 'sha256:1' });
    one.flush();
    other.finish('b', { imageId: 'sha256:2' });
    other.flush();
    one.flush();
    const later = new RunState(file);
    expect(later.get('a')?.imageId).toBe('sha256:1');
    expect(later.get('b')?.imageId).toBe('sha256:2');
  });

  it.each([
    ['no JSON', 'oops'],
    ['half of it', '{"version":1,"images":{"a":{"seco'],
    ['another version', '{"version":2,"images":{"a":{"seconds":1}}}'],
    ['no images', '{"version":1,"images":null}'],
    ['a list', '[]'],
    [
      'odd images',
      '{"version":1,"images":{"a":null,"b":5,"c":[],"d":{"seconds":"1","imageId":7}}}',
    ],
    ['times that are none', '{"version":1,"images":{"a":{"seconds":-1},"b":{"seconds":1e999}}}'],
    ['bytes', Buffer.from([0xff, 0xfe, 0])],
  ])('takes a file of %s for none, and writes it anew', (_, text) => {
    const state = new RunState(file);
    state.flush();
    writeFileSync(file, text);
    const damaged = new RunState(file);
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(damaged.get(name)?.seconds).toBeUndefined();
      expect(damaged.get(name)?.imageId).toBeUndefined();
    }
    damaged.begin(['a']);
    damaged.finish('a', { imageId: 'sha256:1', seconds: 2 });
    damaged.flush();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      version: 1,
      images: { a: { imageId: 'sha256:1', seconds: 2 } },
    });
  });
});
