import {
  findAll,
  type Block,
  type Extends,
  type FromImport,
  type Import,
  type Include,
  type NodeBase,
  type Statement,
  type TemplateNode,
} from './ast.js';
import { quote, type GeneratedCode } from './code-writer.js';
import { EvalContext } from './context.js';
import { Frame } from './frame.js';
import { StatementWriter } from './statement-writer.js';
import { hasExtends, importedNames } from './tree-queries.js';
import { PySyntaxError } from './value/py-error.js';
import { repr } from './value/repr.js';

/** Ends the code of a body early: nothing behind it can be reached. */
class CompilerExit extends Error {}

/**
 * Turns a tree into JavaScript. Variables are named and loaded exactly as Jinja's generated Python
 * does it, function-wide, since that decides what leaks and what a closure sees.
 *
 * Every operation that can fail gets its position as a last argument `p=<index>`, which is evaluated
 * behind the real arguments and costs an assignment; a function's `catch` reads it.
 * Source of the behaviour: jinja2 3.1.6 compiler.
 */
export class CodeGenerator extends StatementWriter {
  private readonly blocks = new Map<string, { node: Block; id: string }>();
  private extendsSoFar = 0;

  // -- template

  /** Writes the code of a whole template. */
  generate(node: TemplateNode): GeneratedCode {
    const evalCtx = new EvalContext(this.environment, this.name);
    const haveExtends = this.mentions('extends') && hasExtends(node);
    if (this.mentions('import')) this.imported = importedNames(node);
    for (const block of this.mentions('block') ? findAll(node, 'Block') : []) {
      if (this.blocks.has(block.name)) {
        this.fail(`block ${repr(block.name)} defined twice`, block);
      }
      this.blocks.set(block.name, { node: block, id: this.identifier('b') });
    }
    const star = this.mode === 'chunks' ? '*' : '';
    const root = this.writeFunction(
      `function${star} root`,
      ['context'],
      { via: 'template' },
      () => {
        this.writeRoot(node, evalCtx, haveExtends);
      },
    );
    // Brackets around a function have V8 compile it at once, in place of twice: these are all called.
    let functions = `const root=(${root});`;
    const table: string[] = [];
    for (const [name, { node: block, id }] of this.blocks) {
      this.mark(block);
      const render = this.writeFunction(
        `function${star} ${id}`,
        ['context'],
        { via: 'block', name },
        () => {
          this.writeBlock(block, id, evalCtx);
        },
      );
      functions += `const ${id}=(${render});`;
      table.push(`[${quote(name)},${id}]`);
    }
    const used = RUNTIME_NAMES.filter((name) => functions.includes(name));
    const code = `'use strict';const {${used.join(',')}}=rt,K=unit.constants,trace=rt.tracer,fail=unit.fail;${functions}return {root,blocks:new Map([${table.join(',')}])};`;
    const { positions, vias, entries, constants } = this;
    return { code, positions, vias, entries, constants };
  }

  private writeRoot(node: TemplateNode, evalCtx: EvalContext, haveExtends: boolean): void {
    const frame = new Frame(evalCtx);
    this.code += `let o=${this.newBuffer};`;
    if (this.undeclared(node.body, ['self']).size > 0) {
      const ref = this.declare(frame.symbols.declareParameter('self'));
      this.code += `${ref}=new TemplateReference(context);`;
    }
    frame.symbols.analyze(node);
    frame.toplevel = frame.rootlevel = true;
    frame.requireOutputCheck = haveExtends && !this.hasKnownExtends;
    if (haveExtends) this.code += `let parent=null,parentAt=0;`;
    this.enterFrame(frame);
    this.pullDependencies(node.body);
    this.blockVisit(node.body, frame);
    if (this.mode === 'chunks') {
      if (haveExtends)
        this.code += `if(parent!==null){p=parentAt;yield* parent.rootRender(context);}`;
      return;
    }
    if (haveExtends) {
      this.code += `if(parent!==null){p=parentAt;`;
      this.code +=
        this.mode === 'trace'
          ? `trace.put(o,parent.rootRender(context),unit,0);}`
          : `o+=parent.rootRender(context);}`;
    }
    this.code += `return ${this.collected('o')};`;
  }

