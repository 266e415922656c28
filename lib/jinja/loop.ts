import { type Undefined } from './undefined.js';
import { pyFunction } from './value/callable.js';
import { eq } from './value/compare.js';
import { iterate, length } from './value/iterate.js';
import { ATTR, CALL, ITER, LEN, MISSING, REPR, TYPE_NAME } from './value/protocol.js';
import { PyTypeError } from './value/py-error.js';

/** Renders the body of a recursive loop over another iterable. */
export type LoopRender = (iterable: unknown, render: LoopRender, depth: number) => unknown;

type MakeUndefined = (hint: string) => Undefined;

/** Marks "no item"; never leaves this module. */
const NOTHING = Symbol('nothing');

/** The `loop` of a `for`. Source of the behaviour: jinja2 3.1.6 runtime.LoopContext. */
export class LoopContext {
  /** The item of the running iteration. */
  current: unknown = NOTHING;
  private index0 = -1;
  private knownLength: number | undefined;
  private after: unknown = NOTHING;
  private before: unknown = NOTHING;
  private lastChanged: unknown[] | undefined;
  private iterator: Iterator<unknown>;

  constructor(
    private readonly iterable: unknown,
    private readonly makeUndefined: MakeUndefined,
    private readonly recurse: LoopRender | null = null,
    private readonly depth0 = 0,
  ) {
    this.iterator = iterate(iterable)[Symbol.iterator]();
  }

  /** Moves to the next item, which is then `current`; false at the end. */
  next(): boolean {
    let item: unknown;
    if (this.after !== NOTHING) {
      item = this.after;
      this.after = NOTHING;
    } else {
      const step = this.iterator.next();
      if (step.done === true) return false;
      item = step.value;
    }
    this.index0++;
    this.before = this.current;
    this.current = item;
    return true;
  }

  private peek(): unknown {
    if (this.after === NOTHING) {
      const step = this.iterator.next();
      this.after = step.done === true ? NOTHING : step.value;
    }
    return this.after;
  }

  private get length(): number {
    if (this.knownLength === undefined) {
      try {
        this.knownLength = length(this.iterable);
      } catch (error) {
        if (!(error instanceof PyTypeError)) throw error;
        const rest: unknown[] = [];
        for (let step = this.iterator.next(); step.done !== true; step = this.iterator.next()) {
          rest.push(step.value);
        }
        this.iterator = rest.values();
        this.knownLength = rest.length + this.index0 + 1 + (this.after === NOTHING ? 0 : 1);
      }
    }
    return this.knownLength;
  }

  [ATTR](name: string): unknown {
    switch (name) {
      case 'index':
        return this.index0 + 1;
      case 'index0':
        return this.index0;
      case 'first':
        return this.index0 === 0;
      case 'last':
        return this.peek() === NOTHING;
      case 'length':
        return this.length;
      case 'revindex':
        return this.length - this.index0;
      case 'revindex0':
        return this.length - this.index0 - 1;
      case 'depth':
        return this.depth0 + 1;
      case 'depth0':
        return this.depth0;
      case 'previtem':
        return this.index0 === 0 ? this.makeUndefined('there is no previous item') : this.before;
      case 'nextitem': {
        const next = this.peek();
        return next === NOTHING ? this.makeUndefined('there is no next item') : next;
      }
      case 'cycle':
        return (this.cycle ??= pyFunction('cycle', '*args', (args: unknown[]) => {
          if (args.length === 0) throw new PyTypeError('no items for cycling given');
          return args[this.index0 % args.length];
        }));
      case 'changed':
        return (this.changed ??= pyFunction('changed', '*value', (value: unknown[]) => {
          const last = this.lastChanged;
          const same =
            last !== undefined &&
            last.length === value.length &&
            value.every((item, at) => item === last[at] || eq(last[at], item));
          if (!same) this.lastChanged = [...value];
          return !same;
        }));
      default:
        return MISSING;
    }
  }
  private cycle: unknown;
  private changed: unknown;

  [CALL](args: unknown[], kwargs: Map<string, unknown> | undefined): unknown {
    const iterable = args.length > 0 ? args[0] : kwargs?.get('iterable');
    if (args.length + (kwargs?.size ?? 0) !== 1 || iterable === undefined) {
      throw new PyTypeError(
        args.length === 0
          ? "LoopContext.__call__() missing 1 required positional argument: 'iterable'"
          : `LoopContext.__call__() takes 2 positional arguments but ${args.length + 1} were given`,
      );
    }
    if (this.recurse === null) {
      throw new PyTypeError("The loop must have the 'recursive' marker to be called recursively.");
    }
    return this.recurse(iterable, this.recurse, this.depth0 + 1);
  }

  [LEN](): number {
    return this.length;
  }

  /** Iterating over `loop` itself goes on with the items that are left. */
  [ITER](): Iterator<unknown> {
    return {
      next: () =>
        this.next()
          ? { done: false, value: [this.current, this] }
          : { done: true, value: undefined },
    };
  }

  [REPR](): string {
    return `<LoopContext ${this.index0 + 1}/${this.length}>`;
  }

  get [TYPE_NAME](): string {
    return 'LoopContext';
  }
}
