import { TemplateReference } from './block-reference.js';
import { joined, type Context, type Rendered, type RenderFunction } from './context.js';
import type { Environment } from './environment.js';
import { TemplateNotFound, TemplateRuntimeError } from './errors.js';
import { Namespace } from './globals.js';
import { LoopContext, type LoopRender } from './loop.js';
import { Macro } from './macro.js';
import { Markup, escapeToText, hasHtml, softStr } from './markup.js';
import { type Template, type TemplateModule } from './template.js';
import { Tracer } from './trace.js';
import { Undefined } from './undefined.js';
import { resolveAttribute, resolveItem, slice } from './value/attribute.js';
import { CALL, SIGNATURE, call as callValue, passOf } from './value/callable.js';
import { contains, eq, ge, gt, le, lt, ne } from './value/compare.js';
import { Dict, dictEntries, dictSet, isDict } from './value/dict.js';
import { isIterable, iterate } from './value/iterate.js';
import { add, div, floordiv, mod, mul, neg, pos, pow, sub } from './value/ops.js';
import { MISSING, SET_ATTR, asString, hooks } from './value/protocol.js';
import {
  PyKeyError,
  PyNameError,
  PyStopIteration,
  PyTypeError,
  PyValueError,
} from './value/py-error.js';
import { repr } from './value/repr.js';
import { Slice } from './value/slice.js';
import { str } from './value/str.js';
import { truth } from './value/truth.js';
import { Tuple, tupleFrom } from './value/tuple.js';
import { typeName } from './value/type-name.js';

type Kwargs = Map<string, unknown>;
type Vars = ReadonlyMap<string, unknown> | null | undefined;

/** A function that answers `undefined` has returned None; Python's own functions never do. */
function returningNone(fn: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  return (...args) => {
    const result = fn(...args);
    return result === undefined ? null : result;
  };
}

const wrapped = new WeakMap<object, (...args: unknown[]) => unknown>();
/** Functions that `asFunction` made, and what they stand for. */
const originals = new WeakMap<object, object>();

function asFunction(value: object): (...args: unknown[]) => unknown {
  if (typeof value === 'function' && SIGNATURE in value) {
    return value as unknown as (...args: unknown[]) => unknown;
  }
  let fn = wrapped.get(value);
  if (fn === undefined) {
    fn =
      typeof value === 'function' && !(CALL in value)
        ? returningNone(value as (...args: unknown[]) => unknown)
        : (...args) => callValue(value, args);
    wrapped.set(value, fn);
    originals.set(fn, value);
  }
  return fn;
}

/**
 * What generated code calls, bound to one environment. A trailing argument that a call site adds
 * (its position) is ignored here: it only has to be evaluated behind the others.
 */
export class Runtime {
  readonly tracer = new Tracer(this);

  constructor(readonly environment: Environment) {}

  readonly str = str;
  readonly escape = escapeToText;
  readonly truth = truth;
  readonly iterate = iterate;
  readonly tuple = tupleFrom;
  readonly add = add;
  readonly sub = sub;
  readonly mul = mul;
  readonly div = div;
  readonly floordiv = floordiv;
  readonly mod = mod;
  readonly pow = pow;
  readonly neg = neg;
  readonly pos = pos;
  readonly eq = eq;
  readonly ne = ne;
  readonly lt = lt;
  readonly le = le;
  readonly gt = gt;
  readonly ge = ge;
  readonly Macro = Macro;
  readonly Markup = Markup;
  readonly Slice = Slice;
  readonly Dict = Dict;
  readonly TemplateReference = TemplateReference;

  /** The value, with something evaluated behind it. */
  readonly at = <T>(value: T, _position?: number): T => value;
  readonly isIn = (item: unknown, container: unknown): boolean => contains(container, item);
  readonly notIn = (item: unknown, container: unknown): boolean => !contains(container, item);

  readonly undef = (name: string): Undefined => this.environment.undefined({ name });

  undefinedHint(hint: string, name: string): Undefined {
    return this.environment.undefined({ hint, name });
  }

  /** An inline `if` without `else` yields a plain Undefined, whatever the environment's class. */
  conditionalUndefined(hint: string): Undefined {
    return new Undefined(hint);
  }

  readonly getattr = (object: unknown, name: string): unknown => {
    const { environment } = this;
    if (environment.interceptsAccess) return environment.getattr(object, name);
    const value = resolveAttribute(object, name);
    return value === MISSING ? environment.undefined({ obj: object, name }) : value;
  };

  readonly getitem = (object: unknown, key: unknown): unknown => {
    const { environment } = this;
    if (environment.interceptsAccess) return environment.getitem(object, key);
    const value = resolveItem(object, key);
    return value === MISSING ? environment.undefined({ obj: object, name: key }) : value;
  };

  slice(object: unknown, bounds: Slice): unknown {
    const value = slice(object, bounds.start, bounds.stop, bounds.step);
    if (value === MISSING) throw new PyKeyError(repr(bounds));
    return value;
  }

