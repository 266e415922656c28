import { str } from '../../jinja/value/str.js';
import type { OptionIdentity } from '../option-spec.js';
import { nearest } from '../nearest.js';
import { ConfigError, InvalidValueError } from './errors.js';
import { destOf, type Given, type Namespace } from './namespace.js';
import { describeOrigin, type Origin } from './origin.js';
import { expand } from './template.js';
import { convert, describeType, ValueError, type Value, type ValueType } from './value-types.js';

/** An option with its choices and its default for one series. */
export interface Option extends OptionIdentity, ValueType {
  readonly default?: Default | undefined;
}

/** A default. Text may refer to other options; anything else stands for itself. */
export type Default = string | number | boolean | readonly string[] | ReadonlyMap<string, string>;

/** A value and where it was set. */
export interface Setting {
  readonly value: Value;
  readonly origin: Origin;
}

/** The options of each section, the default section under `null`. `undefined`: no such section. */
export type Groups = (group: string | null) => ReadonlyMap<string, Option> | undefined;

/**
 * Answers what an option is set to: looked up on the command line, in the environment, in the files
 * and among the defaults, references expanded, text converted.
 * Source: oslo.config: cfg.py ConfigOpts @10.7.0.
 */
export class Settings {
  readonly #namespace: Namespace;
  readonly #groups: Groups;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #defaults = new Map<string, string>();
  readonly #cache = new Map<string, Setting>();
  readonly #pending = new Set<string>();

  constructor(
    namespace: Namespace,
    groups: Groups,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#namespace = namespace;
    this.#groups = groups;
    this.#env = env;
  }

