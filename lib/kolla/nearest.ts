/** The candidate that `text` was most likely meant to be: fewest typing errors (a letter more, less,
 *  wrong, or two swapped), at most one per three letters, and at most `most`. `undefined` if none is
 *  that close. */
export function nearest(
  text: string,
  candidates: Iterable<string>,
  most = Infinity,
): string | undefined {
  let best: string | undefined;
  let least = Math.min(Math.floor(Math.max(text.length, 3) / 3), most) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= least) continue;
    const errors = typingErrors(text, candidate);
    if (errors < least) {
      best = candidate;
      least = errors;
    }
  }
  return best;
}

function typingErrors(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let errors = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        errors = Math.min(errors, beforeLast[column - 2]! + 1);
      }
      current.push(errors);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
