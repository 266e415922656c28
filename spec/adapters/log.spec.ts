import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, linkFailedLog, type LogOptions } from '../../lib/adapters/log.js';

const PLAIN: LogOptions = { debug: false, quiet: false, logsDir: null };

describe('log', () => {
  let folder: string;
  let console: string;
  const log = (options: LogOptions): ReturnType<typeof createLog> => {
    const created = createLog((text) => void (console += text));
    created.configure(options);
    return created;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kollage-log-'));
    console = '';
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('prefixes each message with level and logger', () => {
    const { program, image } = log(PLAIN);
    program.info('a');
    image('nova-api').error('b\nc');
    expect(console).toBe('INFO:kolla.common.utils:a\nERROR:kolla.common.utils.nova-api:b\nc\n');
  });

  it('shows debug messages of images with debug, of the program only when told', () => {
    for (const options of [PLAIN, { ...PLAIN, debug: true }, { ...PLAIN, programDebug: true }]) {
      const { program, image } = log(options);
      program.debug('p');
      image('i').debug('i');
    }
    expect(console).toBe('DEBUG:kolla.common.utils.i:i\nDEBUG:kolla.common.utils:p\n');
  });

  it('writes images to files, quiet or not, appending, in a folder that it makes', () => {
    const logsDir = join(folder, 'a/b');
    for (const quiet of [true, false]) {
      const run = log({ ...PLAIN, quiet, logsDir });
      run.program.info('p');
      run.image('cron').info('line');
      run.image('cron').debug('hidden');
      run.close();
    }
    expect(readFileSync(join(logsDir, 'cron.log'), 'utf8')).toBe(
      'INFO:kolla.common.utils.cron:line\n'.repeat(2),
    );
    expect(console.match(/line/g)).toHaveLength(1);
  });

  it('keeps the order of lines of more images than it keeps files open', () => {
    const run = log({ ...PLAIN, quiet: true, logsDir: folder });
    for (let round = 1; round <= 3; round++) {
      for (let image = 0; image < 200; image++) run.image(`i${image}`).info(`round ${round}`);
    }
    run.close();
    expect(readFileSync(join(folder, 'i7.log'), 'utf8').match(/\d$/gm)).toEqual(['1', '2', '3']);
  });

  it('points a link at the log of a failed image, in place of an older one', () => {
    writeFileSync(join(folder, '000_FAILED_cron.log'), 'stale');
    linkFailedLog(folder, 'cron');
    linkFailedLog(folder, 'cron');
    expect(readlinkSync(join(folder, '000_FAILED_cron.log'))).toBe('cron.log');
  });
});
