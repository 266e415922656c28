import { describe, expect, it } from 'vitest';
import { dependencyGraph, listDependencies, listImages } from '../../lib/kolla/dependencies.js';
import { filterImages } from '../../lib/kolla/filter-images.js';
import type { Image } from '../../lib/kolla/image.js';
import { findParents } from '../../lib/kolla/parents.js';
import { makeImage } from './make-options.js';

function selected(patterns: string[], ...images: Image[]): Image[] {
  findParents(images);
  filterImages(images, { patterns, unbuildable: new Set() });
  return images;
}

const TREE = (): Image[] => [
  makeImage('base'),
  makeImage('etcd', 'base'),
  makeImage('openstack-base', 'base'),
  makeImage('keystone-base', 'openstack-base'),
  makeImage('keystone', 'keystone-base'),
];

describe('listImages', () => {
  it('numbers matched images', () => {
    expect(listImages(selected(['etcd'], ...TREE()))).toEqual(['1 : base', '2 : etcd']);
  });
});

// Shapes seen with kolla-build 22.0.0.
describe('listDependencies', () => {
  it('shows images with children as objects, even if nothing of them is selected', () => {
    expect(JSON.parse(listDependencies(selected(['etcd|^openstack-base$'], ...TREE())))).toEqual({
      base: ['etcd', { 'openstack-base': [] }],
    });
  });

  it('ends without a newline', () => {
    expect(listDependencies(selected([], makeImage('base')))).toBe('{\n  "base": []\n}');
  });

  it('shows the tree of the last root alone', () => {
    expect(JSON.parse(listDependencies(selected(['etcd'], ...TREE(), makeImage('zoo'))))).toEqual({
      zoo: [],
    });
  });

  it('says that nothing matched', () => {
    expect(listDependencies(selected(['nope'], ...TREE()))).toBe('Nothing matched!\n');
  });

  it('writes ASCII', () => {
    expect(listDependencies(selected([], makeImage('bäse')))).toBe('{\n  "b\\u00e4se": []\n}');
  });
});

describe('dependencyGraph', () => {
  it('quotes names that Graphviz would take apart', () => {
    const images = [makeImage('base'), makeImage('a-b', 'base'), makeImage('node', 'base')];
    expect(dependencyGraph(selected([], ...images))).toBe(
      [
        '// Container Images Dependency',
        'digraph {',
        'rankdir=LR\tbase',
        '\t"a-b"',
        '\tbase -> "a-b"',
        '\t"node"',
        '\tbase -> "node"',
        '}',
        '',
      ].join('\n'),
    );
  });
});
