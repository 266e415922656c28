import type { Origin } from '../jinja/source.js';

/** One `--template-override` file. */
export interface OverrideFile {
  readonly path: string;
  readonly text: string;
}

/** The template that all override files make together. */
export interface MergedOverride {
  /** Base name of the first file. */
  readonly name: string;
  readonly text: string;
  /** Where each line of `text` comes from. */
  readonly origins: readonly Origin[];
  /** What the user should hear about. */
  readonly warnings: readonly string[];
}

const DROPPED = /\{%.*extends/s;
const EXTENDS_TAG = /^\s*\{%[-+]?\s*extends\s[^%]*%\}\s*$/;
const HAS_EXTENDS = /\{%[-+]?\s*extends\s/;

/**
 * Joins override files as kolla does: the first one whole, then the others without each complete
 * line in which `extends` follows a `{%`. Nothing is put between files, so a last line without line
 * end runs into the next file. Source: kolla: image/kolla_worker.py _merge_overrides.
 */
export function mergeOverrides(files: readonly OverrideFile[]): MergedOverride {
  const origins: Origin[] = [];
  const warnings: string[] = [];
  let text = '';
  files.forEach(({ path, text: raw }, index) => {
    const source = normalizeNewlines(raw);
    const lines = source.split('\n');
    let glued = text !== '' && !text.endsWith('\n');
    lines.forEach((line, at) => {
      const complete = at < lines.length - 1;
      if (index > 0 && complete && DROPPED.test(line)) {
        if (!EXTENDS_TAG.test(line)) {
          warnings.push(
            `${path}:${at + 1}: the whole line is dropped, as it looks like an extends tag`,
          );
        }
        return;
      }
      if (!complete && line === '') return;
      if (!glued) origins.push({ templateName: path, line: at + 1, source });
      glued = false;
      text += complete ? `${line}\n` : line;
    });
  });
  if (files.length > 0 && !HAS_EXTENDS.test(text)) {
    const names = files.map((file) => file.path).join(', ');
    warnings.push(
      `${names}: no {% extends parent_template %}, so this text replaces every Dockerfile`,
    );
  }
  return { name: baseName(files[0]?.path ?? ''), text, origins, warnings };
}

/** Line ends as Python reads them from a file in text mode. */
export function normalizeNewlines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
