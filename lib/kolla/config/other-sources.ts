import { repr } from '../../jinja/value/repr.js';
import { ConfigError } from './errors.js';
import type { Namespace } from './namespace.js';
import { describeOrigin } from './origin.js';
import { convert } from './value-types.js';

const DRIVERS = ['remote_file'];

/**
 * What to say of `config_source`, which makes oslo.config read further sources of options. Its driver
 * is not there in ours: throws `ConfigError` where the reference would read something, and returns the
 * lines that the reference prints where it goes on without.
 * Source: oslo.config: cfg.py _load_alternative_sources @10.7.0.
 */
export function describeOtherSources(namespace: Namespace): string[] {
  const given = namespace
    .find({ name: 'config_source', type: 'list', help: '' }, null)
    ?.given.at(-1);
  if (!given) return [];
  const groups = convert({ type: 'list' }, String(given.value)) as readonly string[];
  return groups.map((group) => {
    const source = repr(group);
    const driver = namespace
      .find({ name: 'driver', type: 'string', help: '' }, group)
      ?.given.at(-1);
    if (!driver) return `could not load configuration from ${source}, no 'driver' is set.`;
    const place = describeOrigin(driver.origin);
    if (!DRIVERS.includes(String(driver.value))) {
      const reason = `Valid values are [${DRIVERS.join(', ')}], but found ${repr(driver.value)}`;
      return `could not load configuration from ${source}. Value for option driver from ${place} is not valid: ${reason}`;
    }
    throw new ConfigError(
      'ConfigSourceValueError',
      `could not load configuration from ${source}: the driver ${String(driver.value)} is not supported, ${place}`,
      'put what it holds into a file, and give that with --config-file',
    );
  });
}