  private writeBlock(block: Block, id: string, evalCtx: EvalContext): void {
    const frame = new Frame(evalCtx);
    frame.blockFrame = true;
    this.code += `let o=${this.newBuffer};`;
    const undeclared = this.undeclared(block.body, ['self', 'super']);
    if (undeclared.has('self')) {
      const ref = this.declare(frame.symbols.declareParameter('self'));
      this.code += `${ref}=new TemplateReference(context);`;
    }
    if (undeclared.has('super')) {
      const ref = this.declare(frame.symbols.declareParameter('super'));
      this.code += `${ref}=context.super(${quote(block.name)},${id});`;
    }
    frame.symbols.analyze(block);
    if (this.mode === 'trace') {
      this.code += `trace.enterBlock(${quote(block.name)},context,${id});try{`;
    }
    this.enterFrame(frame);
    this.pullDependencies(block.body);
    this.blockVisit(block.body, frame);
    if (this.mode !== 'chunks') this.code += `return ${this.collected('o')};`;
    if (this.mode === 'trace') this.code += `}finally{trace.leaveBlock();}`;
  }

  protected blockVisit(nodes: readonly Statement[], frame: Frame): void {
    try {
      for (const node of nodes) this.statement(node, frame);
    } catch (error) {
      if (!(error instanceof CompilerExit)) throw error;
    }
  }

  // -- statements

  protected statement(node: Statement, frame: Frame): void {
    switch (node.type) {
      case 'Output':
        return this.output(node, frame);
      case 'If':
        return this.ifStatement(node, frame);
      case 'For':
        return this.forStatement(node, frame);
      case 'Assign':
        return this.assign(node, frame);
      case 'AssignBlock':
        return this.assignBlock(node, frame);
      case 'Block':
        return this.block(node, frame);
      case 'Macro':
        return this.macro(node, frame);
      case 'CallBlock':
        return this.callBlock(node, frame);
      case 'FilterBlock':
        return this.filterBlock(node, frame);
      case 'With':
        return this.with(node, frame);
      case 'Include':
        return this.include(node, frame);
      case 'Import':
        return this.import(node, frame);
      case 'FromImport':
        return this.fromImport(node, frame);
      case 'Extends':
        return this.extends(node, frame);
      case 'ExprStmt':
        this.mark(node);
        this.code += `${this.expression(node.node, frame)};`;
        return;
      case 'Scope': {
        const inner = frame.inner();
        inner.symbols.analyze(node);
        return this.inFrame(inner, () => {
          this.blockVisit(node.body, inner);
        });
      }
      case 'ScopedEvalContextModifier':
        return this.evalContextModifier(node, frame);
      case 'ExtensionBlock':
        return this.extensionBlock(node, frame);
      case 'Break':
      case 'Continue':
        this.mark(node);
        if (this.scope.loops.length === 0) {
          throw new PySyntaxError(
            node.type === 'Break' ? "'break' outside loop" : "'continue' not properly in loop",
          );
        }
        this.code += node.type === 'Break' ? 'break;' : `${this.scope.loops.at(-1)};continue;`;
        return;
    }
  }

  private block(node: Block, frame: Frame): void {
    let closing = '';
    if (frame.toplevel) {
      if (this.hasKnownExtends) return;
      if (this.extendsSoFar > 0) {
        this.code += `if(parent===null){`;
        closing = '}';
      }
    }
    const context = node.scoped ? this.deriveContext(frame) : 'context';
    this.mark(node);
    const name = quote(node.name);
    if (node.required) this.code += `rt.requireBlock(context,${name},${this.at(node)});`;
    if (this.mode === 'chunks' && frame.buffer === null) {
      this.code += `${this.at(node)};yield* rt.blockChunks(context,${name},${context});`;
    } else {
      this.emit(frame, `rt.block(context,${name},${context},${this.at(node)})`, node);
    }
    this.code += closing;
  }

