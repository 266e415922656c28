/** Options of `selectAutoescape`. Extensions are written without a dot; case does not matter. */
export interface SelectAutoescapeOptions {
  /** Templates that are escaped. Default `html`, `htm`, `xml`. */
  readonly enabledExtensions?: readonly string[];
  /** Templates that are not. Default none. */
  readonly disabledExtensions?: readonly string[];
  /** For templates that were made from a string. Default true. */
  readonly defaultForString?: boolean;
  /** For everything else. Default false. */
  readonly default?: boolean;
}

/**
 * A function for the option `autoescape` that decides by the end of a template's name.
 * Source of the behaviour: jinja2 3.1.6 utils.select_autoescape.
 */
export function selectAutoescape(
  options: SelectAutoescapeOptions = {},
): (templateName: string | null) => boolean {
  const ending = (extension: string): string => `.${extension.replace(/^\.+/, '').toLowerCase()}`;
  const enabled = (options.enabledExtensions ?? ['html', 'htm', 'xml']).map(ending);
  const disabled = (options.disabledExtensions ?? []).map(ending);
  return (templateName) => {
    if (templateName === null) return options.defaultForString ?? true;
    const name = templateName.toLowerCase();
    if (enabled.some((end) => name.endsWith(end))) return true;
    if (disabled.some((end) => name.endsWith(end))) return false;
    return options.default ?? false;
  };
}
