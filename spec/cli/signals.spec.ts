import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../lib/adapters/log.js';
import { catchSignals, type Interruption } from '../../lib/cli/signals.js';

const NAMES = ['SIGHUP', 'SIGINT', 'SIGTERM', 'exit'] as const;

type Listener = ReturnType<typeof process.rawListeners>[number];

describe('catchSignals', () => {
  let before: readonly (readonly Listener[])[];
  const listeners = (): Listener[][] => NAMES.map((name) => process.rawListeners(name));
  beforeEach(() => {
    before = listeners();
  });
  afterEach(() => {
    NAMES.forEach((name, index) => {
      for (const listener of listeners()[index]!) {
        if (!before[index]!.includes(listener)) process.off(name, listener as () => void);
      }
    });
  });

  function interrupt(
    name: 'SIGHUP' | 'SIGINT' | 'SIGTERM',
    hasTerminal = true,
  ): { caught: Interruption; text: string } {
    let text = '';
    const log = createLog((line) => void (text += line));
    const caught = catchSignals(log.program, () => undefined, hasTerminal);
    process.emit(name, name);
    caught.release();
    return { caught, text };
  }

  it.each([
    ['SIGHUP', 129],
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

  it('goes on when a terminal is closed that is not its own', () => {
    const { caught, text } = interrupt('SIGHUP', false);
    expect([caught.signal.aborted, caught.status(), text]).toEqual([false, undefined, '']);
  });

  it('lets go of signals after a run that none came to', () => {
    catchSignals(createLog(() => undefined).program, () => undefined).release();
    expect(listeners()).toEqual(before);
  });

  it('keeps them after an interrupted run, whose exit status a late one must not replace', () => {
    interrupt('SIGINT');
    const at = NAMES.indexOf('SIGINT');
    expect(process.listenerCount('SIGINT')).toBe(before[at]!.length + 1);
  });
});
