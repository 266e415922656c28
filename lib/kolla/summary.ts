import { type Status } from './status.js';

/** An image with the status that it ends with. */
export interface ImageStatus {
  readonly name: string;
  readonly status: Status;
}

/** The groups that a run is reported in, each sorted by name. */
export interface Summary {
  readonly built: readonly string[];
  readonly failed: readonly (ImageStatus & { readonly allowedToFail: boolean })[];
  readonly notMatched: readonly string[];
  readonly skipped: readonly string[];
  readonly unbuildable: readonly string[];
}

/** One line of the summary in the program's log. */
export interface SummaryLine {
  readonly level: 'debug' | 'info' | 'error';
  readonly text: string;
}

const GROUPS: Partial<Record<Status, 'built' | 'notMatched' | 'skipped' | 'unbuildable'>> = {
  built: 'built',
  unmatched: 'notMatched',
  skipped: 'skipped',
  unbuildable: 'unbuildable',
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Sorts images into the groups of kolla's summary. Whatever is neither built nor left out has
 * failed. Images of one name collapse into the last of them, as in kolla's dictionaries, except that
 * a failure is never hidden behind a success.
 * Source: kolla: image/kolla_worker.py get_image_statuses.
 */
export function summarize(
  images: Iterable<ImageStatus>,
  allowedToFail: readonly string[] = [],
): Summary {
  const groups = {
    built: new Set<string>(),
    notMatched: new Set<string>(),
    skipped: new Set<string>(),
    unbuildable: new Set<string>(),
  };
  const failed = new Map<string, Status>();
  for (const { name, status } of images) {
    const group = GROUPS[status];
    if (group) groups[group].add(name);
    else failed.set(name, status);
  }
  for (const name of failed.keys()) groups.built.delete(name);
  const sorted = (names: Iterable<string>): string[] => [...names].sort(byText);
  return {
    built: sorted(groups.built),
    failed: sorted(failed.keys()).map((name) => ({
      name,
      status: failed.get(name) ?? 'error',
      allowedToFail: allowedToFail.includes(name),
    })),
    notMatched: sorted(groups.notMatched),
    skipped: sorted(groups.skipped),
    unbuildable: sorted(groups.unbuildable),
  };
}

const HEADINGS = {
  built: 'Successfully built images',
  failed: 'Images that failed to build',
  notMatched: 'Images not matched for build by regex',
  skipped: 'Images skipped due to build options',
  unbuildable: 'Images not buildable due to build options',
} as const;

function heading(group: keyof typeof HEADINGS, level: 'debug' | 'info'): SummaryLine[] {
  const text = HEADINGS[group];
  const ruler = '='.repeat(text.length);
  return [ruler, text, ruler].map((line) => ({ level, text: line }));
}

/** The summary as kolla logs it; empty groups are left out. */
export function summaryLines(summary: Summary): SummaryLine[] {
  const list = (
    group: 'built' | 'notMatched' | 'skipped' | 'unbuildable',
    level: 'debug' | 'info',
  ): SummaryLine[] =>
    summary[group].length === 0
      ? []
      : [...heading(group, level), ...summary[group].map((text) => ({ level, text }))];
  const failed = summary.failed.map(({ name, status, allowedToFail }) => ({
    level: 'error' as const,
    text: `${name} Failed with status: ${status}${allowedToFail ? ' (allowed to fail)' : ''}`,
  }));
  return [
    ...list('built', 'info'),
    ...(failed.length > 0 ? [...heading('failed', 'info'), ...failed] : []),
    ...list('notMatched', 'debug'),
    ...list('skipped', 'info'),
    ...list('unbuildable', 'info'),
  ];
}

/** kolla's JSON summary: keys and their order are read by users' scripts. */
export interface SummaryJson {
  readonly built: readonly { readonly name: string }[];
  readonly failed: readonly { readonly name: string; readonly status: Status }[];
  readonly not_matched: readonly { readonly name: string }[];
  readonly skipped: readonly { readonly name: string }[];
  readonly unbuildable: readonly { readonly name: string }[];
}

/** The summary as data, with kolla's keys in kolla's order. */
export function summaryData(summary: Summary): SummaryJson {
  const items = (names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));
  return {
    built: items(summary.built),
    failed: summary.failed.map(({ name, status }) => ({ name, status })),
    not_matched: items(summary.notMatched),
    skipped: items(summary.skipped),
    unbuildable: items(summary.unbuildable),
  };
}

/** The JSON text that kolla prints: one line with Python's separators, or, for a file, indented by
 *  four. Neither ends with a newline. */
export function summaryJson(summary: Summary, layout: 'line' | 'file'): string {
  return toPythonJson(summaryData(summary), layout === 'file' ? 4 : undefined);
}

// Python's json.dump: ", " and ": " on one line, ASCII only, "[]" for empty lists when indented.
function toPythonJson(value: unknown, indent?: number, depth = 0): string {
  const inner = indent === undefined ? '' : `\n${' '.repeat(indent * (depth + 1))}`;
  const outer = indent === undefined ? '' : `\n${' '.repeat(indent * depth)}`;
  const comma = indent === undefined ? ', ' : ',';
  const wrap = (open: string, parts: readonly string[], close: string): string =>
    parts.length === 0
      ? open + close
      : `${open}${inner}${parts.join(comma + inner)}${outer}${close}`;
  if (Array.isArray(value)) {
    const parts = value.map((item) => toPythonJson(item, indent, depth + 1));
    return wrap('[', parts, ']');
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(
      ([key, item]) => `${asciiJson(key)}: ${toPythonJson(item, indent, depth + 1)}`,
    );
    return wrap('{', parts, '}');
  }
  return typeof value === 'string' ? asciiJson(value) : JSON.stringify(value);
}

const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** 1 if an image failed that is not allowed to, else 0. */
export const exitStatus = (summary: Summary): 0 | 1 =>
  summary.failed.some((image) => !image.allowedToFail) ? 1 : 0;
