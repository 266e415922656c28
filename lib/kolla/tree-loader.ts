import type { CompiledTemplate } from '../jinja/compiled.js';
import type { Environment } from '../jinja/environment.js';
import { TemplateNotFound } from '../jinja/errors.js';
import { BaseLoader, type TemplateSource } from '../jinja/loader.js';
import type { Template, Variables } from '../jinja/template.js';
import type { MergedOverride } from './overrides.js';

/** File name of an image's template. */
export const TEMPLATE_FILE = 'Dockerfile.j2';

/** Texts of templates by path; `null` where there is no such file. */
export interface TemplateTexts {
  text(path: string): string | null;
  /** Where a file was read from. */
  source?(path: string): string | undefined;
}

/**
 * Templates of a collection by their path in it. Each is compiled once, however often the environment
 * forgets its templates: kolla takes a new environment for each image, so that what a macro file
 * keeps in variables never passes from one image to the next.
 */
export class TreeLoader extends BaseLoader {
  readonly #compiled = new Map<string, CompiledTemplate>();
  readonly #failed = new Map<string, unknown>();
  readonly #loadedOnce = new Set<string>();

  constructor(private readonly texts: TemplateTexts) {
    super();
  }

  override getSource(_environment: Environment, name: string): TemplateSource {
    const path = treePath(name);
    const source = path === undefined ? null : this.texts.text(path);
    if (path === undefined || source === null) throw new TemplateNotFound(name);
    return { source, filename: this.texts.source?.(path) ?? null };
  }

  override load(environment: Environment, name: string, globals?: Variables | null): Template {
    const code = this.#compiled.get(name) ?? this.#compile(environment, name);
    return new environment.templateClass(code, environment, name, globals);
  }

  /** Most templates of images are rendered once: their code is worth keeping from the second time. */
  #isShared(name: string): boolean {
    if (!name.endsWith(TEMPLATE_FILE) || this.#loadedOnce.has(name)) return true;
    this.#loadedOnce.add(name);
    return false;
  }

  #compile(environment: Environment, name: string): CompiledTemplate {
    if (this.#failed.has(name)) throw this.#failed.get(name);
    const { source, filename, origin } = this.getSource(environment, name);
    try {
      const code = environment.compileSource(source, name, filename ?? null, origin);
      if (this.#isShared(name)) this.#compiled.set(name, code);
      return code;
    } catch (error) {
      // A file that every image imports is not read again for each of them.
      this.#failed.set(name, error);
      throw error;
    }
  }
}

/** The one template that all override files make, and, where that is asked for, what it may import:
 *  files beside the override files, then those of the collection. */
export class OverrideLoader extends TreeLoader {
  readonly #override: MergedOverride;

  constructor(override: MergedOverride, imports: TemplateTexts = NO_TEXTS) {
    super(imports);
    this.#override = override;
  }

  override getSource(environment: Environment, name: string): TemplateSource {
    const { name: own, text, origins } = this.#override;
    if (name !== own) return super.getSource(environment, name);
    return { source: text, origin: (line) => origins[line - 1] };
  }
}

const NO_TEXTS: TemplateTexts = { text: () => null };

/** A template's name as a path: no empty parts and no `.`; nothing for one that leads upwards.
 *  Source: jinja2 3.1.6 loaders.split_template_path. */
function treePath(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/');
}
