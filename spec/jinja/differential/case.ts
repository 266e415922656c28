import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../../support/requirements.js';

/** Jinja's own option names, as Python takes them. */
export type PythonOptions = Readonly<Record<string, unknown>>;

/** How templates are found; the default is a dict of `templates` plus `main`. */
export type LoaderSpec =
  | { readonly none: true }
  | { readonly dict: Readonly<Record<string, string>> }
  | { readonly function: Readonly<Record<string, string>> }
  | { readonly choice: readonly LoaderSpec[] }
  | {
      readonly prefix: {
        readonly loaders: Readonly<Record<string, LoaderSpec>>;
        readonly delimiter?: string;
      };
    };

/** What both sides get. Contexts hold Python values in the tagged JSON of decode.ts. */
export interface CaseSpec {
  readonly template: string;
  readonly templates?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, unknown>>;
  /** Context variables that hold a loaded template object. */
  readonly context_templates?: Readonly<Record<string, string>>;
  readonly globals?: Readonly<Record<string, unknown>>;
  readonly options?: PythonOptions;
  readonly overlay?: PythonOptions;
  readonly policies?: Readonly<Record<string, unknown>>;
  readonly loader?: LoaderSpec;
  readonly environment?: 'plain' | 'sandboxed' | 'immutable';
  /** Adds the functions, filters and tests of host-library.ts. */
  readonly library?: boolean;
  readonly action?:
    | 'render'
    | 'from_string'
    | 'select'
    | 'overlay'
    | 'expression'
    | 'module'
    | 'undeclared'
    | 'referenced'
    | 'list_templates';
  /** Arguments of `select`, and keyword arguments of `expression` and `list_templates`. */
  readonly names?: readonly string[];
  readonly arguments?: PythonOptions;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly line: number | null;
  readonly template: string | null;
}

export type Answer = { readonly output: string } | { readonly error: Failure };

export interface NamedCase {
  readonly title: string;
  readonly spec: CaseSpec;
}

export interface Area {
  /** Folder and file below spec/fixtures/jinja, without extension: `expressions/slices`. */
  readonly name: string;
  readonly path: string;
  readonly cases: readonly NamedCase[];
}

const FIXTURES = join(ROOT, 'spec/fixtures/jinja');
const WHOLE = /^\{"(.*, ")?template": ".*\}$/;
const SECTION = /^---(?: (.*))?$/;

const merge = (base: CaseSpec, extra: Partial<CaseSpec>): CaseSpec => {
  const merged = { ...base, ...extra };
  const both = (key: 'context' | 'options' | 'templates' | 'globals'): object =>
    base[key] === undefined && extra[key] === undefined
      ? {}
      : { [key]: { ...base[key], ...extra[key] } };
  return {
    ...merged,
    ...both('context'),
    ...both('options'),
    ...both('templates'),
    ...both('globals'),
  };
};

const parseHeader = (lines: readonly string[], where: string): Partial<CaseSpec> => {
  const text = lines.join('\n').trim();
  if (text === '') return {};
  try {
    return JSON.parse(text) as Partial<CaseSpec>;
  } catch (cause) {
    throw new Error(`${where}: the header is not JSON`, { cause });
  }
};

/** Splits a block into header, named templates and the lines of the body. */
const parseBlock = (
  lines: readonly string[],
  where: string,
): { header: Partial<CaseSpec>; templates: Record<string, string>; body: readonly string[] } => {
  const first = lines.findIndex((line) => SECTION.test(line));
  if (first === -1) {
    const whole = lines.length === 1 && WHOLE.test(lines[0]!);
    return { header: whole ? parseHeader(lines, where) : {}, templates: {}, body: lines };
  }
  const header = parseHeader(lines.slice(0, first), where);
  const templates: Record<string, string> = {};
  let body: readonly string[] = [];
  let name: string | undefined;
  let section: string[] = [];
  const close = (): void => {
    if (name === undefined) body = section;
    else templates[name] = section.join('\n');
  };
  for (const [index, line] of lines.slice(first).entries()) {
    const match = SECTION.exec(line);
    if (!match) section.push(line);
    else {
      if (index > 0) close();
      name = match[1];
      section = [];
    }
  }
  close();
  return { header, templates, body };
};

/** Reads one file of cases. The text before the first block is a JSON header for all of them.
 *
 *      === one case            a block: JSON header, `--- name` template ..., `---`, template;
 *      {{ 1 }}                 a block without `---` is all template, or one line of JSON
 *                              with a `template`, for text that no line can show
 *      == a group              the same, but each line of the body is a case of its own
 *      {{ 1 // 2 }}
 *      {{ -1 // 2 }}
 */
export function parseCases(source: string, where: string): readonly NamedCase[] {
  const blocks: { kind: 'case' | 'group'; title: string; lines: string[] }[] = [];
  const preamble: string[] = [];
  for (const line of source.replace(/\n$/, '').split('\n')) {
    const match = /^(={2,3}) (.+)$/.exec(line);
    if (match)
      blocks.push({ kind: match[1] === '==' ? 'group' : 'case', title: match[2]!, lines: [] });
    else (blocks.at(-1)?.lines ?? preamble).push(line);
  }
  const shared = merge({ template: '' }, parseHeader(preamble, where));
  const cases = blocks.flatMap(({ kind, title, lines }): NamedCase[] => {
    const { header, templates, body } = parseBlock(lines, `${where}: ${title}`);
    const base = merge(merge(shared, header), Object.keys(templates).length ? { templates } : {});
    if (kind === 'group')
      return body.map((template) => ({
        title: `${title}: ${template}`,
        spec: { ...base, template },
      }));
    return [
      {
        title,
        spec: header.template === undefined ? { ...base, template: body.join('\n') } : base,
      },
    ];
  });
  const titles = new Set<string>();
  for (const { title } of cases) {
    if (titles.has(title)) throw new Error(`${where}: two cases are named ${title}`);
    titles.add(title);
  }
  return cases;
}

/** All case files, in the order of their names. */
export function readAreas(): readonly Area[] {
  return readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => {
      const path = join(FIXTURES, file);
      return {
        name: join(file, '..', basename(file, '.txt')),
        path,
        cases: parseCases(readFileSync(path, 'utf8'), file),
      };
    });
}

/** An answer as text, for assertions whose difference a person can read. */
export function describeAnswer(answer: Answer): string {
  if ('output' in answer) return `output: ${answer.output}`;
  const { name, message, line, template } = answer.error;
  return `${name}: ${message}\n  template ${String(template)}, line ${String(line)}`;
}

/** Our answer in the form in which it is compared: Python loses the position of some errors, and
 *  where it knows none, ours does not count. */
export function alike(ours: Answer, expected: Answer): Answer {
  if ('output' in ours || 'output' in expected) return ours;
  const { line, template } = expected.error;
  return {
    error: {
      ...ours.error,
      line: line === null ? null : ours.error.line,
      template: template === null ? null : ours.error.template,
    },
  };
}

/** The block of a case file that holds this case. */
export function formatCase(spec: CaseSpec, title: string): string {
  const { template, templates = {}, ...header } = spec;
  const texts = [template, ...Object.values(templates)];
  if (texts.some((text) => /[\r\u2028]|^(===? |---)/m.test(text)))
    return `=== ${title}\n${JSON.stringify({ ...header, templates, template })}`;
  const named = Object.entries(templates).map(([name, text]) => `--- ${name}\n${text}\n`);
  return `=== ${title}\n${JSON.stringify(header)}\n${named.join('')}---\n${template}`;
}

/** Changes whenever anything that both sides get changes. */
export const fingerprint = (spec: CaseSpec): string =>
  createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 12);
