import type { Kwargs } from './callable.js';
import { Dict } from './dict.js';
import { encode } from './encode.js';
import { iterate, toList } from './iterate.js';
import { BoundMethod, toIndex, type Method, type MethodTable } from './method.js';
import { subscriptType } from './generic-alias.js';
import { fillDict } from './methods-dict.js';
import { methodsOf } from './methods.js';
import { Float, asInt, toFloat } from './number.js';
import { toInt, toNumber } from './parse-number.js';
import { ATTR, CALL, ITEM, MISSING, REPR, TYPE_NAME, asString } from './protocol.js';
import { PyTypeError, PyValueError } from './py-error.js';
import { Range } from './range.js';
import { frozenSetFrom, setFrom, FrozenSet } from './set.js';
import { Slice } from './slice.js';
import { str } from './str.js';
import { truth } from './truth.js';
import { Tuple, tupleFrom } from './tuple.js';
import { typeName } from './type-name.js';
import { decode } from './encode.js';

type Construct = (args: unknown[], kwargs: Kwargs | undefined) => unknown;

/** A type as a template meets it, through `value.__class__` or a global such as `dict`. */
export class PyType {
  readonly name: string;
  readonly bases: readonly string[];
  readonly #methods: MethodTable | undefined;
  readonly #construct: Construct | undefined;

  constructor(
    name: string,
    options: { bases?: readonly string[]; methods?: MethodTable; construct?: Construct } = {},
  ) {
    this.name = name;
    this.bases = options.bases ?? ['object'];
    this.#methods = options.methods;
    this.#construct = options.construct;
  }

  get [TYPE_NAME](): string {
    return 'type';
  }

  get module(): string {
    return MODULES[this.name] ?? 'builtins';
  }

  [REPR](): string {
    return `<class '${this.module === 'builtins' ? '' : `${this.module}.`}${this.name}'>`;
  }

  [CALL](args: unknown[], kwargs: Kwargs | undefined): unknown {
    if (this.#construct !== undefined) {
      return this.#construct(args, kwargs?.size ? kwargs : undefined);
    }
    throw new PyTypeError(`cannot create '${this.name}' instances`);
  }

  [ITEM](key: unknown): unknown {
    return subscriptType(this, key);
  }

