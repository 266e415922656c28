import { describe, expect, it } from 'vitest';
import { createLog } from '../../lib/adapters/log.js';
import { catchSignals, type Interruption } from '../../lib/cli/signals.js';

describe('catchSignals', () => {
  function interrupt(name: 'SIGINT' | 'SIGTERM'): { caught: Interruption; text: string } {
    let text = '';
    const log = createLog((line) => void (text += line));
    const caught = catchSignals(log.program, () => undefined);
    process.emit(name, name);
    caught.release();
    return { caught, text };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('cancels on %s and asks for status %i', (name, status) => {
    const { caught, text } = interrupt(name);
    expect(caught.signal.aborted).toBe(true);
    expect(caught.status()).toBe(status);
    expect(text).toBe(
      'INFO:kolla.common.utils:Waiting for daemon threads exit. Push Ctrl + c again to force exit\n',
    );
  });

  it('lets go of signals', () => {
    const before = process.listenerCount('SIGINT');
    interrupt('SIGINT');
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
