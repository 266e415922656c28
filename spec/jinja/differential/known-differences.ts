/** Titles of cases (`area: title`) in which we differ from Python on purpose, with the heading of
 *  COMPATIBILITY.md that says why. */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, string> = new Map();
