import {
  findAll,
  type Assign,
  type AssignBlock,
  type CallBlock,
  type Expression,
  type ExtensionBlock,
  type FilterBlock,
  type For,
  type If,
  type Macro,
  type NodeBase,
  type Output,
  type ScopedEvalContextModifier,
  type Statement,
  type With,
} from './ast.js';
import { FunctionScope, quote, type Entry } from './code-writer.js';
import { asConst, mayFold } from './const-fold.js';
import { ExpressionWriter, PASSED } from './expression-writer.js';
import { type Frame } from './frame.js';
import type { MacroShape } from './macro.js';
import { escapeToText, Markup } from './markup.js';
import { call, passOf } from './value/callable.js';
import { PySyntaxError } from './value/py-error.js';
import { repr } from './value/repr.js';
import { str } from './value/str.js';
import { truth } from './value/truth.js';

/** The part of the code generator for statements that concern their own template alone. */
export abstract class StatementWriter extends ExpressionWriter {
  /** Names that modules import. */
  protected imported: ReadonlySet<string> = new Set();
  /** Whether nothing that the template itself prints can be seen. */
  protected hasKnownExtends = false;
  private readonly assignStack: Set<string>[] = [];
  private loopVarAssignments = 0;

  protected abstract statement(node: Statement, frame: Frame): void;

  /** Writes the statements of a body, up to one behind which nothing can be reached. */
  protected abstract blockVisit(nodes: readonly Statement[], frame: Frame): void;

  protected forStatement(node: For, frame: Frame): void {
    const loopFrame = frame.inner();
    loopFrame.loopFrame = true;
    const testFrame = frame.inner();
    const elseFrame = frame.inner();
    const extended =
      node.recursive ||
      this.undeclared(node.body, ['loop']).size > 0 ||
      (this.mentions('scoped') && findAll(node, 'Block').some((block) => block.scoped));
    let loopRef = '';
    if (extended) loopRef = loopFrame.symbols.declareParameter('loop');
    loopFrame.symbols.analyze(node, 'body');
    if (node.else.length > 0) elseFrame.symbols.analyze(node, 'else');

    let filter = '';
    if (node.test !== null) {
      testFrame.symbols.analyze(node, 'test');
      filter = this.identifier('lf');
      this.writeLoopFilter(node, node.test, filter, testFrame, loopFrame);
    }
    if (!node.recursive) {
      this.writeLoop(node, frame, loopFrame, elseFrame, loopRef, filter, null);
    } else {
      const render = this.identifier('loop');
      const outer = this.scope;
      const parameters = ['reciter', 'render', 'depth'];
      const scope = (this.scope = new FunctionScope(parameters));
      const body = this.capture(() => {
        elseFrame.buffer = this.buffer(loopFrame);
        this.writeLoop(node, frame, loopFrame, elseFrame, loopRef, filter, render);
        this.code += `return ${this.bufferContents(loopFrame)};`;
      });
      this.scope = outer;
      this.closures++;
      const declared = [...scope.declared].join(',');
      this.code += `const ${render}=(${parameters.join(',')})=>{let ${declared};${body}};`;
      this.mark(node);
      const iter = this.expression(node.iter, frame);
      this.emit(frame, `str(${render}(${iter},${render},0,${this.at(node.iter)}))`, node);
    }
    for (const name of this.assignStack.at(-1) ?? []) {
      if (loopFrame.symbols.stores.has(name)) this.assignStack.at(-1)?.delete(name);
    }
  }

  /** The function that drops the items for which `if` does not hold. */
  private writeLoopFilter(
    node: For,
    test: Expression,
    name: string,
    testFrame: Frame,
    loopFrame: Frame,
  ): void {
    this.mark(test);
    const outer = this.scope;
    const scope = (this.scope = new FunctionScope(['fiter']));
    const body = this.capture(() => {
      this.enterFrame(testFrame);
      const item = this.temporary();
      const at = this.at(node.iter);
      this.code += `for(${item} of iterate(fiter,${at})){`;
      this.store(node.target, item, loopFrame);
      this.code += `if(${this.condition(test, testFrame)})yield ${this.targetValue(node.target, loopFrame)};${at}}`;
    });
    this.scope = outer;
    this.closures++;
    const declared = [...scope.declared].join(',');
    this.code += `const ${name}=function*(fiter){let ${declared};${body}};`;
  }

