/** How the text of an option is read. `multi` collects every occurrence, `list` splits one text on
 *  commas, `dict` reads `key:value` pairs. */
export type OptionType = 'string' | 'bool' | 'int' | 'list' | 'dict' | 'multi';

/** A value that the series facts hold under this name. */
export interface FromSeries {
  readonly series: string;
}

/** One row of the option table. */
export interface OptionSpec {
  /** kolla's own spelling, dashes and underscores as there; files use underscores throughout. */
  readonly name: string;
  /** Spelling on the command line where it differs from `name`. */
  readonly flag?: string;
  readonly type: OptionType;
  readonly short?: string;
  readonly positional?: true;
  readonly default?: string | number | boolean | readonly string[] | FromSeries;
  readonly choices?: readonly string[] | FromSeries;
  readonly min?: number;
  /** `file`: configuration files and environment only. */
  readonly where?: 'file';
  /** Not in kolla-build; long form only, never abbreviated, so that none can collide. */
  readonly ours?: true;
  /** First and last major version of kolla that has the option. */
  readonly since?: number;
  readonly until?: number;
  readonly help: string;
}
