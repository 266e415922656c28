import { nearest } from '../nearest.js';
import { OPTIONS } from '../options.js';
import type { SeriesFacts } from '../series-facts.js';
import { sourceOptions, userOptions } from './groups.js';
import { destOf, type Namespace } from './namespace.js';

/** An assignment in a file that nothing reads. */
export interface UnreadKey {
  readonly path: string;
  readonly line: number;
  readonly section: string;
  readonly key: string;
  /** What it may have been meant to be: a key, or `[section]`. `undefined`: nothing comes close. */
  readonly suggestion: string | undefined;
  /** An option of kolla, but not of this series. */
  readonly otherSeries: boolean;
}

const ANY_SERIES = new Set(OPTIONS.map(destOf));
const SOURCE_KEYS = new Set(sourceOptions().keys());
const USER_KEYS = new Set(userOptions('').keys());
const COMPONENT = /-(?:plugin|additions)-./;

/** Finds assignments that have no effect, oldest file first. `keys` are the options of the default
 *  section. A section may belong to any image, so one that could be a source's is left alone. */
export function findUnreadKeys(
  files: Namespace['files'],
  facts: SeriesFacts,
  keys: ReadonlySet<string>,
): UnreadKey[] {
  const defaults = new Set([...keys, 'config_source', 'config_file', 'config_dir']);
  const unread: UnreadKey[] = [];
  for (const { path, sections } of [...files].reverse()) {
    for (const [section, assignments] of sections) {
      if (section.toLowerCase() === 'profiles') continue;
      const known = section === 'DEFAULT' ? defaults : keysOfSection(section, facts);
      for (const [key, values] of assignments) {
        if ((known ?? SOURCE_KEYS).has(key)) continue;
        const otherSeries = section === 'DEFAULT' && ANY_SERIES.has(key);
        const suggestion = known ? nearestKey(key, known) : nearestSection(section, key, keys);
        unread.push({
          path,
          line: values[0]?.line ?? 0,
          section,
          key,
          suggestion: otherSeries ? undefined : suggestion,
          otherSeries,
        });
      }
    }
  }
  return unread;
}

/** `undefined`: nothing that kolla declares, so its keys tell what it is. */
function keysOfSection(section: string, facts: SeriesFacts): ReadonlySet<string> | undefined {
  const name = section.toLowerCase();
  if (name.endsWith('-user')) return USER_KEYS;
  if (Object.hasOwn(facts.sources, name) || COMPONENT.test(name)) return SOURCE_KEYS;
  return undefined;
}

// A dashed key in a file is never read: files want underscores.
function nearestKey(key: string, known: ReadonlySet<string>): string | undefined {
  const underscored = key.toLowerCase().replaceAll('-', '_');
  return known.has(underscored) ? underscored : nearest(underscored, known);
}

function nearestSection(
  section: string,
  key: string,
  keys: ReadonlySet<string>,
): string | undefined {
  const name = section.trim().toLowerCase();
  if (keys.has(key) && !SOURCE_KEYS.has(key)) return '[DEFAULT]';
  if (nearest(name, ['default', 'defaults'])) return '[DEFAULT]';
  return nearest(name, ['profiles']) && '[profiles]';
}
