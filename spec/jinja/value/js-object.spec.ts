import { describe, expect, it } from 'vitest';
import { getAttribute, resolveAttribute, resolveItem } from '../../../lib/jinja/value/attribute.js';
import { call, passContext, passOf } from '../../../lib/jinja/value/callable.js';
import { Dict, dictKeys, dictSet } from '../../../lib/jinja/value/dict.js';
import { MISSING } from '../../../lib/jinja/value/protocol.js';
import { repr } from '../../../lib/jinja/value/repr.js';
import { str } from '../../../lib/jinja/value/str.js';
import { truth } from '../../../lib/jinja/value/truth.js';

class Animal {
  readonly name: string;
  #secret = 1;
  static count = 7;
  static create(): Animal {
    return new Animal('made');
  }
  constructor(name: string) {
    this.name = name;
  }
  get loud(): string {
    return this.name.toUpperCase();
  }
  greet(greeting: string): string {
    return `${greeting} ${this.name} ${this.#secret}`;
  }
}
class Dog extends Animal {
  legs = 4;
  override toString(): string {
    return `dog ${this.name}`;
  }
}

const RECEIVERS: [string, unknown][] = [
  ['a str', 'a'],
  ['an int', 1],
  ['a float', 1.5],
  ['a bool', true],
  ['a list', [1]],
  ['a dict', { a: 1 }],
  ['a Map', new Map([['a', 1]])],
  ['a Dict', new Dict([['a', 1]])],
  ['a set', new Set([1])],
  ['an instance', new Dog('Rex')],
  ['a function', (x: unknown) => x],
  ['a class', Animal],
  ['a date', new Date(0)],
  ['a bound method', getAttribute('a', 'upper')],
  ['bytes', new Uint8Array(1)],
];

const MEMBERS =
  'constructor __proto__ prototype hasOwnProperty isPrototypeOf toLocaleString valueOf __defineGetter__ ' +
  '__lookupGetter__ caller callee arguments apply bind';

describe('members of JavaScript', () => {
  it.each(RECEIVERS)('do not exist on %s', (_name, value) => {
    for (const member of MEMBERS.split(' ')) {
      const found = [resolveAttribute(value, member), resolveItem(value, member)];
      // A class may define its own valueOf, as Date does.
      if (value instanceof Date && member !== 'constructor') continue;
      expect([member, found]).toEqual([member, [MISSING, MISSING]]);
    }
  });

  it.each([
    ['a str', 'abc', 'length'],
    ['a str', 'abc', 'toUpperCase'],
    ['a list', [1], 'length'],
    ['a list', [1], 'push'],
    ['a list', [1], 'map'],
    ['a Map', new Map(), 'size'],
    ['a Map', new Map(), 'set'],
    ['a set', new Set(), 'has'],
    ['an int', 5, 'toFixed'],
    ['a function', () => 1, 'name'],
    ['a function', () => 1, 'call'],
    ['a class', Animal, 'create'],
  ])('of %s are not those of its Python type: %j.%s', (_name, value, member) => {
    expect(resolveAttribute(value, member)).toBe(MISSING);
  });

  it('are found as keys when the data has them', () => {
    const data = JSON.parse('{"constructor": 1, "__proto__": 2}') as unknown;
    expect(resolveAttribute(data, 'constructor')).toBe(1);
    expect(resolveItem(data, '__proto__')).toBe(2);
  });
});

describe('instances of JavaScript classes', () => {
  const dog = new Dog('Rex');

  it('show own properties, accessors and methods, inherited ones too', () => {
    expect(resolveAttribute(dog, 'name')).toBe('Rex');
    expect(resolveItem(dog, 'legs')).toBe(4);
    expect(resolveAttribute(dog, 'loud')).toBe('REX');
    expect(resolveAttribute(dog, 'nope')).toBe(MISSING);
  });

  it('keep `this` in their methods', () => {
    expect(call(resolveAttribute(dog, 'greet'), ['Hi'])).toBe('Hi Rex 1');
  });

  it('print as their own toString says, else as Python prints an object', () => {
    expect(str(dog)).toBe('dog Rex');
    expect(str(new Animal('Tom'))).toMatch(/^<Animal object at 0x[0-9a-f]+>$/);
    expect(repr(dog)).toMatch(/^<Dog object at 0x[0-9a-f]+>$/);
  });

  it('are true', () => {
    expect(truth(new Animal(''))).toBe(true);
  });
});

describe('functions in dicts', () => {
  it('keep the dict as `this`', () => {
    const user = {
      first: 'Ada',
      greet(this: { first: string }): string {
        return `I am ${this.first}`;
      },
    };
    expect(call(resolveAttribute(user, 'greet'), [])).toBe('I am Ada');
    expect(call(resolveItem(user, 'greet'), [])).toBe('I am Ada');
  });

  it('keep their mark', () => {
    const marked = passContext(() => 1);
    expect(passOf(resolveAttribute({ marked }, 'marked'))).toBe('context');
  });
});

describe('other objects of JavaScript', () => {
  it('print sensibly', () => {
    expect(str(new Date(Date.UTC(2026, 0, 2, 3, 4, 5)))).toBe('2026-01-02 03:04:05+00:00');
    expect(str(new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)))).toBe(
      '2026-01-02 03:04:05.678000+00:00',
    );
    expect(repr(new Date(Date.UTC(2026, 0, 2)))).toBe(
      'datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)',
    );
    expect(str(new Error('broken'))).toBe('broken');
    expect(repr(new TypeError('broken'))).toBe("TypeError('broken')");
    expect(str(/a+/i)).toBe("re.compile('a+')");
    expect(str(new URL('http://h/p'))).toBe('http://h/p');
    expect(str(Promise.resolve())).toMatch(/^<Promise object at 0x/);
    expect(str(undefined)).toBe('');
    expect(str(Animal)).toBe("<class 'Animal'>");
  });

  it('keeps a key of another type apart from the names of an object', () => {
    const data: Record<string, unknown> = { '1': 'text' };
    dictSet(data, 1, 'int');
    expect(dictKeys(data)).toEqual(['1', 1]);
    expect(resolveItem(data, 1)).toBe('int');
    expect(resolveItem(data, '1')).toBe('text');
  });

  it('ends repr at a container that contains itself', () => {
    const list: unknown[] = [1];
    list.push(list);
    const dict = new Dict<unknown, unknown>([['l', list]]);
    list.push(dict);
    expect(repr(list)).toBe("[1, [...], {'l': [...]}]");
  });
});
