import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { junitXml, resultsData, timesTable, type Pair } from '../../lib/kolla/results.js';
import { type Status } from '../../lib/kolla/status.js';
import { ROOT } from '../support/requirements.js';

interface Node {
  name: string;
  parent?: Node;
  children: Node[];
  status: Status;
}

const node = (name: string, parent?: Node): Node => {
  const made: Node = { name, children: [], status: 'matched', ...(parent ? { parent } : {}) };
  parent?.children.push(made);
  return made;
};
const base = node('base');
const nova = node('nova', base);
const bad = node('bad<&>', base);
const idle = node('idle');
const result = (name: string, status: Status, seconds?: number, more: object = {}) => ({
  name,
  canonicalName: `ns/${name}:1`,
  status,
  attempts: seconds === undefined ? 0 : 1,
  ...(seconds === undefined ? {} : { seconds }),
  ...more,
});
const PAIRS: Pair<Node>[] = [
  [base, result('base', 'built', 4, { imageId: 'sha256:1', size: 10, digest: 'sha256:d' })],
  [nova, result('nova', 'built', 20, { attempts: 2 })],
  [bad, result('bad<&>', 'error', 1, { reason: 'exit "3"\u0007' })],
  [idle, result('idle', 'unmatched')],
];
const RUN = {
  started: '2026-01-02T03:04:05.000Z',
  finished: '2026-01-02T03:04:30.000Z',
  seconds: 25,
  engine: 'docker',
  interrupted: false,
  allowedToFail: [] as string[],
  log: (name: string) => `/logs/${name}.log`,
};

describe('results', () => {
  it('hold what a pipeline asks about each image', () => {
    const data = resultsData(PAIRS, RUN) as { critical_path: string[]; images: object[] };
    expect(data.critical_path).toEqual(['base', 'nova']);
    expect(data.images[1]).toEqual({
      name: 'base',
      full_name: 'ns/base:1',
      parent: null,
      status: 'built',
      allowed_to_fail: false,
      attempts: 1,
      push_attempts: 0,
      started: null,
      seconds: 4,
      image_id: 'sha256:1',
      size: 10,
      digest: 'sha256:d',
      reason: null,
      log: '/logs/base.log',
    });
    expect(data.images[2]).toMatchObject({ name: 'idle', log: null, seconds: null });
  });

  it('have the keys that their schema promises', () => {
    const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/results.json'), 'utf8')) as {
      required: string[];
      properties: {
        images: { items: { required: string[]; properties: Record<string, unknown> } };
      };
    };
    const { images, ...run } = resultsData(PAIRS, RUN);
    expect([...Object.keys(run), 'images']).toEqual(schema.required);
    const { required, properties } = schema.properties.images.items;
    expect(Object.keys((images as object[])[0]!)).toEqual(required);
    expect(Object.keys(properties)).toEqual(required);
  });

  it('are JUnit with one case per selected image, escaped', () => {
    const xml = junitXml(PAIRS, RUN);
    expect(xml).toContain('tests="3" failures="1" skipped="0" time="25.000"');
    expect(xml).toContain('name="bad&#60;&#38;&#62;" time="1.000">');
    expect(xml).toContain('<failure type="error" message="exit &#34;3&#34;"/>');
    expect(xml).not.toContain('idle');
  });

  it('count what is allowed to fail as skipped in JUnit', () => {
    const xml = junitXml(PAIRS, { ...RUN, allowedToFail: ['bad<&>'] });
    expect(xml).toContain('failures="0"');
    expect(xml).toContain('<skipped message="allowed to fail: ');
  });

  it('are a table, slowest first, with the critical path', () => {
    expect(timesTable(PAIRS)).toEqual([
      'Seconds per image',
      'nova        20.0  built (2 attempts)',
      'base         4.0  built',
      'bad<&>       1.0  error',
      'Critical path, 24.0 s: base > nova',
    ]);
    expect(timesTable([[idle, result('idle', 'unmatched')]])).toEqual([]);
  });
});
