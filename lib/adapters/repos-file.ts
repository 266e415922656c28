import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { PyAttributeError } from '../jinja/value/py-error.js';
import { isDict } from '../jinja/value/dict.js';
import { toFloat } from '../jinja/value/number.js';
import { typeName } from '../jinja/value/type-name.js';
import type { ReposFile } from '../kolla/series-facts.js';
import { readText } from './docker-dir.js';

/** Reads `--repos-yaml` files, each once. Throws `TreeError` for a file that cannot be read, and an
 *  error that names the file for one that is not a map. */
export function reposReader(): (path: string) => ReposFile {
  const read = new Map<string, ReposFile>();
  return (path) => {
    const known = read.get(path);
    if (known) return known;
    const parsed = parseRepos(path, readText(path));
    read.set(path, parsed);
    return parsed;
  };
}

function parseRepos(path: string, text: string): ReposFile {
  // Templates are rendered synchronously, and few runs need this at all.
  const yaml = createRequire(import.meta.url)('yaml') as typeof Yaml;
  // As PyYAML: YAML 1.1, the last of equal keys wins. Big ints tell 1 from 1.0.
  const document = yaml.parseDocument(text, {
    version: '1.1',
    uniqueKeys: false,
    intAsBigInt: true,
    prettyErrors: true,
  });
  const problem = document.errors[0];
  if (problem) throw new Error(`${path}: ${problem.message}`);
  const value = pythonValue(document.toJS());
  if (isDict(value)) return value as ReposFile;
  throw new PyAttributeError(
    `'${typeName(value)}' object has no attribute 'items' (${path} holds no repositories)`,
  );
}

/** Parsed YAML as template values: integers are numbers, other numbers are floats. */
function pythonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'number') return toFloat(value);
  if (Array.isArray(value)) return value.map(pythonValue);
  if (isDict(value) && !(value instanceof Map)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pythonValue(item)]));
  }
  return value;
}
