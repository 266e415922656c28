import { describe, expect, test } from 'vitest';
import { DictLoader } from '../../lib/jinja/loader.js';
import { ImmutableSandboxedEnvironment, SandboxedEnvironment } from '../../lib/jinja/sandbox.js';
import { TemplateError, TemplateNotFound } from '../../lib/jinja/errors.js';
import { PyError } from '../../lib/jinja/value/py-error.js';

/** Everything that JavaScript itself provides: no template may hold any of it. */
function intrinsics(): Set<unknown> {
  const found = new Set<unknown>([globalThis, process, Reflect, import.meta]);
  const add = (value: unknown): void => {
    const isObject = typeof value === 'object' && value !== null;
    if ((!isObject && typeof value !== 'function') || found.has(value)) return;
    if (value === process.env) return;
    found.add(value);
    for (const key of [
      'constructor',
      'prototype',
      'call',
      'apply',
      'bind',
      'toString',
      'valueOf',
    ]) {
      const own = Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
      if (own !== undefined) add(own);
    }
    add(Object.getPrototypeOf(value));
  };
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value = Object.getOwnPropertyDescriptor(globalThis, name)?.value as unknown;
    if (typeof value === 'function' || name === 'Reflect' || name === 'Math') add(value);
  }
  add((async () => undefined).constructor);
  add(Object.getPrototypeOf(function* () {}).constructor);
  return found;
}

const FORBIDDEN = intrinsics();

class Widget {
  label = 'label';
  #secret = 'secret';
  get shown(): string {
    return this.#secret.slice(0, 2);
  }
  rename(label: unknown): string {
    this.label = String(label);
    return this.label;
  }
}

const hostContext = (): Record<string, unknown> => ({
  host_object: { key: 'value', nested: { deep: [1] } },
  host_null: Object.assign(Object.create(null) as object, { key: 1 }),
  host_map: new Map<unknown, unknown>([['key', 1]]),
  host_set: new Set([1, 'a']),
  host_array: [1, 'two', { three: 3 }],
  host_function: (x: unknown) => x,
  host_async: async () => Promise.resolve(1),
  host_generator: (function* () {
    yield 1;
  })(),
  host_class: Widget,
  host_instance: new Widget(),
  host_date: new Date(0),
  host_regexp: /x/g,
  host_error: new Error('message'),
  host_promise: Promise.resolve(1),
  host_bytes: new Uint8Array([1, 2]),
  host_symbol: Symbol('s'),
  host_proxy: new Proxy({ key: 1 }, {}),
});

// Every route and every member with every base, in a share of the combinations; the variable asks
// for all 80,000.
const EVERYTHING = process.env['KOLLAGE_ESCAPES'] === 'all';

/** Where an attempt starts. */
const BASES = [
  `''`,
  `'a'|safe`,
  '1',
  '1.5',
  '10**30',
  'true',
  'none',
  '[]',
  '(1,)',
  '{}',
  'range(2)',
  `''.upper`,
  '[].append',
  `[1]|map('string')`,
  'nope',
  'lipsum',
  'cycler',
  'cycler(1)',
  'joiner()',
  'namespace()',
  'dict',
  'a_macro',
  'a_module',
  'self',
  'loop',
  ...Object.keys(hostContext()),
];

/** What an attempt wants. */
const MEMBERS = [
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__lookupGetter__',
  '__class__',
  '__mro__',
  'mro',
  '__subclasses__',
  '__globals__',
  '__builtins__',
  '__code__',
  '__init__',
  '__dict__',
  '__self__',
  '__call__',
  'func_globals',
  'gi_frame',
  'gi_code',
  'caller',
  'callee',
  'arguments',
  'call',
  'apply',
  'bind',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'toLocaleString',
  'isPrototypeOf',
  'environment',
  '_environment',
  'process',
  'mainModule',
  'stack',
  'then',
];

