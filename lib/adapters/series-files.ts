import { readFileSync, readdirSync } from 'node:fs';
import type { SeriesFacts } from '../kolla/series-facts.js';

const SERIES_DIR = new URL('../kolla/series/', import.meta.url);

/** Names of the series that this package carries facts of, sorted. */
export function listSeries(): string[] {
  return readdirSync(SERIES_DIR)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** Facts of one carried series. Throws an `Error` that names the carried ones when there is none. */
export function loadSeries(series: string): SeriesFacts {
  const carried = listSeries();
  if (!carried.includes(series)) {
    throw new Error(`No facts of kolla series '${series}'. Known series: ${carried.join(', ')}`);
  }
  const text = readFileSync(new URL(`${series}.json`, SERIES_DIR), 'utf8');
  return JSON.parse(text) as SeriesFacts;
}

/** Facts of a carried series, or `undefined` when there is none of that name. */
export function findCarriedSeries(series: string): SeriesFacts | undefined {
  return listSeries().includes(series) ? loadSeries(series) : undefined;
}