  /** The value of a loop target: what a filtered loop hands on, a tuple where names are unpacked. */
  private targetValue(target: Expression, frame: Frame): string {
    if (target.type === 'Tuple') {
      return `tuple([${target.items.map((item) => this.targetValue(item, frame)).join(',')}])`;
    }
    return target.type === 'Name' ? frame.symbols.ref(target.name) : 'null';
  }

  private writeLoop(
    node: For,
    frame: Frame,
    loopFrame: Frame,
    elseFrame: Frame,
    loopRef: string,
    filter: string,
    render: string | null,
  ): void {
    for (const name of this.mentions('loop') ? findAll(node, 'Name') : []) {
      if (name.ctx === 'store' && name.name === 'loop') {
        this.fail("Can't assign to special loop variable in for-loop target", name);
      }
    }
    let indicator = '';
    if (node.else.length > 0) {
      indicator = this.temporary();
      this.code += `${indicator}=true;`;
    }
    this.mark(node);
    let iter = render === null ? this.expression(node.iter, frame) : 'reciter';
    if (filter !== '') iter = `${filter}(${iter})`;
    const at = this.at(node.iter);

    const { closures } = this;
    const assignments = this.loopVarAssignments;
    this.scope.loops.push(at);
    const body = this.capture(() => {
      this.enterFrame(loopFrame, 'changing');
      this.blockVisit(node.body, loopFrame);
      if (indicator !== '') this.code += `${indicator}=false;`;
    });
    this.scope.loops.pop();
    // A failure to go on belongs to the loop, not to what its body did last.
    const again = body.includes('p=') ? `${at};` : '';
    // Names are unpacked ahead of the body, which has been written by now.
    const { lastLine } = this;
    this.mark(node);
    this.enterFrame(loopFrame, 'fixed');
    const reset = this.loopVarAssignments > assignments ? `${this.declare('lv')}=null;` : '';

    if (loopRef !== '') {
      this.declare(loopRef);
      const loop = this.temporary();
      const recursion = render === null ? '' : `,render,depth`;
      this.code += `${loopRef}=undefined;${loop}=rt.loop(${iter}${recursion === '' ? ',null,0' : recursion},${at});`;
      this.code += `while(${loop}.next(${at})){${this.capture(() => {
        this.store(node.target, `${loop}.current`, loopFrame);
      })}${loopRef}=${loop};${reset}${body}}`;
    } else if (node.target.type === 'Name') {
      const target = this.declare(loopFrame.symbols.ref(node.target.name));
      this.code += `for(${target} of iterate(${iter},${at})){${reset}${body}${again}}`;
    } else {
      const item = this.temporary();
      this.code += `for(${item} of iterate(${iter},${at})){${this.capture(() => {
        this.store(node.target, item, loopFrame);
      })}${reset}${body}${again}}`;
    }
    this.lastLine = lastLine;
    this.leaveFrame(loopFrame, closures);
    if (indicator !== '') {
      this.code += `if(${indicator}){`;
      this.inFrame(elseFrame, () => {
        this.blockVisit(node.else, elseFrame);
      });
      this.code += '}';
    }
  }

  protected ifStatement(node: If, frame: Frame): void {
    const soft = frame.soft();
    this.mark(node);
    this.code += `if(${this.condition(node.test, soft)}){`;
    this.blockVisit(node.body, soft);
    this.code += '}';
    for (const elif of node.elif) {
      this.mark(elif);
      this.code += `else if(${this.condition(elif.test, soft)}){`;
      this.blockVisit(elif.body, soft);
      this.code += '}';
    }
    if (node.else.length > 0) {
      this.code += 'else{';
      this.blockVisit(node.else, soft);
      this.code += '}';
    }
  }

