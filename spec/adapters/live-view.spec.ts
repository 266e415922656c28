import { afterEach, describe, expect, it } from 'vitest';
import { clock, LiveView, type Terminal } from '../../lib/adapters/live-view.js';

const plain = (text: string): string => text;

describe('LiveView', () => {
  let written = '';
  let time = 0;
  let view: LiveView | undefined;
  const terminal = (columns = 60, rows = 10): Terminal => ({
    write: (text) => void (written += text),
    columns,
    rows,
    palette: { green: plain, red: plain, yellow: plain, cyan: plain, dim: plain, bold: plain },
    now: () => time,
  });

  afterEach(() => {
    view?.close();
    written = '';
    time = 0;
  });

  it('shows counts, what runs at which step, and the slowest image', () => {
    view = new LiveView(terminal(), 4);
    view.started('base', 'build');
    time = 65_000;
    view.ended('base', 'build', 'built');
    view.started('nova-base', 'build');
    view.started('base', 'push');
    view.line(
      'nova-base',
      '\x1b[91mStep 3/9 : RUN apt-get -y install a-very-long-list-of-packages\x1b[0m',
    );
    time = 70_000;
    expect(view.lines()[0]).toBe('[1/4]  1 built  2 running  1:10  slowest base 1:05');
    expect(view.lines()[2]).toMatch(/^ {2}base {2}pushing +0:05$/);
    expect(view.lines()[1]).toMatch(/^ {2}nova-base {2}Step 3\/9 : RUN apt-get .*… 0:05$/);
    expect(view.lines().every((line) => line.length <= 60)).toBe(true);
  });

  it('lets a failure scroll by with the end of its output', () => {
    view = new LiveView(terminal(), 1);
    view.started('bad', 'build');
    for (let at = 0; at < 20; at++) view.line('bad', `line ${at}`);
    view.ended('bad', 'build', 'error');
    expect(written).toContain('✗ bad: error\n    line 12\n');
    expect(written).not.toContain('line 11\n');
    expect(view.lines()[0]).toContain('1 failed');
  });

  it('keeps to the height of the terminal', () => {
    view = new LiveView(terminal(60, 6), 20);
    for (let at = 0; at < 8; at++) view.started(`i${at}`, 'build');
    expect(view.lines()).toHaveLength(5);
    expect(view.lines().at(-1)).toBe('  and 5 more');
  });

  it('takes away what it has drawn', () => {
    view = new LiveView(terminal(), 1);
    view.above('one\n');
    view.close();
    expect(written.endsWith('\x1b[1A\x1b[J')).toBe(true);
  });
});

describe('clock', () => {
  it('shows minutes and seconds, and hours where there are some', () => {
    expect([0, 61_500, 3_723_000].map(clock)).toEqual(['0:00', '1:01', '1:02:03']);
  });
});
