import { checkRepetition } from './bounds.js';
import { Markup } from './markup.js';
import { defaultRandom, randomBelow, type RandomSource } from './random.js';
import { address } from './value/address.js';
import {
  CALL,
  passEnvironment,
  pyFunction,
  type Callable,
  type Kwargs,
  type PyFunction,
} from './value/callable.js';
import { Dict } from './value/dict.js';
import { toIndex } from './value/method.js';
import { fillDict } from './value/methods-dict.js';
import { ATTR, MISSING, REPR, SET_ATTR, TYPE_NAME } from './value/protocol.js';
import { PyRuntimeError, PyValueError } from './value/py-error.js';
import { repr } from './value/repr.js';
import { truth } from './value/truth.js';
import { tupleFrom, type Tuple } from './value/tuple.js';
import { builtinType } from './value/types.js';

/** A Python type that templates can call and print. */
interface PythonClass {
  readonly name: string;
  readonly construct: (args: unknown[], kwargs: Kwargs | undefined) => unknown;
}

type ClassFunction = ((...args: unknown[]) => unknown) & {
  [CALL](args: unknown[], kwargs: Kwargs | undefined): unknown;
};

function pythonClass({ name, construct }: PythonClass): ClassFunction {
  const fn = (...args: unknown[]): unknown => construct(args, undefined);
  const bare = name.slice(name.lastIndexOf('.') + 1);
  Object.defineProperties(fn, {
    name: { value: bare },
    [CALL]: { value: construct },
    [REPR]: { value: () => `<class '${name}'>` },
    [TYPE_NAME]: { value: 'type' },
    [ATTR]: { value: (attribute: string) => (attribute === '__name__' ? bare : MISSING) },
  });
  return fn as ClassFunction;
}

/** Runs `init` as Python runs `__init__`: messages count `self`. */
function initialised(
  init: PyFunction<never[]>,
): (args: unknown[], kwargs: Kwargs | undefined) => unknown {
  return (args, kwargs) => init[CALL]([null, ...args], kwargs);
}

/** A method without parameters; messages count `self`. */
function bound(self: object, name: string, impl: () => unknown): Callable {
  const method = pyFunction(name, 'self', impl);
  return {
    [CALL]: (args, kwargs) => method[CALL]([self, ...args], kwargs),
    [REPR]: () => `<bound method ${name} of ${repr(self)}>`,
    [TYPE_NAME]: 'method',
    [ATTR]: () => MISSING,
  } as Callable;
}

/** `cycler(...)`: hands out its items in turn, for ever. Source: jinja2.utils.Cycler @3.1.6 */
export class Cycler {
  readonly items: Tuple;
  pos = 0;

  constructor(items: Iterable<unknown>) {
    this.items = tupleFrom(items);
    if (this.items.length === 0) {
      throw new PyRuntimeError('at least one item has to be provided');
    }
  }

  /** The item that comes next, without moving on. */
  get current(): unknown {
    return this.items[this.pos];
  }

  /** Returns the current item and moves on. */
  next(): unknown {
    const { current } = this;
    this.pos = (this.pos + 1) % this.items.length;
    return current;
  }

  /** Starts over with the first item. */
  reset(): void {
    this.pos = 0;
  }

  readonly #next = bound(this, 'Cycler.next', () => this.next());
  readonly #reset = bound(this, 'Cycler.reset', () => this.reset());

  [ATTR](name: string): unknown {
    switch (name) {
      case 'items':
        return this.items;
      case 'pos':
        return this.pos;
      case 'current':
        return this.current;
      case 'next':
        return this.#next;
      case 'reset':
        return this.#reset;
      default:
        return MISSING;
    }
  }

  get [TYPE_NAME](): string {
    return 'Cycler';
  }

  [REPR](): string {
    return `<jinja2.utils.Cycler object at ${address(this)}>`;
  }
}

/** `joiner(sep)`: empty at the first call, the separator at each later one. Source: jinja2.utils.Joiner @3.1.6 */
export class Joiner {
  readonly sep: unknown;
  used = false;

  constructor(sep: unknown = ', ') {
    this.sep = sep;
  }

  readonly #call = bound(this, 'Joiner.__call__', () => {
    if (this.used) return this.sep;
    this.used = true;
    return '';
  });

  [CALL](args: unknown[], kwargs: Kwargs | undefined): unknown {
    return this.#call[CALL](args, kwargs);
  }

  [ATTR](name: string): unknown {
    return name === 'sep' ? this.sep : name === 'used' ? this.used : MISSING;
  }

  get [TYPE_NAME](): string {
    return 'Joiner';
  }

  [REPR](): string {
    return `<jinja2.utils.Joiner object at ${address(this)}>`;
  }
}