  /** A dict display. */
  dict(entries: [unknown, unknown][]): Dict {
    return new Dict(entries);
  }

  // -- calls

  readonly call = (
    context: Context,
    fn: unknown,
    args: unknown[],
    kwargs: Kwargs | undefined,
    _position?: number,
    loopVars?: Vars,
    blockVars?: Vars,
  ): unknown => {
    const { environment } = this;
    if (environment.sandboxed) environment.checkCall(context, fn, args, kwargs);
    return this.invoke(context, fn, args, kwargs, loopVars, blockVars);
  };

  /** Calls without asking the sandbox; passes what `passContext` and its kin want. */
  invoke(
    context: Context,
    fn: unknown,
    args: unknown[],
    kwargs: Kwargs | undefined,
    loopVars?: Vars,
    blockVars?: Vars,
  ): unknown {
    if (fn instanceof Macro) return fn.invoke(args, kwargs, context.evalCtx.autoescape);
    const pass = passOf(fn);
    let values = args;
    if (pass !== undefined) {
      let passed: unknown;
      if (pass === 'environment') passed = this.environment;
      else if (pass === 'evalcontext') passed = context.evalCtx;
      else {
        let visible = context;
        if (loopVars) visible = visible.derived(loopVars);
        if (blockVars) visible = visible.derived(blockVars);
        passed = visible;
      }
      values = [passed, ...args];
    }
    try {
      return callValue(fn, values, kwargs);
    } catch (error) {
      if (!(error instanceof PyStopIteration)) throw error;
      return this.environment.undefined({
        hint: 'value was undefined because a callable raised a StopIteration exception',
      });
    }
  }

  /** The items behind a `*`. */
  star(value: unknown): Iterable<unknown> {
    if (isIterable(value)) return iterate(value);
    throw new PyTypeError(`Value after * must be an iterable, not ${typeName(value)}`);
  }

  /** Keyword arguments joined by those behind a `**`. */
  doubleStar(kwargs: Kwargs | undefined, value: unknown, callee: string): Kwargs {
    const all: Kwargs = new Map(kwargs ?? []);
    if (value instanceof Undefined) value.failWithUndefinedError();
    if (!isDict(value)) {
      throw new PyTypeError(
        `${callee}() argument after ** must be a mapping, not ${typeName(value)}`,
      );
    }
    for (const [key, item] of dictEntries(value)) {
      if (typeof key !== 'string') throw new PyTypeError('keywords must be strings');
      if (all.has(key)) {
        throw new PyTypeError(`${callee}() got multiple values for keyword argument ${repr(key)}`);
      }
      all.set(key, item);
    }
    return all;
  }

  filter(name: string): (...args: unknown[]) => unknown {
    const found: unknown = this.environment.filters[name];
    if (found !== undefined && found !== null) return asFunction(found);
    return () => {
      throw new TemplateRuntimeError(`No filter named ${repr(name)} found.`);
    };
  }

  test(name: string): (...args: unknown[]) => unknown {
    const found: unknown = this.environment.tests[name];
    if (found !== undefined && found !== null) return asFunction(found);
    return () => {
      throw new TemplateRuntimeError(`No test named ${repr(name)} found.`);
    };
  }

  /** A filter or test called with keyword arguments. */
  callFilter(fn: object, args: unknown[], kwargs: Kwargs | undefined): unknown {
    return callValue(originals.get(fn) ?? fn, args, kwargs);
  }

  finalize(args: unknown[]): unknown {
    return callValue(this.environment.finalize, args);
  }

  callBinop(context: Context, operator: string, left: unknown, right: unknown): unknown {
    return this.environment.callBinop(context, operator, left, right);
  }

  boundedBinop<T>(
    operator: string,
    operation: (left: unknown, right: unknown) => T,
    left: unknown,
    right: unknown,
  ): T {
    this.environment.checkBinop(operator, left, right);
    return operation(left, right);
  }

  callUnop(context: Context, operator: string, operand: unknown): unknown {
    return this.environment.callUnop(context, operator, operand);
  }

  // -- text

  printVolatile(context: Context, value: unknown): string {
    return context.evalCtx.autoescape ? escapeToText(value) : str(value);
  }

  strJoin(values: readonly unknown[]): string {
    return values.map(str).join('');
  }

  /** `~` with autoescaping: Markup as soon as one part is. */
  markupJoin(values: readonly unknown[]): string | Markup {
    const parts = values.map(softStr);
    if (!parts.some(hasHtml)) return parts.map(str).join('');
    return new Markup(parts.map(escapeToText).join(''));
  }

  /** The text of a block that was collected, as a value. */
  blockValue(context: Context, value: unknown): unknown {
    return context.evalCtx.autoescape ? new Markup(value) : value;
  }

  // -- assignment

