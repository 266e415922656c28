import { describe, expect, it } from 'vitest';
import { exitStatus, summarize, summaryJson, summaryLines } from '../../lib/kolla/summary.js';

const RUN = [
  { name: 'nova-api', status: 'matched' },
  { name: 'base', status: 'built' },
  { name: 'nova-base', status: 'error' },
  { name: 'etcd', status: 'unmatched' },
  { name: 'cron', status: 'skipped' },
  { name: 'tgtd', status: 'unbuildable' },
] as const;

describe('summary', () => {
  it('lists groups sorted by name, failures with their status', () => {
    const lines = summaryLines(summarize(RUN)).map(({ level, text }) => `${level}:${text}`);
    expect(lines).toEqual([
      'info:=========================',
      'info:Successfully built images',
      'info:=========================',
      'info:base',
      'info:===========================',
      'info:Images that failed to build',
      'info:===========================',
      'error:nova-api Failed with status: matched',
      'error:nova-base Failed with status: error',
      'debug:=====================================',
      'debug:Images not matched for build by regex',
      'debug:=====================================',
      'debug:etcd',
      'info:===================================',
      'info:Images skipped due to build options',
      'info:===================================',
      'info:cron',
      'info:=========================================',
      'info:Images not buildable due to build options',
      'info:=========================================',
      'info:tgtd',
    ]);
  });

  it('says which failures are allowed, and does not count them', () => {
    const allowed = summarize(RUN, ['nova-api', 'nova-base']);
    expect(summaryLines(allowed).map(({ text }) => text)).toContain(
      'nova-base Failed with status: error (allowed to fail)',
    );
    expect(exitStatus(allowed)).toBe(0);
    expect(exitStatus(summarize(RUN, ['nova-base']))).toBe(1);
    expect(exitStatus(summarize(RUN.filter(({ status }) => status === 'unmatched')))).toBe(0);
  });

  // Recorded from Python's json.dump of the same dictionary.
  it('writes JSON as Python does, on one line and indented', () => {
    const summary = summarize([
      { name: 'b', status: 'push_error' },
      { name: 'ä"', status: 'built' },
    ]);
    expect(summaryJson(summary, 'line')).toBe(
      '{"built": [{"name": "\\u00e4\\""}], "failed": [{"name": "b", "status": "push_error"}], ' +
        '"not_matched": [], "skipped": [], "unbuildable": []}',
    );
    expect(summaryJson(summary, 'file')).toBe(
      [
        '{',
        '    "built": [',
        '        {',
        '            "name": "\\u00e4\\""',
        '        }',
        '    ],',
        '    "failed": [',
        '        {',
        '            "name": "b",',
        '            "status": "push_error"',
        '        }',
        '    ],',
        '    "not_matched": [],',
        '    "skipped": [],',
        '    "unbuildable": []',
        '}',
      ].join('\n'),
    );
  });

  it('never hides a failure behind a success of the same name', () => {
    const summary = summarize([
      { name: 'twice', status: 'error' },
      { name: 'twice', status: 'built' },
    ]);
    expect(summary.built).toEqual([]);
    expect(exitStatus(summary)).toBe(1);
  });
});