/** How an attempt gets there. `$b` is the base, `$m` the member. */
const ROUTES = [
  `{{ ($b).$m|probe }}`,
  `{{ ($b)['$m']|probe }}`,
  `{{ ($b)['$m'[:2] ~ '$m'[2:]]|probe }}`,
  `{{ ($b)|attr('$m')|probe }}`,
  `{{ [$b]|map(attribute='$m')|list|probe }}`,
  `{{ [$b]|map('attr', '$m')|list|probe }}`,
  `{{ [$b]|groupby('$m')|probe }}`,
  `{{ [$b, $b]|sort(attribute='$m')|probe }}`,
  `{{ [$b]|sum(attribute='$m', start='')|probe }}`,
  `{{ [$b]|selectattr('$m')|list|length|probe }}`,
  `{{ [$b]|unique(attribute='$m')|list|length|probe }}`,
  `{{ [$b]|min(attribute='$m')|string|length|probe }}`,
  `{{ [$b]|join(',', attribute='$m')|probe }}`,
  `{{ '{0.$m}'.format($b)|probe }}`,
  `{{ '{0[$m]}'.format($b)|probe }}`,
  `{{ '{x.$m}'.format(x=$b)|probe }}`,
  `{{ '{x.$m}'.format_map({'x': $b})|probe }}`,
  `{{ ('{0.$m}'|safe).format($b)|probe }}`,
  `{{ ('{0.$m}'|attr('format'))($b)|probe }}`,
  `{{ ['{0.$m}']|map(attribute='format')|first|probe }}`,
  `{{ '%($m)s' % $b|probe }}`,
  `{{ ($b).$m.constructor|probe }}`,
  `{{ ($b).$m.$m|probe }}`,
  `{{ ($b).$m('return process')|probe }}`,
  `{{ ($b).$m('return process')()|probe }}`,
  `{{ ($b)['$m']['constructor']('return globalThis')()|probe }}`,
  `{% set x = $b %}{{ x.$m(x, 'return process')|probe }}`,
  `{% for k in ($b).$m %}{{ k|probe }}{% endfor %}`,
];

const SETUP =
  `{% macro a_macro(x) %}{{ x }}{% endmacro %}{% import 'module' as a_module %}` +
  `{% for _ in [1] %}`;
const TEARDOWN = `{% endfor %}`;

/** Collects, with what containers hold, every value that a template got hold of. */
function leaks(value: unknown, seen = new Set<unknown>()): unknown[] {
  if (seen.has(value)) return [];
  seen.add(value);
  if (FORBIDDEN.has(value)) return [value];
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].flatMap((item) => leaks(item, seen));
  }
  if (value instanceof Map) {
    return [...value].flat().flatMap((item: unknown) => leaks(item, seen));
  }
  return [];
}

function attempt(
  environment: SandboxedEnvironment,
  source: string,
): { leaked: unknown[]; output: string; error?: Error } {
  const leaked: unknown[] = [];
  environment.filters['probe'] = (value: unknown) => {
    leaked.push(...leaks(value));
    return value;
  };
  const template = `${SETUP}${source}${TEARDOWN}`;
  try {
    return { leaked, output: environment.fromString(template).render(hostContext()) };
  } catch (error) {
    return { leaked, output: '', error: error as Error };
  }
}

/** Only errors that a template author can understand come out, and what a host's method refuses. */
function isTemplateAuthorsError(error: Error, base = ''): boolean {
  if (base.startsWith('host_') && error instanceof RangeError) return true;
  return error instanceof TemplateError || error instanceof PyError;
}