  /** The code that makes a Macro from the body of a macro or call block. */
  private macroCode(node: Macro | CallBlock, outer: Frame): string {
    const frame = outer.inner();
    frame.symbols.analyze(node);
    const parameters: string[] = [];
    let explicitCaller: number | undefined;
    const skip = new Set<string>();
    node.args.forEach((arg, index) => {
      if (arg.name === 'caller') explicitCaller = index;
      if (arg.name === 'kwargs' || arg.name === 'varargs') skip.add(arg.name);
      const parameter = frame.symbols.ref(arg.name);
      if (parameters.includes(parameter)) {
        throw new PySyntaxError(`duplicate argument '${parameter}' in function definition`);
      }
      parameters.push(parameter);
    });
    const undeclared = this.undeclared(node.body, ['caller', 'kwargs', 'varargs']);
    const uses = { caller: false, kwargs: false, varargs: false };
    if (undeclared.has('caller')) {
      if (explicitCaller === undefined) parameters.push(frame.symbols.declareParameter('caller'));
      else if (explicitCaller - node.args.length + node.defaults.length < 0) {
        this.fail(
          'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.',
          node,
        );
      }
      uses.caller = true;
    }
    for (const special of ['kwargs', 'varargs'] as const) {
      if (undeclared.has(special) && !skip.has(special)) {
        parameters.push(frame.symbols.declareParameter(special));
        uses[special] = true;
      }
    }
    frame.requireOutputCheck = false;
    frame.symbols.analyze(node);
    this.mark(node);
    const name = node.type === 'Macro' ? node.name : null;
    const entry: Entry = name === null ? { via: 'caller' } : { via: 'macro', name };
    const text = this.writeFunction('function', parameters, entry, () => {
      if (this.mode === 'trace') {
        this.code += `trace.enterMacro(unit,${this.at(node).slice(2)},${quote(name ?? 'caller')});try{`;
      }
      this.buffer(frame);
      this.enterFrame(frame);
      this.paramDefinitions.push(frame.symbols.dumpParameters());
      node.args.forEach((arg, index) => {
        const ref = frame.symbols.ref(arg.name);
        const fallback = node.defaults[index - node.args.length + node.defaults.length];
        const value =
          fallback === undefined
            ? `rt.undefinedHint(${quote(`parameter ${repr(arg.name)} was not provided`)},${quote(arg.name)})`
            : this.expression(fallback, frame);
        this.code += `if(${ref}===undefined)${ref}=${value};`;
        this.paramDefinitions.at(-1)?.delete(ref);
      });
      this.paramDefinitions.pop();
      this.blockVisit(node.body, frame);
      this.code += `return ${this.collected(frame.buffer as string)};`;
      if (this.mode === 'trace') this.code += `}finally{trace.leaveMacro();}`;
    });
    this.closures++;
    const shape: MacroShape = {
      name,
      argumentNames: node.args.map((arg) => arg.name),
      catchKwargs: uses.kwargs,
      catchVarargs: uses.varargs,
      caller: uses.caller,
    };
    const index = this.constants.push(shape) - 1;
    return `new Macro(rt.environment,${text},K[${index}],context.evalCtx.autoescape)`;
  }

  protected macro(node: Macro, frame: Frame): void {
    const code = this.macroCode(node, frame);
    const ref = this.declare(frame.symbols.ref(node.name));
    this.code += `${ref}=${code};`;
    if (frame.toplevel) this.export(node.name, ref);
  }

  protected callBlock(node: CallBlock, frame: Frame): void {
    const caller = this.temporary();
    this.code += `${caller}=${this.macroCode(node, frame)};`;
    this.mark(node);
    const value = this.call(node.call, frame, caller);
    // The value goes out as it is: Jinja neither prints, escapes nor finalizes it.
    this.emit(frame, `rt.joinable(${value})`, node);
  }

  protected extensionBlock(node: ExtensionBlock, frame: Frame): void {
    const { line, start, end } = node;
    const bodies = node.bodies.map((body) => {
      const variable = this.temporary();
      const call = {
        type: 'Call',
        node: node.node,
        args: [],
        kwargs: [],
        dynArgs: null,
        dynKwargs: null,
        line,
        start,
        end,
      } as const;
      const block: CallBlock = {
        type: 'CallBlock',
        call,
        args: [],
        defaults: [],
        body,
        line,
        start,
        end,
      };
      this.code += `${variable}=${this.macroCode(block, frame)};`;
      return variable;
    });
    this.mark(node);
    this.emit(frame, `str(${this.extensionCall(node.node, frame, bodies)})`, node);
  }

