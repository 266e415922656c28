import { PyError } from '../jinja/value/py-error.js';

/**
 * The `rpm_setup` variable: one Dockerfile line per entry of `rpm_setup_config`. Throws kolla's
 * `KollaRpmSetupUnknownConfig` for anything but `.rpm` and `.repo` files, whatever the base is.
 * Source: kolla: image/kolla_worker.py build_rpm_setup.
 */
export function rpmSetup(config: readonly string[], installer: 'dnf' | 'yum' = 'dnf'): string[] {
  return config.map((entry) => {
    if (entry.endsWith('.rpm')) return `RUN ${installer} -y install ${entry}`;
    if (entry.endsWith('.repo')) {
      if (!entry.startsWith('http')) return `COPY ${entry} /etc/yum.repos.d/`;
      return `RUN curl -L ${entry} -o /etc/yum.repos.d/${entry.slice(entry.lastIndexOf('/') + 1)}`;
    }
    if (entry === '') return '';
    throw new RpmSetupError(
      `RPM setup must be provided as .rpm or .repo files. Attempted configuration was ${entry}`,
    );
  });
}

/** Raised for an entry of `rpm_setup_config` that is neither a package nor a repository file. */
export class RpmSetupError extends PyError {
  override name = 'KollaRpmSetupUnknownConfig';
}