const loader = new DictLoader({ module: '{% set exported = 1 %}' });
const LANGUAGE = /\[native code\]|^class \w+|=>|process\.|\bfunction\s*\(/m;
const snapshot = (): string =>
  [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype]
    .map((prototype) => Reflect.ownKeys(prototype).map(String).sort().join())
    .join('\n');

describe.each([
  ['SandboxedEnvironment', SandboxedEnvironment, 3],
  ['ImmutableSandboxedEnvironment', ImmutableSandboxedEnvironment, 12],
] as const)('no template gets out of the %s', (_, Sandbox, share) => {
  test.for(BASES)('starting from %s', (base) => {
    const environment = new Sandbox({ loader });
    const before = snapshot();
    let attempts = 0;
    for (const [m, member] of MEMBERS.entries()) {
      for (const [r, route] of ROUTES.entries()) {
        if (!EVERYTHING && (m + r) % share !== 0) continue;
        const source = route.replaceAll('$b', base).replaceAll('$m', member);
        const { leaked, output, error } = attempt(environment, source);
        attempts++;
        expect(leaked, source).toEqual([]);
        expect(output, source).not.toMatch(LANGUAGE);
        if (error !== undefined)
          expect(isTemplateAuthorsError(error, base), `${source}: ${String(error.stack)}`).toBe(
            true,
          );
      }
    }
    expect(attempts).toBeGreaterThanOrEqual(50);
    expect(snapshot()).toBe(before);
  });
});

/** Ways to write a key that JavaScript could take for a prototype. `$k` is the key. */
const POLLUTIONS = [
  `{% set d = {'$k': {'polluted': 1}} %}{{ d.polluted }}`,
  `{% set d = dict($k={'polluted': 1}) %}{{ d.polluted }}`,
  `{% set d = dict(**{'$k': {'polluted': 1}}) %}{{ d.polluted }}`,
  `{% set d = {} %}{% set _ = d.update({'$k': {'polluted': 1}}) %}{{ d.polluted }}`,
  `{% set d = {} %}{% set _ = d.setdefault('$k', {}).update({'polluted': 1}) %}{{ d.polluted }}`,
  `{% set _ = host_object.update({'$k': {'polluted': 1}}) %}{{ host_object.polluted }}`,
  `{% set _ = host_object.setdefault('$k', {}).update({'polluted': 1}) %}{{ host_object.polluted }}`,
  `{% set _ = host_null.update({'$k': {'polluted': 1}}) %}{{ host_null.polluted }}`,
  `{% set _ = host_object.nested.update($k={'polluted': 1}) %}{{ host_object.nested.polluted }}`,
  `{% set ns = namespace($k={'polluted': 1}) %}{{ ns.polluted }}`,
  `{% set ns = namespace() %}{% set ns.$k = {'polluted': 1} %}{{ ns.polluted }}`,
  `{% set $k = {'polluted': 1} %}{{ polluted }}`,
  `{% for $k in [{'polluted': 1}] %}{{ polluted }}{% endfor %}`,
  `{% with $k = {'polluted': 1} %}{{ polluted }}{% endwith %}`,
  `{% macro $k() %}{% endmacro %}{{ polluted }}`,
  `{% macro m($k={'polluted': 1}) %}{{ polluted }}{% endmacro %}{{ m() }}{{ m($k=2) }}`,
  `{% block $k %}{{ polluted }}{% endblock %}`,
  `{{ host_function($k={'polluted': 1}).polluted }}`,
  `{{ 'x'|default($k=1) }}`,
  `{{ {}|tojson(**{'$k': 1}) }}`,
  `{{ [{'$k': 'a', 'polluted': ''}]|groupby('$k')|list|length }}`,
  `{{ {'$k': {'polluted': 1}}|dictsort|length }}`,
  `{% import 'module' as $k %}{{ polluted }}`,
  `{% from 'module' import exported as $k %}{{ polluted }}`,
];

const KEYS = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'];

describe('no key reaches a prototype', () => {
  test.for(POLLUTIONS)('%s', (pollution) => {
    const before = snapshot();
    for (const key of KEYS) {
      const environment = new SandboxedEnvironment({ loader });
      const source = pollution.replaceAll('$k', key);
      const { output, error } = attempt(environment, source);
      if (error !== undefined)
        expect(isTemplateAuthorsError(error), String(error.stack)).toBe(true);
      else expect(output, source).not.toContain('1}');
      expect((Object.create({}) as { polluted?: unknown }).polluted, source).toBeUndefined();
      expect(([] as { polluted?: unknown }).polluted, source).toBeUndefined();
    }
    expect(snapshot()).toBe(before);
  });
});

describe('files and templates', () => {
  test.for([
    '/etc/passwd',
    '../package.json',
    'file:///etc/passwd',
    'module/../module',
    '__proto__',
    'constructor',
    'toString',
  ])('nothing outside the loader is found: %s', (name) => {
    for (const tag of ['include', 'extends', 'import']) {
      const as = tag === 'import' ? ' as x' : '';
      const environment = new SandboxedEnvironment({ loader });
      const template = environment.fromString(`{% ${tag} '${name}'${as} %}`);
      expect(() => template.render()).toThrow(TemplateNotFound);
    }
  });
});