  [ATTR](name: string): unknown {
    switch (name) {
      case '__name__':
      case '__qualname__':
        return this.name;
      case '__module__':
        return this.module;
      case '__class__':
        return builtinType('type');
      case '__bases__':
        return tupleFrom(this.bases.map(builtinType));
      case '__base__':
        return this.bases.length > 0 ? builtinType(this.bases[0]!) : null;
      case '__mro__':
        return tupleFrom(this.#lineage());
    }
    const method = this.#methods?.().get(name);
    if (method === undefined) return MISSING;
    return method.definition.isStatic === true
      ? new BoundMethod(this, method)
      : new UnboundMethod(method);
  }

  #lineage(): PyType[] {
    const bases = this.bases.map(builtinType);
    return [this, ...bases.flatMap((base) => base.#lineage())];
  }
}

/** `''.__class__.upper`: takes the instance as its first argument. */
class UnboundMethod {
  readonly #method: Method;
  constructor(method: Method) {
    this.#method = method;
  }
  get #kind(): string {
    return this.#method.definition.bind === undefined ? 'member' : 'method';
  }
  get [TYPE_NAME](): string {
    return `${this.#kind}_descriptor`;
  }
  [REPR](): string {
    return `<${this.#kind} '${this.#method.name}' of '${this.#method.owner}' objects>`;
  }
  [CALL](args: unknown[], kwargs: Kwargs | undefined): unknown {
    if (this.#kind === 'member') {
      throw new PyTypeError("'member_descriptor' object is not callable");
    }
    const { owner, name } = this.#method;
    if (args.length === 0) {
      throw new PyTypeError(`unbound method ${owner}.${name}() needs an argument`);
    }
    const [self, ...rest] = args;
    if (typeName(self) !== owner) {
      throw new PyTypeError(
        `descriptor '${name}' for '${owner}' objects doesn't apply to a '${typeName(self)}' object`,
      );
    }
    return this.#method.invoke(self, rest, kwargs);
  }
  [ATTR](name: string): unknown {
    return name === '__name__' ? this.#method.name : MISSING;
  }
}

/** Where Jinja's own types live, for their repr. */
const MODULES: Readonly<Record<string, string>> = {
  Undefined: 'jinja2.runtime',
  ChainableUndefined: 'jinja2.runtime',
  DebugUndefined: 'jinja2.runtime',
  StrictUndefined: 'jinja2.runtime',
  Macro: 'jinja2.runtime',
  LoopContext: 'jinja2.runtime',
  BlockReference: 'jinja2.runtime',
  Context: 'jinja2.runtime',
  TemplateReference: 'jinja2.runtime',
  Namespace: 'jinja2.utils',
  Cycler: 'jinja2.utils',
  Joiner: 'jinja2.utils',
  Markup: 'markupsafe',
};

/** A constructor of at most one positional argument. */
function single(name: string, make: (args: readonly unknown[]) => unknown): Construct {
  return (args, kwargs) => {
    if (kwargs !== undefined) throw new PyTypeError(`${name}() takes no keyword arguments`);
    if (args.length > 1) {
      throw new PyTypeError(`${name} expected at most 1 argument, got ${args.length}`);
    }
    return make(args);
  };
}

function makeInt(args: unknown[], kwargs: Kwargs | undefined): unknown {
  const given = args.length + (kwargs?.size ?? 0);
  if (given > 2) throw new PyTypeError(`int() takes at most 2 arguments (${given} given)`);
  for (const key of kwargs?.keys() ?? []) {
    if (key !== 'base') {
      throw new PyTypeError(`'${key}' is an invalid keyword argument for int()`);
    }
  }
  if (args.length === 0) {
    if (kwargs !== undefined) throw new PyTypeError('int() missing string argument');
    return 0;
  }
  return toInt(args[0], args.length > 1 ? args[1] : kwargs?.get('base'));
}

function makeStr(args: unknown[], kwargs: Kwargs | undefined): unknown {
  const given = args.length + (kwargs?.size ?? 0);
  if (given > 3) throw new PyTypeError(`str() takes at most 3 arguments (${given} given)`);
  for (const key of kwargs?.keys() ?? []) {
    if (!['object', 'encoding', 'errors'].includes(key)) {
      throw new PyTypeError(`'${key}' is an invalid keyword argument for str()`);
    }
  }
  const object = args.length > 0 ? args[0] : kwargs?.get('object');
  const encoding = args.length > 1 ? args[1] : kwargs?.get('encoding');
  const errors = args.length > 2 ? args[2] : kwargs?.get('errors');
  if (encoding === undefined && errors === undefined) {
    return object === undefined ? '' : (asString(object) ?? str(object));
  }
  if (asString(object) !== undefined) throw new PyTypeError('decoding str is not supported');
  if (!(object instanceof Uint8Array)) {
    throw new PyTypeError(`decoding to str: need a bytes-like object, ${typeName(object)} found`);
  }
  return decode(object, asString(encoding) ?? 'utf-8', asString(errors) ?? 'strict');
}

function makeBytes(args: unknown[], kwargs: Kwargs | undefined): Uint8Array {
  const [source] = args;
  const text = asString(source);
  if (text !== undefined) {
    const encoding = asString(args[1] ?? kwargs?.get('encoding'));
    if (encoding === undefined) throw new PyTypeError('string argument without an encoding');
    return encode(text, encoding, asString(args[2] ?? kwargs?.get('errors')) ?? 'strict');
  }
  if (source === undefined) return new Uint8Array();
  if (typeof source === 'number') return new Uint8Array(toIndex(source));
  return Uint8Array.from(iterate(source), (item) => {
    const byte = toIndex(item);
    if (byte >= 0 && byte < 256) return byte;
    throw new PyValueError('bytes must be in range(0, 256)');
  });
}

/** Python's `range(*args)`. Throws CPython's TypeError and ValueError. */
export function makeRange(args: readonly unknown[]): Range {
  if (args.length === 0) throw new PyTypeError('range expected at least 1 argument, got 0');
  if (args.length > 3) {
    throw new PyTypeError(`range expected at most 3 arguments, got ${args.length}`);
  }
  const bounds = args.map((value) => {
    const int = asInt(value);
    if (int !== undefined) return int;
    throw new PyTypeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  });
  const [first = 0, second, step = 1] = bounds;
  if (step === 0) throw new PyValueError('range() arg 3 must not be zero');
  return second === undefined ? new Range(0, first) : new Range(first, second, step);
}

function definitions(): PyType[] {
  const type = (name: string, sample: unknown, construct?: Construct, bases?: string[]): PyType => {
    const methods = methodsOf(sample);
    return new PyType(name, {
      ...(methods && { methods }),
      ...(construct && { construct }),
      ...(bases && { bases }),
    });
  };
  return [
    type('object', undefined, undefined, []),
    type('type', undefined, ([value]) => typeOf(value)),
    type('str', '', makeStr),
    type('int', 1, makeInt),
    type(
      'bool',
      true,
      single('bool', ([value]) => truth(value)),
      ['int'],
    ),
    type(
      'float',
      new Float(0),
      single('float', (args) => toFloat(args.length ? toNumber(args[0]) : 0)),
    ),
    type(
      'list',
      [],
      single('list', (args) => (args.length ? toList(args[0]) : [])),
    ),
    type(
      'tuple',
      new Tuple(),
      single('tuple', (args) => tupleFrom(args.length ? iterate(args[0]) : [])),
    ),
    type('dict', new Dict(), (args, kwargs) => {
      const dict = new Dict();
      fillDict(dict, 'dict', args, kwargs);
      return dict;
    }),
    type(
      'set',
      new Set(),
      single('set', (args) => setFrom(args.length ? iterate(args[0]) : [])),
    ),
    type(
      'frozenset',
      new FrozenSet(),
      single('frozenset', (args) => frozenSetFrom(args.length ? iterate(args[0]) : [])),
    ),
    type('bytes', new Uint8Array(), makeBytes),
    type('range', new Range(0, 0), (args, kwargs) => {
      if (kwargs !== undefined) throw new PyTypeError('range() takes no keyword arguments');
      return makeRange(args);
    }),
    type('slice', new Slice()),
    type('Undefined', undefined),
  ];
}

let types: Map<string, PyType> | undefined;

/** A type by its Python name. Always the same object for the same name. */
export function builtinType(name: string): PyType {
  types ??= new Map(definitions().map((type) => [type.name, type]));
  let type = types.get(name);
  if (type === undefined) types.set(name, (type = new PyType(name)));
  return type;
}

/** Python's `type(value)`. */
export function typeOf(value: unknown): PyType {
  return builtinType(typeName(value));
}
