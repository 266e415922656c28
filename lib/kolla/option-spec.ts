/** How the text of an option is read. `multi` collects every occurrence, `list` splits one text on
 *  commas, `dict` reads `key:value` pairs. */
export type OptionType = 'string' | 'bool' | 'int' | 'list' | 'dict' | 'multi';

/** What an option is called, where it can stand and what it is for. */
export interface OptionIdentity {
  /** kolla's own spelling, dashes and underscores as there; files use underscores throughout. */
  readonly name: string;
  /** Spelling on the command line where it differs from `name`. */
  readonly flag?: string;
  readonly type: OptionType;
  readonly short?: string;
  readonly positional?: true;
  /** `file`: configuration files and environment only. */
  readonly where?: 'file';
  /** Not in kolla-build; long form only, never abbreviated, so that none can collide. */
  readonly ours?: true;
  readonly help: string;
}

/** A list that the series facts hold under this name. */
export interface FromSeries {
  readonly series: string;
}

/** One row of the option table. */
export interface OptionSpec extends OptionIdentity {
  readonly default?: string | number | boolean | readonly string[];
  /** The default follows from the series or from other options. */
  readonly computed?: true;
  readonly choices?: readonly string[] | FromSeries;
  readonly min?: number;
}