  /** Exactly `count` items of a value; errors are CPython's. */
  unpack(value: unknown, count: number): readonly unknown[] {
    if (Array.isArray(value) && value.length === count) return value;
    if (!isIterable(value)) {
      throw new PyTypeError(`cannot unpack non-iterable ${typeName(value)} object`);
    }
    const items: unknown[] = [];
    for (const item of iterate(value)) {
      if (items.length === count) {
        throw new PyValueError(`too many values to unpack (expected ${count})`);
      }
      items.push(item);
    }
    if (items.length < count) {
      throw new PyValueError(
        `not enough values to unpack (expected ${count}, got ${items.length})`,
      );
    }
    return items;
  }

  checkNamespace(value: unknown): void {
    if (!(value instanceof Namespace)) {
      throw new TemplateRuntimeError('cannot assign attribute on non-namespace object');
    }
  }

  /** `target[name] = value`: what a dotted assignment becomes, on namespaces as on dicts. */
  setItem(target: unknown, name: string, value: unknown): void {
    const set = hooks(target)?.[SET_ATTR];
    if (set !== undefined) set.call(target, name, value);
    else if (isDict(target)) dictSet(target, name, value);
    else if (Array.isArray(target) && !(target instanceof Tuple)) {
      throw new PyTypeError('list indices must be integers or slices, not str');
    } else {
      const type = target === undefined ? '_MissingType' : typeName(target);
      throw new PyTypeError(`'${type}' object does not support item assignment`);
    }
  }

  /** A value that goes into the output as it is has to be a str. */
  joinable(value: unknown): string {
    const text = asString(value);
    if (text !== undefined) return text;
    throw new PyTypeError(`sequence item 0: expected str instance, ${typeName(value)} found`);
  }

  noSuchName(name: string): never {
    throw new PyNameError(`name '${name}' is not defined`);
  }

  loop(iterable: unknown, render: LoopRender | null, depth: number): LoopContext {
    return new LoopContext(iterable, (hint) => this.environment.undefined({ hint }), render, depth);
  }

  // -- other templates

  /** Enters the template that a child extends: its blocks come behind those of the child. */
  extend(context: Context, template: unknown, parent: string | null): Template {
    const base = this.environment.getTemplate(template as string, parent);
    for (const [name, render] of base.blocks(context.mode)) {
      const stack = context.blocks.get(name);
      if (stack === undefined) context.blocks.set(name, [render]);
      else stack.push(render);
    }
    return base;
  }

  extendedTwice(): never {
    throw new TemplateRuntimeError('extended multiple times');
  }

  requireBlock(context: Context, name: string): void {
    if ((context.blocks.get(name)?.length ?? 0) <= 1) {
      throw new TemplateRuntimeError(`Required block ${repr(name)} not found`);
    }
  }

  private blockFunction(context: Context, name: string): RenderFunction {
    const render = context.block(name);
    if (render === undefined) throw new PyKeyError(repr(name));
    return render;
  }

  block(context: Context, name: string, inside: Context): string {
    return joined(this.blockFunction(context, name)(inside));
  }

  blockChunks(context: Context, name: string, inside: Context): Iterable<string> {
    return this.blockFunction(context, name)(inside) as Iterable<string>;
  }

  /** Renders a template that is included, with the variables of the place. */
  include(template: Template, context: Context, locals: Vars): string {
    return joined(this.includeChunks(template, context, locals));
  }

  includeChunks(template: Template, context: Context, locals: Vars): Rendered {
    const inside = template.newContext(context.getAll(), true, locals, context.mode);
    return template.rootRender(inside);
  }

  getTemplate(template: unknown, parent: string | null): Template {
    return this.environment.getTemplate(template as string, parent);
  }

  selectTemplate(templates: unknown, parent: string | null): Template {
    return this.environment.selectTemplate(templates as Iterable<string>, parent);
  }

  getOrSelectTemplate(template: unknown, parent: string | null): Template {
    return this.environment.getOrSelectTemplate(template as string, parent);
  }

  ignoreMissing(error: unknown): void {
    if (!(error instanceof TemplateNotFound)) throw error;
  }

  /** The text of a template that is included without context. */
  moduleText(template: Template, context: Context): string {
    return template.defaultModule(undefined, context.mode).text;
  }

  importWith(
    template: unknown,
    parent: string | null,
    context: Context,
    locals: ReadonlyMap<string, unknown> | null,
  ): TemplateModule {
    const found = this.environment.getTemplate(template as string, parent);
    return found.makeModule(context.getAll(), true, locals, context.mode);
  }

  importModule(template: unknown, parent: string | null, context: Context): TemplateModule {
    return this.environment
      .getTemplate(template as string, parent)
      .defaultModule(context, context.mode);
  }

  importName(module: TemplateModule, name: string, position: string): unknown {
    const value = module.exported(name);
    if (value !== undefined) return value;
    return this.environment.undefined({
      hint: `the template ${repr(module.templateName)} (imported on ${position}) does not export the requested name ${repr(name)}`,
      name,
    });
  }
}
