import { describe, expect, it } from 'vitest';
import { parseArguments, type Argument } from '../../../lib/kolla/config/arguments.js';
import { UsageError } from '../../../lib/kolla/config/errors.js';

const KNOWN: readonly Argument[] = [
  { flags: ['-h', '--help'], takesValue: false },
  { flags: ['--base', '-b'], takesValue: true },
  { flags: ['--base-tag'], takesValue: true },
  { flags: ['--debug', '-d'], takesValue: false },
  { flags: ['--images-dir'], takesValue: true, exact: true },
  { flags: ['--image-name-prefix'], takesValue: true },
  { flags: ['--quiet', '-q'], takesValue: false },
];

function parse(...argv: string[]): string[] {
  const seen: string[] = [];
  parseArguments(KNOWN, argv, {
    option: ({ flags }, value) =>
      void seen.push(value === undefined ? flags[0]! : `${flags[0]}=${value}`),
    positionals: (values) => void seen.push(`[${values.join(',')}]`),
  });
  return seen;
}

const errorOf = (...argv: string[]): UsageError => {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('it parses');
};

describe('parseArguments', () => {
  it('hands over options in order and positionals in one run', () => {
    expect(parse('-b', 'x', 'a', 'b', '--debug')).toEqual(['--base=x', '[a,b]', '--debug']);
  });

  it('takes clusters of short options apart', () => {
    expect(parse('-dqbx')).toEqual(['--debug', '--quiet', '--base=x', '[]']);
  });

  it('completes unambiguous prefixes', () => {
    expect(parse('--base-t=1', '--de')).toEqual(['--base-tag=1', '--debug', '[]']);
  });

  it('never completes a prefix to an option that must be spelt in full', () => {
    expect(parse('--image', 'x')).toEqual(['--image-name-prefix=x', '[]']);
    expect(parse('--images-dir', 'x')).toEqual(['--images-dir=x', '[]']);
    expect(errorOf('--images-di', 'x').message).toBe('unrecognized arguments: --images-di');
  });

  it('names the nearest option for one that does not exist', () => {
    expect(errorOf('--bsae', 'x').hint).toBe('did you mean --base?');
    expect(errorOf('--image-dir=x').hint).toBe('did you mean --images-dir?');
    expect(errorOf('--elephant').hint).toBeUndefined();
  });

  it('acts on options before it complains of those further right', () => {
    const seen: string[] = [];
    const handler = {
      option: ({ flags }: Argument): void => void seen.push(flags[0]!),
      positionals: (): void => undefined,
    };
    expect(() => parseArguments(KNOWN, ['-d', '--debug=1'], handler)).toThrow(
      "argument --debug/-d: ignored explicit argument '1'",
    );
    expect(seen).toEqual(['--debug']);
  });
});
