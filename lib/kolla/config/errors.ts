/** oslo.config's exceptions, by the names that scripts grep for. */
export type ConfigErrorName =
  | 'ConfigDirNotFoundError'
  | 'ConfigFileParseError'
  | 'ConfigFileValueError'
  | 'ConfigFilesNotFoundError'
  | 'ConfigFilesPermissionDeniedError'
  | 'ConfigSourceValueError'
  | 'NoSuchGroupError'
  | 'NoSuchOptError'
  | 'TemplateSubstitutionError';

/** A configuration that cannot be used. `name` is oslo.config's class, `message` its text, `hint`
 *  says where the value stands or what to write instead. The program ends with status 1. */
export class ConfigError extends Error {
  override readonly name: ConfigErrorName;
  readonly hint: string | undefined;

  constructor(name: ConfigErrorName, message: string, hint?: string) {
    super(message);
    this.name = name;
    this.hint = hint;
  }
}

/** A value that its option does not take; the program prints the message alone, status 1. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError';
}

/** A command line that does not parse; printed after the usage text, status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