  /** Checks what the command line and files set for command-line options. Throws
   *  `InvalidValueError` with the one line that the program prints. */
  validate(cliOptions: readonly Option[]): void {
    const byName = [...cliOptions].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const option of byName) {
      const found = this.#namespace.find(option, null);
      if (!found) continue;
      const given = option.type === 'multi' ? found.given : found.given.slice(-1);
      for (const entry of given) {
        if (typeof entry.value === 'boolean') continue;
        const text = this.#expandGiven(option, entry, null);
        try {
          convert(option, text);
        } catch (error) {
          if (!(error instanceof ValueError)) throw error;
          throw new InvalidValueError(
            `argument --${destOf(option)}: Invalid ${describeType(option)} value: ${text}`,
          );
        }
      }
    }
  }

  /** Sets a default that is known only after parsing. */
  setDefault(dest: string, value: string): void {
    this.#defaults.set(dest, value);
    this.#cache.clear();
  }

  /** Value of an option, by its name with underscores; `null` if it is set nowhere. Throws
   *  `ConfigError`. */
  get(dest: string, group: string | null = null): Value {
    return this.explain(dest, group).value;
  }

  /** As `get`, with the place that set it. */
  explain(dest: string, group: string | null = null): Setting {
    const key = `${group ?? ''}\n${dest}`;
    const known = this.#cache.get(key);
    if (known) return known;
    if (this.#pending.has(key)) {
      throw new ConfigError('TemplateSubstitutionError', `option ${dest} refers to itself`);
    }
    this.#pending.add(key);
    try {
      const setting = this.#find(dest, group);
      this.#cache.set(key, setting);
      return setting;
    } finally {
      this.#pending.delete(key);
    }
  }

  /** Sections that files have, as spelt there. */
  sectionNames(): string[] {
    return this.#namespace.sectionNames();
  }

  #find(dest: string, group: string | null): Setting {
    const option = this.#option(dest, group);
    const found = this.#namespace.find(option, group);
    const variable = `OS_${(group ?? 'DEFAULT').toUpperCase()}__${dest.toUpperCase()}`;
    const fromEnvironment = this.#env[variable];

    // The environment overrules a command line only where a file names the option, too.
    if (fromEnvironment !== undefined && (!found || found.inFile)) {
      const origin = { kind: 'environment', variable } as const;
      const texts =
        option.type === 'multi' ? splitVariable(dest, fromEnvironment) : [fromEnvironment];
      return this.#convert(
        option,
        group,
        texts.map((value) => ({ value, origin })),
      );
    }
    if (found) return this.#convert(option, group, found.given);

    const computed = group === null ? this.#defaults.get(dest) : undefined;
    const origin = { kind: 'default' } as const;
    if (computed !== undefined) return { value: this.#expand(computed, null), origin };
    return { value: this.#default(option, group), origin };
  }

  #default(option: Option, group: string | null): Value {
    const value = option.default;
    if (typeof value === 'string') return convert(option, this.#expand(value, group));
    if (Array.isArray(value)) return value.map((item: string) => this.#expand(item, group));
    return (value as Value | undefined) ?? null;
  }

  #convert(option: Option, group: string | null, given: readonly Given[]): Setting {
    const origin: Origin = given.at(-1)?.origin ?? { kind: 'command line' };
    if (option.type === 'multi') {
      const value = given.map((entry) => this.#expandGiven(option, entry, group));
      return { value, origin };
    }
    const last = given.at(-1) ?? { value: '', origin };
    const { value } = last;
    if (typeof value === 'boolean') return { value, origin };
    const text = this.#expandGiven(option, last, group);
    try {
      return { value: convert(option, text), origin };
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const meant = option.choices && nearest(value, option.choices);
      throw new ConfigError(
        origin.kind === 'file' ? 'ConfigFileValueError' : 'ConfigSourceValueError',
        `Value for option ${option.name} from ${describeOrigin(origin)} is not valid: ${error.message}`,
        meant === undefined ? undefined : `did you mean ${meant}?`,
      );
    }
  }

  #option(dest: string, group: string | null): Option {
    const options = this.#groups(group);
    if (!options) throw new ConfigError('NoSuchGroupError', `no such group [${String(group)}]`);
    const option = options.get(dest);
    if (option) return option;
    const meant = nearest(dest, options.keys());
    throw new ConfigError(
      'NoSuchOptError',
      `no such option ${dest} in group [${group ?? 'DEFAULT'}]`,
      meant === undefined ? undefined : `did you mean ${meant}?`,
    );
  }

  #expandGiven(option: Option, given: Given, group: string | null): string {
    const { value, origin } = given;
    if (given.literal) return String(value);
    try {
      return this.#expand(String(value), group);
    } catch (error) {
      if (!(error instanceof ConfigError) || error.hint?.startsWith('in the value')) throw error;
      const place = `in the value of ${option.name}, ${describeOrigin(origin)}`;
      const hint = `${place}; write $$ for a plain dollar sign`;
      throw new ConfigError(error.name, error.message, error.hint ? `${error.hint} ${hint}` : hint);
    }
  }

  #expand(text: string, group: string | null): string {
    return expand(text, (name) => this.#reference(name, group));
  }

  #reference(name: string, group: string | null): string {
    const dot = name.indexOf('.');
    const [section, dest] = dot < 0 ? [group, name] : [name.slice(0, dot), name.slice(dot + 1)];
    const options = this.#groups(section);
    if (!options) throw new ConfigError('NoSuchGroupError', `no such group [${String(section)}]`);
    const setting = options.has(dest) ? this.explain(dest, section) : this.#fallback(name);
    return setting.value === null ? '' : str(setting.value);
  }

  #fallback(name: string): Setting {
    if (name === 'profiles') {
      throw new ConfigError(
        'TemplateSubstitutionError',
        'template substitution error: substituting group profiles not supported',
      );
    }
    return this.explain(name, null);
  }
}

// oslo.config takes such a variable apart into characters. That works for regexes, and is kept
// there; a path or a profile of one letter is not what anybody means.
function splitVariable(dest: string, text: string): string[] {
  if (dest === 'regex') return [...text];
  return text.split(SEPARATED_BY_COLONS.has(dest) ? /[:\n]/ : '\n').filter((entry) => entry !== '');
}

const SEPARATED_BY_COLONS = new Set(['docker_dir', 'template_override', 'profile']);