  protected filterBlock(node: FilterBlock, frame: Frame): void {
    const inner = frame.inner();
    inner.symbols.analyze(node);
    this.inFrame(inner, () => {
      this.buffer(inner);
      this.blockVisit(node.body, inner);
      this.mark(node);
      const value = this.filterOrTest(node.filter, inner);
      this.emit(frame, `rt.joinable(${value},${this.at(node.filter)})`, node);
    });
  }

  protected with(node: With, frame: Frame): void {
    const inner = frame.inner();
    inner.symbols.analyze(node);
    this.inFrame(inner, () => {
      node.targets.forEach((target, index) => {
        this.store(target, this.expression(node.values[index] as Expression, frame), inner, node);
      });
      this.blockVisit(node.body, inner);
    });
  }

  protected evalContextModifier(node: ScopedEvalContextModifier, frame: Frame): void {
    const saved = this.temporary();
    const before = frame.evalCtx.save();
    this.code += `${saved}=context.evalCtx.save();`;
    for (const { key, value } of node.options) {
      if (key !== 'autoescape') continue;
      this.code += `context.evalCtx.autoescape=${this.condition(value, frame)};`;
      try {
        frame.evalCtx.autoescape = truth(asConst(value, frame.evalCtx));
      } catch {
        frame.evalCtx.volatile = true;
      }
    }
    for (const child of node.body) this.statement(child, frame);
    frame.evalCtx.revert(before);
    this.code += `context.evalCtx.revert(${saved});`;
  }

  protected output(node: Output, frame: Frame): void {
    let closing = '';
    if (frame.requireOutputCheck) {
      if (this.hasKnownExtends) return;
      this.code += `if(parent===null){`;
      closing = '}';
    }
    let text = '';
    let textNode: NodeBase = node;
    const parts: string[] = [];
    const separate = this.mode !== 'string';
    const flush = (): void => {
      if (text === '') return;
      if (separate) this.emit(frame, quote(text), textNode, 'add');
      else parts.push(quote(text));
      text = '';
    };
    for (const child of node.nodes) {
      const folded = this.foldOutput(child, frame);
      if (folded !== undefined) {
        if (this.mode === 'trace') flush();
        // Where escaping is decided at run time, Jinja folds no text.
        if (child.type === 'TemplateData' && frame.evalCtx.volatile) this.mark(child);
        if (text === '') textNode = child;
        text += folded;
        continue;
      }
      flush();
      this.mark(child);
      const code = this.printed(child, frame);
      if (separate) this.emit(frame, code, child);
      else parts.push(code);
    }
    flush();
    if (parts.length > 0) this.emit(frame, parts.join('+'), node);
    this.code += closing;
  }

  /** What a child of an output prints, if that is known before rendering. */
  private foldOutput(child: Expression, frame: Frame): string | undefined {
    const { evalCtx } = frame;
    const { finalize } = this.environment;
    if (child.type === 'TemplateData') {
      return evalCtx.volatile && finalize !== undefined ? undefined : child.data;
    }
    if (!mayFold(child)) return undefined;
    const pass = finalize === undefined ? undefined : passOf(finalize);
    if (pass === 'context' || pass === 'evalcontext') return undefined;
    try {
      let value = asConst(child, evalCtx);
      // Jinja looks at `autoescape` alone here, so a constant in a volatile frame may go unescaped.
      if (evalCtx.autoescape) value = new Markup(escapeToText(value));
      if (finalize !== undefined) {
        value = call(finalize, pass === 'environment' ? [this.environment, value] : [value]);
      }
      return str(value);
    } catch {
      return undefined;
    }
  }

  /** The code of the string that an expression prints. */
  private printed(child: Expression, frame: Frame): string {
    const { finalize } = this.environment;
    let value = this.expression(child, frame);
    if (finalize !== undefined) {
      const pass = passOf(finalize);
      const first = pass === undefined ? '' : `${PASSED[pass]},`;
      value = `rt.finalize([${first}${value}],${this.at(child)})`;
    }
    const at = this.at(child);
    if (frame.evalCtx.volatile) return `rt.printVolatile(context,${value},${at})`;
    if (frame.evalCtx.autoescape) return `escape(${value},${at})`;
    if (finalize === undefined && child.type === 'Concat') return value;
    return `str(${value},${at})`;
  }

