import { describe, expect, it } from 'vitest';
import { criticalPath, findCycles, longestPaths, planRoots } from '../../lib/kolla/plan.js';
import { TaskQueue } from '../../lib/kolla/queue.js';
import { type Status } from '../../lib/kolla/status.js';

interface Node {
  name: string;
  parent?: Node;
  children: Node[];
  status: Status;
}

/** `{ child: 'parent' }` with an empty text for roots. */
function tree(parents: Record<string, string>, statuses: Record<string, Status> = {}): Node[] {
  const nodes = new Map<string, Node>();
  for (const name of Object.keys(parents)) {
    nodes.set(name, { name, children: [], status: statuses[name] ?? 'matched' });
  }
  for (const [name, parent] of Object.entries(parents)) {
    const node = nodes.get(name)!;
    const above = nodes.get(parent);
    if (!above) continue;
    node.parent = above;
    above.children.push(node);
  }
  return [...nodes.values()];
}

const names = (nodes: readonly Node[]): string[] => nodes.map(({ name }) => name);

describe('planRoots', () => {
  it('starts with images without a parent and with children of skipped ones', () => {
    const images = tree(
      { base: '', mid: 'base', leaf: 'mid', other: '', gone: '' },
      { base: 'skipped', gone: 'unmatched' },
    );
    expect(names(planRoots(images))).toEqual(['mid', 'other']);
  });
});

describe('findCycles', () => {
  it('names the members of a cycle, and nothing that merely hangs below one', () => {
    const images = tree({ a: 'b', b: 'c', c: 'a', below: 'a', fine: '', self: 'self' });
    expect(findCycles(images).map(names)).toEqual([['a', 'b', 'c'], ['self']]);
  });
});

describe('longestPaths', () => {
  it('adds up the longest chain below each image', () => {
    const images = tree({ base: '', a: 'base', b: 'base', c: 'b' });
    const paths = longestPaths(planRoots(images), () => undefined);
    expect(images.map((image) => paths.get(image))).toEqual([3, 1, 2, 1]);
  });

  it('uses remembered durations, and their median where there is none', () => {
    const images = tree({ base: '', slow: 'base', quick: 'base', unknown: 'base' });
    const seconds = new Map([
      ['base', 10],
      ['slow', 60],
      ['quick', 2],
    ]);
    const paths = longestPaths(planRoots(images), ({ name }) => seconds.get(name));
    expect(images.map((image) => paths.get(image))).toEqual([70, 60, 2, 10]);
  });

  it('leaves out what is not built, and copes with a chain of ten thousand', () => {
    const parents: Record<string, string> = { i0: '' };
    for (let at = 1; at < 10_000; at++) parents[`i${at}`] = `i${at - 1}`;
    const images = tree(parents, { i5000: 'unbuildable' });
    expect(longestPaths(planRoots(images), () => undefined).get(images[0]!)).toBe(5000);
  });
});

describe('criticalPath', () => {
  it('is the chain that took longest', () => {
    const images = tree({ base: '', a: 'base', b: 'base', c: 'b', d: 'b' });
    const seconds = new Map([
      ['base', 1],
      ['a', 9],
      ['b', 4],
      ['c', 3],
      ['d', 6],
    ]);
    const path = criticalPath(planRoots(images), ({ name }) => seconds.get(name));
    expect(names(path)).toEqual(['base', 'b', 'd']);
  });
});

describe('TaskQueue', () => {
  it('hands out the most urgent task first, equally urgent ones in order of arrival', () => {
    const queue = new TaskQueue<string>();
    for (const [task, urgency] of [
      ['a', 1],
      ['b', 3],
      ['c', 1],
      ['d', 2],
      ['e', 3],
    ] as const) {
      queue.add(task, urgency);
    }
    const order = [];
    for (let task = queue.take(); task !== undefined; task = queue.take()) order.push(task);
    expect(order).toEqual(['b', 'e', 'd', 'a', 'c']);
    expect(queue.size).toBe(0);
  });
});