  private extends(node: Extends, frame: Frame): void {
    if (!frame.toplevel) this.fail('cannot use extend from a non top-level scope', node);
    if (this.extendsSoFar > 0) {
      if (!this.hasKnownExtends) this.code += `if(parent!==null)`;
      this.code += `rt.extendedTwice(${this.at(node)});`;
      if (this.hasKnownExtends) throw new CompilerExit();
    }
    this.mark(node);
    const template = this.expression(node.template, frame);
    const at = this.via('extends', node);
    this.code += `parent=rt.extend(context,${template},unit.name,${at});parentAt=p;`;
    if (frame.rootlevel) this.hasKnownExtends = true;
    this.extendsSoFar++;
  }

  private via(kind: 'include' | 'import' | 'extends', node: NodeBase): string {
    const at = this.at(node);
    this.vias.set(Number(at.slice(2)), kind);
    return at;
  }

  private include(node: Include, frame: Frame): void {
    this.mark(node);
    const { template } = node;
    let how = 'getOrSelectTemplate';
    if (template.type === 'Const' && typeof template.value === 'string') how = 'getTemplate';
    else if (template.type === 'Tuple' || template.type === 'List') how = 'selectTemplate';
    const found = this.temporary();
    const look = `${found}=rt.${how}(${this.expression(template, frame)},unit.name,${this.via('include', node)});`;
    if (node.ignoreMissing) {
      this.code += `try{${look}}catch(e){rt.ignoreMissing(e);${found}=null}if(${found}!==null){`;
    } else {
      this.code += look;
    }
    const at = this.via('include', node);
    if (node.withContext) {
      const parts = `(${found},context,${this.localsCode(frame)},${at})`;
      if (this.mode === 'chunks' && frame.buffer === null) {
        this.code += `yield* rt.includeChunks${parts};`;
      } else {
        this.emit(frame, `rt.include${parts}`, node);
      }
    } else {
      // Jinja yields this text from the running function even where a buffer collects output.
      const main = Object.assign(Object.create(Frame.prototype) as Frame, frame);
      if (this.scope.parameters.has('context')) main.buffer = null;
      this.emit(main, `rt.moduleText(${found},context,${at})`, node);
    }
    if (node.ignoreMissing) this.code += '}';
  }

  private importCommon(node: Import | FromImport, frame: Frame): string {
    const template = this.expression(node.template, frame);
    const at = this.via('import', node);
    return node.withContext
      ? `rt.importWith(${template},unit.name,context,${this.localsCode(frame)},${at})`
      : `rt.importModule(${template},unit.name,context,${at})`;
  }

  private import(node: Import, frame: Frame): void {
    this.mark(node);
    const target = this.declare(frame.symbols.ref(node.target));
    this.code += `${target}=${this.importCommon(node, frame)};`;
    if (frame.toplevel) {
      this.code += `context.importVar(${quote(node.target)},${target});`;
    }
  }

  private fromImport(node: FromImport, frame: Frame): void {
    this.mark(node);
    const module = this.temporary();
    this.code += `${module}=${this.importCommon(node, frame)};`;
    const position = quote(this.position(node));
    for (const { name, alias } of node.names) {
      const target = this.declare(frame.symbols.ref(alias));
      this.code += `${target}=rt.importName(${module},${quote(name)},${position});`;
      if (frame.toplevel) {
        this.code += `context.importVar(${quote(alias)},${target});`;
      }
    }
  }
}

/** What the generated code takes out of the runtime into variables of its own. */
const RUNTIME_NAMES =
  'str,escape,truth,undef,getattr,getitem,call,iterate,at,tuple,add,sub,mul,div,floordiv,mod,pow,eq,ne,lt,le,gt,ge,isIn,notIn,Macro,Markup,Slice,Dict,TemplateReference'.split(
    ',',
  );
