import { describe, expect, it } from 'vitest';
import { filterImages, skipImages } from '../../lib/kolla/filter-images.js';
import type { Image } from '../../lib/kolla/image.js';
import { findParents } from '../../lib/kolla/parents.js';
import { PatternError } from '../../lib/kolla/python-regex.js';
import { makeImage } from './make-options.js';

function collection(): Image[] {
  const images = [
    makeImage('base'),
    makeImage('openstack-base', 'base'),
    makeImage('nova-base', 'openstack-base'),
    makeImage('nova-api', 'nova-base'),
    makeImage('cron', 'base'),
    makeImage('alone'),
  ];
  findParents(images);
  return images;
}

const NOTHING = { patterns: [], unbuildable: new Set<string>() };
const withStatus = (images: readonly Image[], status: string): string[] =>
  images.filter((image) => image.status === status).map((image) => image.name);

describe('filterImages', () => {
  it('matches every image when nothing is asked for', () => {
    const images = collection();
    filterImages(images, NOTHING);
    expect(withStatus(images, 'matched')).toHaveLength(6);
  });

  it('matches what a match is built on', () => {
    const images = collection();
    filterImages(images, { ...NOTHING, patterns: ['^nova-api$'] });
    expect(withStatus(images, 'matched')).toEqual([
      'base',
      'openstack-base',
      'nova-base',
      'nova-api',
    ]);
    expect(withStatus(images, 'unmatched')).toEqual(['cron', 'alone']);
  });

  it('takes what is built on an unbuildable image along, whatever is asked for', () => {
    const images = collection();
    const unbuildable = new Set(['nova-base']);
    filterImages(images, { patterns: ['nova'], unbuildable });
    expect(withStatus(images, 'unbuildable')).toEqual(['nova-base', 'nova-api']);
    expect(withStatus(images, 'matched')).toEqual([]);
  });

  it('leaves out excluded images and what is built on them, even as ancestors', () => {
    const images = collection();
    filterImages(images, { ...NOTHING, patterns: ['nova-api', 'cron'], exclude: ['^nova-base'] });
    expect(withStatus(images, 'matched')).toEqual(['base', 'cron']);
  });

  it('counts groups from the group that kolla puts around all patterns', () => {
    const images = [makeImage('abab'), makeImage('abcab')];
    filterImages(images, { ...NOTHING, patterns: ['^(ab)\\2$'] });
    expect(withStatus(images, 'matched')).toEqual(['abab']);
  });

  it('takes patterns one by one where kolla cannot join them', () => {
    const images = [makeImage('NOVA'), makeImage('cron')];
    filterImages(images, { ...NOTHING, patterns: ['cron', '(?i)nova'] });
    expect(withStatus(images, 'matched')).toEqual(['NOVA', 'cron']);
  });

  it('names the pattern that is wrong', () => {
    const patterns = ['nova', '[a-'];
    expect(() => filterImages(collection(), { ...NOTHING, patterns })).toThrow(
      new PatternError(
        "Invalid regular expression '[a-': unterminated character set at position 0",
      ),
    );
  });
});

describe('skipImages', () => {
  it('skips matched images that have children, asked for or not', () => {
    const images = collection();
    filterImages(images, { ...NOTHING, patterns: ['^nova-base$'] });
    skipImages(images, { skipParents: true });
    expect(withStatus(images, 'skipped')).toEqual(['base', 'openstack-base', 'nova-base']);
  });

  it('skips matched images that exist by their full name', () => {
    const images = collection();
    filterImages(images, { ...NOTHING, patterns: ['cron'] });
    const existing = new Set(['kolla/base:1', 'kolla/alone:1']);
    skipImages(images, { skipParents: false, existing });
    expect(withStatus(images, 'skipped')).toEqual(['base']);
    expect(withStatus(images, 'unmatched')).toContain('alone');
  });
});
