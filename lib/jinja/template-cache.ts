import type { Template } from './template.js';

/** The compiled templates of an environment by name, as many of the last used as there is room for:
 *  none for a size of 0, all for one below. */
export class TemplateCache {
  private readonly templates = new Map<string, Template>();

  constructor(private readonly size: number) {}

  get(name: string): Template | undefined {
    return this.templates.get(name);
  }

  /** Notes that a template of the cache has been used. */
  touch(name: string, template: Template): void {
    // The last used stands last; while there is room, order does not matter.
    if (this.size <= 0 || this.templates.size <= this.size / 2) return;
    this.templates.delete(name);
    this.templates.set(name, template);
  }

  add(name: string, template: Template): void {
    if (this.size === 0) return;
    this.templates.set(name, template);
    if (this.size > 0 && this.templates.size > this.size) {
      this.templates.delete(this.templates.keys().next().value as string);
    }
  }

  clear(): void {
    this.templates.clear();
  }
}
