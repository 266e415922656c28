import { describe, expect, it } from 'vitest';
import { alike, describeAnswer, readAreas } from './case.js';
import { readGolden } from './golden.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';
import { ourAnswer } from './our-answer.js';

describe.each(readAreas().map((area) => [area.name, area] as const))('%s', (name, area) => {
  const golden = readGolden(area);
  for (const { title, spec } of area.cases) {
    const known = KNOWN_DIFFERENCES.get(`${name}: ${title}`);
    it(known === undefined ? title : `${title} (differs: ${known})`, () => {
      const expected = golden.get(title);
      if (expected === undefined)
        throw new Error('no recorded answer of Python for this case: run `npm run goldens`');
      const ours = expect(describeAnswer(alike(ourAnswer(spec), expected)));
      if (known === undefined) ours.toBe(describeAnswer(expected));
      else ours.not.toBe(describeAnswer(expected));
    });
  }
});
