import { describe, expect, it } from 'vitest';
import { loadSeries } from '../../lib/adapters/series-files.js';
import { unbuildableImages } from '../../lib/kolla/unbuildable.js';
import { makeOptions } from './make-options.js';

const unbuildable = (series: string, ...argv: string[]): string[] =>
  [...unbuildableImages(makeOptions(argv, series), loadSeries(series))].sort();

// Expected values are those of the tables in kolla's image/unbuildable.py.
describe('unbuildableImages', () => {
  it.each([
    ['2026.1', ['-b', 'debian'], []],
    ['2026.1', ['-b', 'debian', '--base-arch', 'aarch64'], ['bifrost-base']],
    [
      '2026.1',
      ['-b', 'rocky'],
      ['collectd', 'hacluster-pcs', 'nova-spicehtml5proxy', 'ovsdpdk', 'tgtd'],
    ],
    [
      '2025.1',
      ['-b', 'rocky', '--base-tag', '10', '--base-arch', 'aarch64'],
      [
        'bifrost-base',
        'collectd',
        'hacluster-pcs',
        'nova-spicehtml5proxy',
        'ovsdpdk',
        'redis-base',
        'telegraf',
        'tgtd',
      ],
    ],
  ])('of %s with %j', (series, argv, expected) => {
    expect(unbuildable(series, ...argv)).toEqual(expected);
  });

  it('is empty when unbuildable images are wanted', () => {
    expect(unbuildable('2026.1', '-b', 'rocky', '--enable-unbuildable')).toEqual([]);
  });
});
