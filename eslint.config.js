import js from '@eslint/js';
import ts from 'typescript-eslint';

const OUTSIDE_WORLD = [
  'node:child_process',
  'node:fs',
  'node:fs/promises',
  'node:os',
  'node:http',
  'node:https',
  'node:net',
  'dockerode',
  'undici',
  'tar-stream',
  'yargs',
  'chalk',
  'glob',
];
const UNPREFIXED = OUTSIDE_WORLD.filter((name) => name.startsWith('node:')).map((name) =>
  name.slice('node:'.length),
);

const noNunjucks = {
  name: 'nunjucks',
  message: 'Only lib/jinja builds on nunjucks.',
};

/** Import rules of one layer: packages it must not load, folders above it that it must not see. */
const layer = (files, packages, folders, { ignores = [] } = {}) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: packages.map((entry) =>
          typeof entry === 'string'
            ? { name: entry, message: 'The core is pure: the edge passes this in.' }
            : entry,
        ),
        patterns: folders.map((folder) => ({
          regex: `^(\\.\\./)+${folder}(/|\\.js$)`,
          message: 'Imports go one way: cli -> adapters -> kolla -> jinja.',
        })),
      },
    ],
  },
});

const PURE = ['lib/jinja/**/*.ts', 'lib/kolla/**/*.ts'];

export default ts.config(
  { ignores: ['dist/', 'build/', 'node_modules/', '.oracles/', 'templates/', 'spec/fixtures/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-control-regex': 'off',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
  {
    files: PURE,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'console', 'performance', 'Buffer'].map((name) => ({
          name,
          message: 'The core is pure: time, environment and output are arguments.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Chance comes in through an argument.' },
        { object: 'Date', property: 'now', message: 'Time comes in through an argument.' },
      ],
      // A given Date may be looked at; reading the clock is what the core must not do.
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time comes in through an argument.',
        },
        {
          selector: "CallExpression[callee.name='Date']",
          message: 'Time comes in through an argument.',
        },
      ],
    },
  },
  {
    // A number and a bigint of one value are equal only by ==.
    files: ['lib/jinja/value/**/*.ts'],
    rules: { eqeqeq: 'off' },
  },
  layer(
    ['lib/jinja/**/*.ts'],
    [...OUTSIDE_WORLD, ...UNPREFIXED, 'yaml', noNunjucks],
    ['kolla', 'adapters', 'cli', 'index'],
    { ignores: ['lib/jinja/nunjucks/**'] },
  ),
  layer(
    ['lib/jinja/nunjucks/**/*.ts'],
    [...OUTSIDE_WORLD, ...UNPREFIXED, 'yaml'],
    ['kolla', 'adapters', 'cli', 'index'],
  ),
  layer(
    ['lib/kolla/**/*.ts'],
    [...OUTSIDE_WORLD, ...UNPREFIXED, noNunjucks],
    ['adapters', 'cli', 'index'],
  ),
  layer(['lib/adapters/**/*.ts'], [noNunjucks, 'yargs'], ['cli', 'index']),
  layer(['lib/cli/**/*.ts', 'lib/*.ts', 'scripts/**'], [noNunjucks], []),
  {
    // The typings of what nunjucks does not declare.
    files: ['lib/jinja/nunjucks/**/*.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
);
