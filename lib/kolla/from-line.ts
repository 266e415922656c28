import { readParentName } from './parents.js';

/** A template whose first line is its `FROM`, and that needs nothing but variables. */
const PLAIN = /^FROM (?:[^{}\r\n]|\{\{ ?\w+ ?\}\})*(?=\n|$)/;

/**
 * What the image of a template is built on, found without rendering the template, which takes a
 * hundred times as long. `undefined` where its first line does not tell: most do, in every series.
 */
export function parentOfTemplate(
  template: string,
  variables: ReadonlyMap<string, unknown>,
): string | undefined {
  const line = PLAIN.exec(template)?.[0];
  if (line === undefined) return undefined;
  let known = true;
  const rendered = line.replace(/\{\{ ?(\w+) ?\}\}/g, (_, name: string) => {
    const value = variables.get(name);
    if (typeof value === 'string') return value;
    known = false;
    return '';
  });
  return known ? readParentName(rendered) : undefined;
}
