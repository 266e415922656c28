import { describe, expect, test } from 'vitest';
import { UndefinedError } from '../../lib/jinja/errors.js';
import { Namespace } from '../../lib/jinja/globals.js';
import {
  ChainableUndefined,
  DebugUndefined,
  StrictUndefined,
  Undefined,
  isUndefined,
  makeLoggingUndefined,
  objectTypeRepr,
} from '../../lib/jinja/undefined.js';
import { getAttribute } from '../../lib/jinja/value/attribute.js';
import { toList } from '../../lib/jinja/value/iterate.js';
import { repr } from '../../lib/jinja/value/repr.js';
import { str } from '../../lib/jinja/value/str.js';
import { truth } from '../../lib/jinja/value/truth.js';

describe('the message of an undefined value', () => {
  test.for<[string, Undefined]>([
    [`'x' is undefined`, new Undefined(undefined, undefined, 'x')],
    ['told by hand', new Undefined('told by hand', 1, 'x')],
    [`'int object' has no attribute 'x'`, new Undefined(null, 1, 'x')],
    [`'None' has no attribute 'x'`, new Undefined(null, null, 'x')],
    ['list object has no element 3', new Undefined(null, [], 3)],
    [
      `'jinja2.utils.Namespace object' has no attribute 'x'`,
      new Undefined(null, new Namespace(), 'x'),
    ],
  ])('%s', ([message, value]) => {
    expect(() => value.failWithUndefinedError()).toThrow(message);
    expect(() => value.failWithUndefinedError()).toThrow(UndefinedError);
    expect(value.undefinedMessage).toBe(message);
  });

  test('uses the error class that it is given', () => {
    class Refused extends Error {}
    expect(() => new Undefined('no', undefined, 'x', Refused).failWithUndefinedError()).toThrow(
      Refused,
    );
  });
});

test('a plain undefined value prints as nothing, is false and iterates as empty', () => {
  const value = new Undefined(null, undefined, 'x');
  expect([str(value), repr(value), truth(value), toList(value)]).toEqual([
    '',
    'Undefined',
    false,
    [],
  ]);
});

test('a chainable undefined value has every attribute', () => {
  const value = new ChainableUndefined(null, undefined, 'x');
  expect(getAttribute(value, 'anything')).toBe(value);
});

test('a debug undefined value prints what was asked for', () => {
  expect(str(new DebugUndefined(null, undefined, 'x'))).toBe('{{ x }}');
  expect(str(new DebugUndefined(null, 1, 'x'))).toBe(`{{ no such element: int object['x'] }}`);
  expect(str(new DebugUndefined('why'))).toBe('{{ undefined value printed: why }}');
});

test('a strict undefined value refuses to be printed, but not to be inspected', () => {
  const value = new StrictUndefined(null, undefined, 'x');
  expect(() => str(value)).toThrow(`'x' is undefined`);
  expect(() => truth(value)).toThrow(UndefinedError);
  expect(repr(value)).toBe('Undefined');
  expect(String(value)).toBe('Undefined');
});

test('a logging undefined value reports its uses to the logger', () => {
  const lines: string[] = [];
  const Logging = makeLoggingUndefined({
    warn: (message) => lines.push(`warn ${message}`),
    error: (message) => lines.push(`error ${message}`),
  });
  const value = new Logging(null, undefined, 'x');
  str(value);
  truth(value);
  toList(value);
  expect(() => getAttribute(value, 'y')).toThrow(UndefinedError);
  expect(lines).toEqual([
    `warn Template variable warning: 'x' is undefined`,
    `warn Template variable warning: 'x' is undefined`,
    `warn Template variable warning: 'x' is undefined`,
    `error Template variable error: 'x' is undefined`,
  ]);
});

test("JavaScript's undefined counts, None does not", () => {
  expect([isUndefined(undefined), isUndefined(new Undefined()), isUndefined(null)]).toEqual([
    true,
    true,
    false,
  ]);
});

test("types of Jinja's own carry their module in messages", () => {
  expect([null, 1, {}, new Namespace()].map(objectTypeRepr)).toEqual([
    'None',
    'int object',
    'dict object',
    'jinja2.utils.Namespace object',
  ]);
});
