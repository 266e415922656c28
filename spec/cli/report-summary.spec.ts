import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../lib/adapters/log.js';
import { reportSummary } from '../../lib/cli/report-summary.js';
import type { Options } from '../../lib/kolla/options.js';
import { summarize } from '../../lib/kolla/summary.js';

const SUMMARY = summarize([
  { name: 'base', status: 'built' },
  { name: 'cron', status: 'error' },
  { name: 'nova', status: 'matched' },
]);
const JSON_LINE =
  '{"built": [{"name": "base"}], "failed": [{"name": "cron", "status": "error"}, {"name": "nova", "status": "matched"}], "not_matched": [], "skipped": [], "unbuildable": []}';

describe('reportSummary', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kollage-summary-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function report(given: Partial<Options>): { written: boolean; stdout: string; stderr: string } {
    let [stdout, stderr] = ['', ''];
    const options = { logsDir: null, format: 'json', summaryJsonFile: null, ...given } as Options;
    const io = {
      env: {},
      columns: 80,
      machine: 'x86_64',
      stdout: (text: string) => void (stdout += text),
      stderr: () => undefined,
    };
    const log = createLog((text) => void (stderr += text));
    return { written: reportSummary(SUMMARY, options, log, io), stdout, stderr };
  }

  it('logs what was built and what failed, and prints JSON without a line end', () => {
    const { stdout, stderr } = report({});
    expect(stdout).toBe(JSON_LINE);
    expect(stderr).toContain('INFO:kolla.common.utils:base\n');
    expect(stderr).toContain('ERROR:kolla.common.utils:cron Failed with status: error\n');
  });

  it('prints no JSON when asked for none', () => {
    expect(report({ format: 'none' }).stdout).toBe('');
  });

  it('writes indented JSON to a file and none to the screen', () => {
    const path = join(folder, 's.json');
    expect(report({ summaryJsonFile: path }).stdout).toBe('');
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^\{\n {4}"built": \[/);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON_LINE));
  });

  it('says so when the file cannot be written', () => {
    const path = join(folder, 'no/s.json');
    const { written, stderr } = report({ summaryJsonFile: path });
    expect(written).toBe(false);
    expect(stderr).toContain(
      `ERROR:kolla.common.utils:Failed to write JSON build summary to ${path}\nERROR:kolla.common.utils:Exception caught: `,
    );
  });

  it('links the logs of images that failed to build, not of those that never started', () => {
    const logsDir = join(folder, 'logs');
    report({ logsDir });
    expect(readlinkSync(join(logsDir, '000_FAILED_cron.log'))).toBe('cron.log');
    expect(() => readlinkSync(join(logsDir, '000_FAILED_nova.log'))).toThrow('ENOENT');
  });
});
