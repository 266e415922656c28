/** `base_tag` -> `baseTag`. */
export const camelCase = (dest: string): string =>
  dest.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
