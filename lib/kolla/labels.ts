import type { SeriesFacts } from './series-facts.js';

/** What the labels of a run have in common. */
export interface LabelFacts {
  /** UTC time of the start of the run, `2026-07-31T12:00:00Z`. */
  readonly created: string;
  /** Local day of the run, `20260731`. */
  readonly buildDate: string;
  readonly tag: string;
  readonly maintainer: string;
  /** Commit of the templates, where known. */
  readonly revision?: string | undefined;
  /** Repository of the templates, where known. */
  readonly source?: string | undefined;
}

const OCI = 'org.opencontainers.image';

/** OCI labels of an image, in kolla's order; none in series that have none.
 *  Source: kolla: image/kolla_worker.py build_image_list, _get_scm_labels. */
export function imageLabels(
  name: string,
  facts: SeriesFacts,
  run: LabelFacts,
): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  if (!facts.traits.labels) return labels;
  if (run.source !== undefined) labels.set(`${OCI}.source`, run.source);
  if (run.revision !== undefined) labels.set(`${OCI}.revision`, run.revision);
  labels.set(`${OCI}.title`, name);
  labels.set(`${OCI}.description`, `OpenStack Kolla ${name} image`);
  labels.set(`${OCI}.version`, run.tag);
  labels.set(`${OCI}.created`, run.created);
  labels.set(`${OCI}.authors`, run.maintainer);
  labels.set(`${OCI}.url`, 'https://opendev.org/openstack/kolla');
  labels.set(`${OCI}.licenses`, 'Apache-2.0');
  if (facts.traits.buildDateLabel) labels.set('build-date', run.buildDate);
  return labels;
}