/**
 * `namespace(...)`: an object whose attributes `{% set ns.x = … %}` may assign from an inner scope.
 * Made like a dict. Source: jinja2.utils.Namespace @3.1.6
 */
export class Namespace {
  readonly attrs: Dict;

  constructor(attrs: Iterable<readonly [unknown, unknown]> = []) {
    this.attrs = new Dict(attrs);
  }

  [ATTR](name: string): unknown {
    return this.attrs.has(name) ? this.attrs.get(name) : MISSING;
  }

  [SET_ATTR](name: string, value: unknown): void {
    this.attrs.set(name, value);
  }

  get [TYPE_NAME](): string {
    return 'Namespace';
  }

  [REPR](): string {
    return `<Namespace ${repr(this.attrs)}>`;
  }
}

const WORDS = (
  'lorem ipsum dolor sit amet consectetur adipisci elit sed eiusmod tempor incidunt ut labore et ' +
  'dolore magna aliqua enim ad minim veniam quis nostrum exercitationem ullam corporis suscipit ' +
  'laboriosam nisi aliquid ex ea commodi consequatur aute iure in reprehenderit voluptate velit ' +
  'esse cillum fugiat nulla pariatur excepteur sint obcaecat cupiditat non proident sunt culpa ' +
  'qui officia deserunt mollit anim id est laborum'
).split(' ');

/** One paragraph: words, now and then a comma or a full stop, a capital at each start. */
function paragraph(min: number, max: number, random: RandomSource): string {
  const between = (low: number, high: number): number => low + randomBelow(high - low, random);
  const words: string[] = [];
  let lastWord = '';
  let lastComma = 0;
  let lastStop = 0;
  let capital = true;
  const count = between(min, max);
  for (let i = 0; i < count; i++) {
    const drawn = randomBelow(WORDS.length, random);
    // Never the same word twice in a row, even from a source that repeats itself.
    let word = WORDS[WORDS[drawn] === lastWord ? (drawn + 1) % WORDS.length : drawn] ?? '';
    lastWord = word;
    if (capital) word = word.charAt(0).toUpperCase() + word.slice(1);
    capital = false;
    if (i - between(3, 8) > lastComma) {
      lastComma = i;
      lastStop += 2;
      word += ',';
    }
    if (i - between(10, 20) > lastStop) {
      lastComma = lastStop = i;
      word += '.';
      capital = true;
    }
    words.push(word);
  }
  const text = words.join(' ');
  if (text.endsWith(',')) return `${text.slice(0, -1)}.`;
  return text.endsWith('.') ? text : `${text}.`;
}

/** What `lipsum` and `random` draw from: the environment's own source, else JavaScript's. */
interface RandomOwner {
  readonly random?: RandomSource | undefined;
  readonly sandboxed?: boolean;
}

const lipsum = pyFunction(
  'generate_lorem_ipsum',
  'environment, n=5, html=True, min=20, max=100',
  (environment: RandomOwner | null, n: unknown, html: unknown, min: unknown, max: unknown) => {
    const random = environment?.random ?? defaultRandom;
    const count = toIndex(n);
    const low = toIndex(min);
    const high = toIndex(max);
    if (environment?.sandboxed === true) checkRepetition(count * high);
    const paragraphs: string[] = [];
    for (let i = 0; i < count; i++) {
      if (low >= high) {
        throw new PyValueError(`empty range for randrange() (${low}, ${high}, ${high - low})`);
      }
      paragraphs.push(paragraph(low, high, random));
    }
    if (!truth(html)) return paragraphs.join('\n\n');
    return new Markup(paragraphs.map((text) => `<p>${text}</p>`).join('\n'));
  },
);

/** The names that every template sees. Source: jinja2.defaults.DEFAULT_NAMESPACE @3.1.6 */
export const GLOBALS = {
  range: builtinType('range'),
  dict: builtinType('dict'),
  lipsum: passEnvironment(lipsum),
  cycler: pythonClass({
    name: 'jinja2.utils.Cycler',
    construct: initialised(
      pyFunction('Cycler.__init__', 'self, *items', (_self, items) => new Cycler(items)),
    ),
  }),
  joiner: pythonClass({
    name: 'jinja2.utils.Joiner',
    construct: initialised(
      pyFunction('Joiner.__init__', 'self, sep=", "', (_self, sep) => new Joiner(sep)),
    ),
  }),
  namespace: pythonClass({
    name: 'jinja2.utils.Namespace',
    construct: (args, kwargs) => {
      const namespace = new Namespace();
      fillDict(namespace.attrs, 'dict', args, kwargs);
      return namespace;
    },
  }),
} as const;
