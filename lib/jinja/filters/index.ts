import { APPLYING_FILTERS } from './apply.js';
import type { Filter } from './builtin.js';
import { HTML_FILTERS } from './html.js';
import { JSON_FILTERS } from './json.js';
import { MAPPING_FILTERS } from './mapping.js';
import { NUMBER_FILTERS } from './number.js';
import { PPRINT_FILTERS } from './pprint.js';
import { SEQUENCE_FILTERS } from './sequence.js';
import { STRING_FILTERS } from './string.js';

/**
 * Every built-in filter under every name it has. Each carries Python's signature and the mark of
 * what it wants passed first. Source: jinja2.filters.FILTERS @3.1.6
 */
export const FILTERS: Readonly<Record<string, Filter>> = Object.freeze({
  __proto__: null as never,
  ...APPLYING_FILTERS,
  ...HTML_FILTERS,
  ...JSON_FILTERS,
  ...MAPPING_FILTERS,
  ...NUMBER_FILTERS,
  ...PPRINT_FILTERS,
  ...SEQUENCE_FILTERS,
  ...STRING_FILTERS,
});
