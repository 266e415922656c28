import { describe, expect, it } from 'vitest';
import { releaseFolders } from '../../lib/cli/release-folders.js';
import type { Image } from '../../lib/kolla/image.js';

const image = (folder: string): Image => ({ name: folder.split('/').at(-1), folder }) as Image;

function run(): { follow: ReturnType<typeof releaseFolders>; released: string[]; heard: string[] } {
  const released: string[] = [];
  const heard: string[] = [];
  const images = ['base', 'nova/nova-api', 'outer', 'outer/deep/inner'].map(image);
  const follow = releaseFolders(
    images,
    { release: (folder) => void released.push(folder) },
    {
      started: (name, what) => heard.push(`${what} ${name}`),
      line: (name, text) => heard.push(`${name}: ${text}`),
      ended: (name, what, status) => heard.push(`${what} ${name} ${status}`),
    },
  );
  return { follow, released, heard };
}

describe('releaseFolders', () => {
  it('releases the folders of images that are built or left alone, and tells who watches', () => {
    const { follow, released, heard } = run();
    follow.started('base', 'build');
    follow.line('base', 'Step 1/1');
    follow.ended('base', 'build', 'built');
    follow.ended('nova-api', 'build', 'skipped');
    expect(released).toEqual(['base', 'nova/nova-api']);
    expect(heard).toEqual([
      'build base',
      'base: Step 1/1',
      'build base built',
      'build nova-api skipped',
    ]);
  });

  it('leaves what failed, what was pushed and what holds another image', () => {
    const { follow, released } = run();
    follow.ended('base', 'build', 'error');
    follow.ended('nova-api', 'push', 'built');
    follow.ended('outer', 'build', 'built');
    expect(released).toEqual([]);
    follow.ended('inner', 'build', 'built');
    expect(released).toEqual(['outer/deep/inner']);
  });
});