  protected assign(node: Assign, frame: Frame): void {
    this.pushAssignTracking();
    const seen = new Set<string>();
    const references = node.target.type === 'NSRef' ? [node.target] : findAll(node.target, 'NSRef');
    for (const reference of references) {
      if (seen.has(reference.name)) continue;
      seen.add(reference.name);
      const ref = frame.symbols.ref(reference.name);
      this.code += `rt.checkNamespace(${ref},${this.at(reference)});`;
    }
    this.mark(node);
    this.store(node.target, this.expression(node.node, frame), frame, node.node);
    this.popAssignTracking(frame);
    this.traceAssignment(node, frame);
  }

  private traceAssignment(node: Assign | AssignBlock, frame: Frame): void {
    if (this.mode !== 'trace') return;
    const { target } = node;
    if (target.type === 'Name') {
      const ref = frame.symbols.ref(target.name);
      this.code += `trace.set(${quote(target.name)},${ref},unit,${this.at(node).slice(2)});`;
    } else if (target.type === 'NSRef') {
      const ref = frame.symbols.ref(target.name);
      this.code += `trace.set(${quote(`${target.name}.${target.attr}`)},getattr(${ref},${quote(target.attr)}),unit,${this.at(node).slice(2)});`;
    }
  }

  protected assignBlock(node: AssignBlock, frame: Frame): void {
    this.pushAssignTracking();
    const inner = frame.inner();
    inner.requireOutputCheck = false;
    inner.symbols.analyze(node);
    this.inFrame(inner, () => {
      this.buffer(inner);
      this.blockVisit(node.body, inner);
      this.mark(node);
      const value =
        node.filter === null
          ? this.collected(inner.buffer as string)
          : this.filterOrTest(node.filter, inner);
      this.store(node.target, `rt.blockValue(context,${value})`, frame, node);
      this.popAssignTracking(frame);
    });
    this.traceAssignment(node, frame);
  }

  /** Assigns the value of the code `value` to a target. */
  private store(target: Expression, value: string, frame: Frame, at: NodeBase = target): void {
    switch (target.type) {
      case 'Name': {
        if (target.ctx === 'store' && (frame.toplevel || frame.loopFrame || frame.blockFrame)) {
          this.assignStack.at(-1)?.add(target.name);
        }
        this.code += `${this.declare(frame.symbols.ref(target.name))}=${value};`;
        return;
      }
      case 'NSRef':
        this.code += `rt.setItem(${frame.symbols.ref(target.name)},${quote(target.attr)},${value},${this.at(target)});`;
        return;
      case 'Tuple': {
        const items = this.temporary();
        this.code += `${items}=rt.unpack(${value},${target.items.length},${this.at(at)});`;
        target.items.forEach((item, index) => {
          this.store(item, `${items}[${index}]`, frame, at);
        });
        return;
      }
      default:
        throw new Error(`cannot assign to ${target.type}`);
    }
  }

  private pushAssignTracking(): void {
    this.assignStack.push(new Set());
  }

  private popAssignTracking(frame: Frame): void {
    const names = this.assignStack.pop() as Set<string>;
    if (names.size === 0) return;
    if (!frame.blockFrame && !frame.loopFrame && !frame.toplevel) return;
    for (const name of [...names].sort()) {
      const ref = frame.symbols.ref(name);
      if (frame.loopFrame) {
        this.loopVarAssignments++;
        this.code += `(${this.declare('lv')}??=new Map()).set(${quote(name)},${ref});`;
      } else if (frame.blockFrame) {
        this.code += `(${this.declare('bv')}??=new Map()).set(${quote(name)},${ref});`;
      } else {
        this.export(name, ref);
      }
    }
  }

  /** Makes an assignment at the top level visible to blocks, to modules that import this one too. */
  private export(name: string, ref: string): void {
    this.code += this.imported.has(name)
      ? `context.assignVar(${quote(name)},${ref});`
      : `context.vars.set(${quote(name)},${ref});`;
  }
}
