import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Answer, type Area, fingerprint } from './case.js';
import { type Versions } from './python-oracle.js';

interface Recorded {
  readonly title: string;
  readonly key: string;
  readonly answer: Answer;
}

const goldenPath = (area: Area): string => area.path.replace(/\.txt$/, '.golden.jsonl');

/** Python's recorded answers, by title. A case that was edited since has none. */
export function readGolden(area: Area): ReadonlyMap<string, Answer> {
  if (!existsSync(goldenPath(area))) return new Map();
  const [, ...lines] = readFileSync(goldenPath(area), 'utf8').trimEnd().split('\n');
  const recorded = new Map(
    lines.map((line) => {
      const entry = JSON.parse(line) as Recorded;
      return [entry.title, entry];
    }),
  );
  const answers = new Map<string, Answer>();
  for (const { title, spec } of area.cases) {
    const entry = recorded.get(title);
    if (entry?.key === fingerprint(spec)) answers.set(title, entry.answer);
  }
  return answers;
}

/** Writes what Python answered; the first line says which Python and which Jinja2. */
export function writeGolden(area: Area, answers: readonly Answer[], versions: Versions): void {
  const lines: unknown[] = [versions];
  for (const [index, { title, spec }] of area.cases.entries())
    lines.push({ title, key: fingerprint(spec), answer: answers[index] });
  writeFileSync(goldenPath(area), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
