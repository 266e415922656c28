import { describe, expect, test } from 'vitest';
import type { Context } from '../../lib/jinja/context.js';
import {
  ImmutableSandboxedEnvironment,
  MAX_RANGE,
  SandboxedEnvironment,
  isInternalAttribute,
  modifiesKnownMutable,
  unsafe,
} from '../../lib/jinja/sandbox.js';
import { Tuple } from '../../lib/jinja/value/tuple.js';

const render = (source: string, context: Record<string, unknown> = {}): string =>
  new SandboxedEnvironment().fromString(source).render(context);

test('an unsafe attribute reads as undefined and raises when it is used', () => {
  expect(render(`{{ ''.__class__ }}|{{ [].__doc__ }}`)).toBe('|');
  expect(() => render(`{{ ''.__class__.x }}`)).toThrow(
    "access to attribute '__class__' of 'str' object is unsafe.",
  );
  expect(() => render('{{ thing._private() }}', { thing: { x: 1 } })).toThrow(
    "'dict object' has no attribute '_private'",
  );
});

test('functions marked as unsafe cannot be called', () => {
  const drop = unsafe(() => 'dropped');
  expect(() => render('{{ drop() }}', { drop })).toThrow(/^<function .*> is not safely callable$/);
  const alters = Object.assign(() => 'altered', { alters_data: true });
  expect(() => render('{{ alters() }}', { alters })).toThrow(/is not safely callable$/);
  expect(() => render('{{ make("return process") }}', { make: Function })).toThrow(
    /is not safely callable$/,
  );
});

test('ranges end at MAX_RANGE', () => {
  expect(render(`{{ range(${MAX_RANGE})|length }}`)).toBe('100000');
  expect(() => render(`{{ range(${MAX_RANGE + 1}) }}`)).toThrow(
    'Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).',
  );
});

describe('str.format reaches into values as templates do', () => {
  test.for([
    [`{{ 'a{x.__class__}b'.format(x=1) }}`, 'ab'],
    [`{{ 'a{x.__class__}b'.format_map({'x': 1}) }}`, 'ab'],
    [`{{ ('a{x.__class__}<b>'|safe).format(x=1) }}`, 'a<b>'],
    [`{{ ('a{x.foo}<b>'|safe).format_map({'x': {'foo': '<'}}) }}`, 'a&lt;<b>'],
    [`{{ ('{0.__class__}'|attr('format'))(1) }}`, ''],
    [`{{ ['{0.__class__}']|map(attribute='format')|map('string')|list|length }}`, '1'],
  ])('%s', ([source, output]) => {
    expect(render(source!)).toBe(output);
  });

  test('what it may not reach raises when it is reached through', () => {
    expect(() => render(`{{ '{0.__class__.x}'.format(1) }}`)).toThrow(/is unsafe\.$/);
  });
});

test('the immutable sandbox hides what changes lists, dicts and sets', () => {
  const environment = new ImmutableSandboxedEnvironment();
  for (const call of ['[].append(1)', '{}.clear()', '{}.pop(1)', 's.add(1)', `l['pop']()`]) {
    const template = environment.fromString(`{{ ${call} }}`);
    expect(() => template.render({ s: new Set(), l: [1] }), call).toThrow(/is unsafe\.$/);
  }
  expect(environment.fromString('{{ [2].index(2) }}{{ {1: 2}.get(1) }}').render()).toBe('02');
});

test('operators that are intercepted go through callBinop and callUnop', () => {
  const seen: string[] = [];
  class Watching extends SandboxedEnvironment {
    override readonly interceptedBinops = new Set(['*', '-']);
    override readonly interceptedUnops = new Set(['-']);
    override callBinop(context: Context, operator: string, left: unknown, right: unknown): unknown {
      seen.push(operator);
      return operator === '-' ? 'minus' : super.callBinop(context, operator, left, right);
    }
    override callUnop(): unknown {
      return 'negative';
    }
  }
  const environment = new Watching();
  expect(
    environment.fromString('{{ 3 - 1 }} {{ -x }} {{ 2 * 3 }} {{ 4 // 2 }}').render({ x: 1 }),
  ).toBe('minus negative 6 2');
  expect(seen).toEqual(['-', '*']);
  expect(environment.overlay({ trimBlocks: true }).fromString('{{ 3 - 1 }}').render()).toBe(
    'minus',
  );
});

test('a changed binopTable is what intercepted operators run', () => {
  class Adding extends SandboxedEnvironment {
    override readonly interceptedBinops = new Set(['+']);
  }
  const environment = new Adding();
  environment.binopTable.set('+', () => 'sum');
  expect(environment.fromString('{{ 1 + x }}').render({ x: 1 })).toBe('sum');
});

test('overriding isSafeAttribute and isSafeCallable decides otherwise', () => {
  class Strict extends SandboxedEnvironment {
    override isSafeAttribute(obj: unknown, attr: string, value: unknown): boolean {
      return attr !== 'secret' && super.isSafeAttribute(obj, attr, value);
    }
    override isSafeCallable(): boolean {
      return false;
    }
  }
  class Thing {
    secret = 's';
    open = 'o';
  }
  const environment = new Strict();
  expect(environment.fromString('{{ t.open }}{{ t.secret }}').render({ t: new Thing() })).toBe('o');
  expect(() => environment.fromString('{{ range(1) }}').render()).toThrow(
    /is not safely callable$/,
  );
});

test('internal attributes and mutating methods are known by name', () => {
  expect(isInternalAttribute('', '__class__')).toBe(true);
  expect(isInternalAttribute(() => 1, 'constructor')).toBe(true);
  expect(isInternalAttribute({ constructor: 1 }, 'constructor')).toBe(false);
  expect(modifiesKnownMutable([], 'append')).toBe(true);
  expect(modifiesKnownMutable(Tuple.of(1), 'append')).toBe(false);
  expect(modifiesKnownMutable(new Map(), 'update')).toBe(true);
  expect(modifiesKnownMutable(new Set(), 'union')).toBe(false);
});
