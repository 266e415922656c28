/** One branch of an `if` chain over the base and the base tag that ends in `... = "value"`. */
export interface BaseRule {
  /** Bases for which it holds; absent: all. */
  readonly bases?: readonly string[];
  /** Prefixes of the base tag for which it holds; absent: all. */
  readonly tags?: readonly string[];
  readonly value: string;
}

/** The value of the first rule that holds for a base and its tag. */
export function applyBaseRules(
  rules: readonly BaseRule[],
  base: string,
  baseTag: string,
): string | undefined {
  return rules.find(
    (rule) =>
      (rule.bases?.includes(base) ?? true) &&
      (rule.tags?.some((prefix) => baseTag.startsWith(prefix)) ?? true),
  )?.value;
}
