import type { RunLog } from '../adapters/log.js';
import type { UnreadKey } from '../kolla/config/unread-keys.js';

/** Warns of assignments that nothing reads: of probable mistakes, or of all. Files may serve other
 *  series and other programs, so kolla-build is content with the former. */
export function warnOfUnreadKeys(
  keys: readonly UnreadKey[],
  log: RunLog,
  which: 'probable' | 'all',
): void {
  for (const { path, line, section, key, suggestion, otherSeries } of keys) {
    if (suggestion === undefined && which === 'probable') continue;
    const remark = otherSeries
      ? ' in this series'
      : suggestion === undefined
        ? ''
        : `; did you mean ${suggestion}?`;
    log.program.warning(`${path}:${line}: nothing reads ${key} in [${section}]${remark}`);
  }
}
