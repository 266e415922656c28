// The one module of the engine that reads files: everything else gets its text handed over.
// eslint-disable-next-line no-restricted-imports -- a loader of files has to read files
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, normalize, posix, sep } from 'node:path';
import type { Environment } from './environment.js';
import { TemplateNotFound } from './errors.js';
import { BaseLoader, type TemplateSource } from './loader.js';
import { PyUnicodeDecodeError } from './value/py-error.js';
import { repr } from './value/repr.js';

/** The segments of a template name; throws TemplateNotFound for one that would leave the folder. */
function segments(template: string): string[] {
  const found: string[] = [];
  for (const piece of template.split('/')) {
    if (piece === '..' || piece.includes('\0') || (sep !== '/' && piece.includes(sep))) {
      throw new TemplateNotFound(template);
    }
    if (piece !== '' && piece !== '.') found.push(piece);
  }
  return found;
}

/** Options of a FileSystemLoader. */
export interface FileSystemLoaderOptions {
  /** Of the files; default utf-8. */
  readonly encoding?: string;
  /** Whether `listTemplates` enters linked folders. Default false. */
  readonly followLinks?: boolean;
}

/**
 * Templates from folders, which are searched in order. Names use `/` and cannot leave the folders.
 * Source: jinja2 3.1.6 loaders.FileSystemLoader.
 */
export class FileSystemLoader extends BaseLoader {
  readonly searchPath: readonly string[];
  private readonly encoding: string;
  private readonly followLinks: boolean;

  constructor(
    searchPath: string | readonly string[],
    { encoding = 'utf-8', followLinks = false }: FileSystemLoaderOptions = {},
  ) {
    super();
    this.searchPath = typeof searchPath === 'string' ? [searchPath] : [...searchPath];
    this.encoding = encoding;
    this.followLinks = followLinks;
  }

  override getSource(_environment: Environment, template: string): TemplateSource {
    const pieces = segments(template);
    for (const folder of this.searchPath) {
      const filename = posix.join(folder, ...pieces);
      const modified = modificationTime(filename);
      if (modified === undefined) continue;
      return {
        source: this.read(filename),
        filename: normalize(filename),
        uptodate: () => modificationTime(filename) === modified,
      };
    }
    const plural = this.searchPath.length === 1 ? 'path' : 'paths';
    throw new TemplateNotFound(
      template,
      `${repr(template)} not found in search ${plural}: ${this.searchPath.map(repr).join(', ')}`,
    );
  }

  private read(filename: string): string {
    const bytes = readFileSync(filename);
    if (this.encoding === 'utf-8') {
      const text = bytes.toString('utf8');
      // A replacement character may be the file's own; only a strict look can tell.
      if (!text.includes('\ufffd')) return text;
    }
    try {
      return new TextDecoder(this.encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      throw new PyUnicodeDecodeError(`${filename}: not valid ${this.encoding}`, { cause: error });
    }
  }

  override listTemplates(): string[] {
    const found = new Set<string>();
    const enter = (folder: string, prefix: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        const name = prefix + entry.name;
        if (!entry.isSymbolicLink()) {
          if (entry.isDirectory()) enter(path, `${name}/`);
          else found.add(name);
        } else if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
          found.add(name);
        } else if (this.followLinks) {
          enter(path, `${name}/`);
        }
      }
    };
    for (const folder of this.searchPath) {
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) enter(folder, '');
    }
    return [...found].sort();
  }
}

/** When a file was changed last (milliseconds); undefined when there is no such file. */
function modificationTime(filename: string): number | undefined {
  try {
    const stats = statSync(filename, { throwIfNoEntry: false });
    return stats?.isFile() === true ? stats.mtimeMs : undefined;
  } catch {
    return undefined;
  }
}
