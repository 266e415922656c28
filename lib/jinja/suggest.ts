/** Edit distance (insert, delete, replace, swap), or `limit + 1` when it is larger than `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] as number) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
}

/** The name that `wanted` is most likely a misspelling of; undefined when none comes near. */
export function nearest(wanted: string, names: Iterable<string>): string | undefined {
  const limit = wanted.length <= 2 ? 1 : wanted.length <= 5 ? 2 : 3;
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const name of names) {
    if (name === wanted) continue;
    const found =
      name.toLowerCase() === wanted.toLowerCase()
        ? 0
        : distance(wanted.toLowerCase(), name.toLowerCase(), limit);
    // Short names are near each other by accident.
    if (found > 0.4 * Math.max(name.length, wanted.length)) continue;
    if (found < bestDistance) [best, bestDistance] = [name, found];
  }
  return best;
}
