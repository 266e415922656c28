import { describe, expect, it } from 'vitest';
import type { ImageOutcome } from '../../lib/adapters/build-outcome.js';
import { nameFailedParents } from '../../lib/cli/parent-errors.js';
import type { Image } from '../../lib/kolla/image.js';
import type { Status } from '../../lib/kolla/status.js';

function chain(...statuses: Status[]): [Image[], ImageOutcome[]] {
  const images: Image[] = [];
  const outcomes = statuses.map((status, at): ImageOutcome => {
    images.push({ name: `i${at}`, parent: images[at - 1] } as Image);
    return { name: `i${at}`, canonicalName: `i${at}`, status, attempts: 0 };
  });
  return [images, outcomes];
}

const statusesOf = (...statuses: Status[]): Status[] =>
  nameFailedParents(...chain(...statuses)).map(({ status }) => status);

describe('nameFailedParents', () => {
  it('turns everything above a failed image into parent errors', () => {
    expect(statusesOf('built', 'error', 'matched', 'matched')).toEqual([
      ...['built', 'error', 'parent_error', 'parent_error'],
    ]);
  });

  it('names the image that failed', () => {
    const outcomes = nameFailedParents(...chain('error', 'matched', 'matched'));
    expect(outcomes[2]?.reason).toBe('it is built on i0, which failed');
  });

  it('leaves images alone that never started for another reason', () => {
    expect(statusesOf('built', 'matched')).toEqual(['built', 'matched']);
  });
});
