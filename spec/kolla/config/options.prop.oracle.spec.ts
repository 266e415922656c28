import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { KollaOracle } from '../../support/kolla-oracle.js';
import { oracle, requirement } from '../../support/requirements.js';
import { compareOptions, type ConfigCase } from './compare-options.js';

const available = requirement('kolla', oracle.kolla('22.0.0') !== undefined);

const FLAGS = [
  ...['--base', '--base-tag', '--base-t', '--tag', '--threads', '--thr', '-T', '-b', '-p', '-D'],
  ...['--push', '--nopush', '--pus', '--no', '--debug', '-d', '-dq', '-qd', '-dT3', '-n', '--'],
  ...['--config-file', '--config-dir', '--config', '--build-args', '--template-override', '-l'],
  ...['--network_mode', '--regex', '--version', '-h', '--profile', '--retries', '-r-1', '-r=2'],
];
const WORDS = [
  ...['debian', 'rocky', 'foo', '3', '0', '-1', '', 'a', '^b', 'a b', '-', '$base', '${tag}', '$$'],
  ...['a:1,b:2', 'a,b', 'a.conf', '{dir}/b.conf', 'd', 'nope', "it's", '$nope', 'infra', '-x', 'é'],
];
const KEYS = [
  'base',
  'tag',
  'threads',
  'push',
  'profile',
  'regex',
  'allowed_to_fail',
  'maintainer',
];
const VALUES = [...WORDS, 'yes', 'off', '"q"', "'", ' a ', 'a = b', '# c'];

const argument = fc.oneof(
  fc.constantFrom(...FLAGS),
  fc.constantFrom(...WORDS),
  fc.tuple(fc.constantFrom(...FLAGS), fc.constantFrom(...WORDS)).map((pair) => pair.join('=')),
);
const assignment = fc
  .tuple(fc.constantFrom(...KEYS), fc.constantFrom('=', ' = ', ': '), fc.constantFrom(...VALUES))
  .map((parts) => parts.join(''));
const noise = fc.constantFrom(
  '',
  '# c',
  '; c',
  '  more',
  '[x]',
  '[DEFAULT]',
  '[profiles]',
  '[',
  'x',
);
const file = fc
  .array(fc.oneof({ weight: 6, arbitrary: assignment }, { weight: 1, arbitrary: noise }), {
    maxLength: 5,
  })
  .map((lines) => ['[DEFAULT]', ...lines, ''].join('\n'));

const cases: fc.Arbitrary<ConfigCase> = fc.record({
  argv: fc.array(argument, { maxLength: 6 }),
  env: fc.dictionary(
    fc.constantFrom('OS_DEFAULT__BASE', 'OS_DEFAULT__TAG', 'OS_DEFAULT__THREADS'),
    fc.constantFrom(...WORDS),
    { maxKeys: 2 },
  ),
  files: fc.record({ 'a.conf': file, 'b.conf': file, 'kolla-build.conf': file, 'd/c.conf': file }),
});

/** The real program expands references in the names of files too, but only to find errors. */
const namesFileByReference = (argv: readonly string[]): boolean =>
  argv.some((word, at) => /^--conf/.test(word) && `${word}${argv[at + 1] ?? ''}`.includes('$'));

/** Masks what the real program says less exactly: where a reference fails it names the option that is
 *  read, and a bad variable is blamed on the file that sets the option, too. */
const mask = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replace(
        /"(?:NoSuchOpt|Recursion|TemplateSubstitution)Error: (?:[^"\\]|\\.)*"/g,
        '"<reference>"',
      )
      .replace(
        /"(?:IsADirectoryError: |ConfigFileParseError: Failed to parse \S+: EISDIR)[^"]*"/g,
        '"<folder>"',
      )
      .replace(/Config\w+ValueError: (Value for option \S+) from <[^>]*>/g, '$1 from <somewhere>'),
  ) as unknown;

describe.runIf(available)('any command line with any files', () => {
  const real = available ? new KollaOracle('22.0.0') : undefined;
  afterAll(() => real?.close());

  it('means what it means to kolla', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        fc.pre(!namesFileByReference(given.argv ?? []));
        const { expected, actual } = await compareOptions(real!, given);
        expect(mask(actual)).toEqual(mask(expected));
      }),
      { numRuns: Number(process.env['KOLLAGE_RUNS'] ?? 200) },
    );
  }, 600_000);
});
