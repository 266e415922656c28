/** What kolla's functions and filters use of Jinja's Context. */
export interface TemplateContext {
  /** The value of a name; None (`null`) if it is not there. */
  get(name: string): unknown;
  has(name: string): boolean;
}
