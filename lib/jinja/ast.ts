/**
 * The abstract syntax tree of a template. Node types and fields carry the names of Jinja's `nodes`
 * module in camelCase; `type` tells them apart.
 */

/** What every node has. Offsets count UTF-16 units in the normalised source (`\n` line ends). */
export interface NodeBase {
  /** Offset of the first character. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
  /** 1-based line that Jinja gives the node (its `lineno`); long expressions may start earlier. */
  readonly line: number;
}

/** How a name or tuple is used: read, assigned, or assigned as a parameter. */
export type NameContext = 'load' | 'store' | 'param';

export interface TemplateNode extends NodeBase {
  readonly type: 'Template';
  readonly body: readonly Statement[];
}

/** Data and printed expressions in a row. */
export interface Output extends NodeBase {
  readonly type: 'Output';
  readonly nodes: readonly (Expression | TemplateData)[];
}
export interface Extends extends NodeBase {
  readonly type: 'Extends';
  readonly template: Expression;
}
export interface For extends NodeBase {
  readonly type: 'For';
  readonly target: Expression;
  readonly iter: Expression;
  readonly body: readonly Statement[];
  readonly else: readonly Statement[];
  readonly test: Expression | null;
  readonly recursive: boolean;
}
export interface If extends NodeBase {
  readonly type: 'If';
  readonly test: Expression;
  readonly body: readonly Statement[];
  readonly elif: readonly If[];
  readonly else: readonly Statement[];
}
export interface Macro extends NodeBase {
  readonly type: 'Macro';
  readonly name: string;
  readonly args: readonly Name[];
  readonly defaults: readonly Expression[];
  readonly body: readonly Statement[];
}
export interface CallBlock extends NodeBase {
  readonly type: 'CallBlock';
  readonly call: Call;
  readonly args: readonly Name[];
  readonly defaults: readonly Expression[];
  readonly body: readonly Statement[];
}
export interface FilterBlock extends NodeBase {
  readonly type: 'FilterBlock';
  readonly body: readonly Statement[];
  readonly filter: Filter;
}
export interface With extends NodeBase {
  readonly type: 'With';
  readonly targets: readonly Expression[];
  readonly values: readonly Expression[];
  readonly body: readonly Statement[];
}
export interface Block extends NodeBase {
  readonly type: 'Block';
  readonly name: string;
  readonly body: readonly Statement[];
  readonly scoped: boolean;
  readonly required: boolean;
}
export interface Include extends NodeBase {
  readonly type: 'Include';
  readonly template: Expression;
  readonly withContext: boolean;
  readonly ignoreMissing: boolean;
}
export interface Import extends NodeBase {
  readonly type: 'Import';
  readonly template: Expression;
  readonly target: string;
  readonly withContext: boolean;
}
/** One name of a `{% from %}`; `alias` equals `name` when there is no `as`. */
export interface ImportedName {
  readonly name: string;
  readonly alias: string;
}
export interface FromImport extends NodeBase {
  readonly type: 'FromImport';
  readonly template: Expression;
  readonly names: readonly ImportedName[];
  readonly withContext: boolean;
}
/** An expression whose value is dropped (`{% do %}`). */
export interface ExprStmt extends NodeBase {
  readonly type: 'ExprStmt';
  readonly node: Expression;
}
export interface Assign extends NodeBase {
  readonly type: 'Assign';
  readonly target: Expression;
  readonly node: Expression;
}
/** `{% set x %}...{% endset %}` */
export interface AssignBlock extends NodeBase {
  readonly type: 'AssignBlock';
  readonly target: Expression;
  readonly filter: Filter | null;
  readonly body: readonly Statement[];
}
export interface Scope extends NodeBase {
  readonly type: 'Scope';
  readonly body: readonly Statement[];
}
/** `{% autoescape %}` */
export interface ScopedEvalContextModifier extends NodeBase {
  readonly type: 'ScopedEvalContextModifier';
  readonly options: readonly Keyword[];
  readonly body: readonly Statement[];
}
export interface Break extends NodeBase {
  readonly type: 'Break';
}
export interface Continue extends NodeBase {
  readonly type: 'Continue';
}

/** What a tag of an extension prints: `node` is called with one macro per body behind its arguments. */
export interface ExtensionBlock extends NodeBase {
  readonly type: 'ExtensionBlock';
  readonly node: ExtensionCall;
  readonly bodies: readonly (readonly Statement[])[];
}

export type Statement =
  | ExtensionBlock
  | Output
  | Extends
  | For
  | If
  | Macro
  | CallBlock
  | FilterBlock
  | With
  | Block
  | Include
  | Import
  | FromImport
  | ExprStmt
  | Assign
  | AssignBlock
  | Scope
  | ScopedEvalContextModifier
  | Break
  | Continue;

export interface Name extends NodeBase {
  readonly type: 'Name';
  readonly name: string;
  ctx: NameContext;
}
/** `ns.attr` as an assignment target. */
export interface NSRef extends NodeBase {
  readonly type: 'NSRef';
  readonly name: string;
  readonly attr: string;
}
export interface Const extends NodeBase {
  readonly type: 'Const';
  readonly value: unknown;
}
export interface TemplateData extends NodeBase {
  readonly type: 'TemplateData';
  readonly data: string;
}
export interface TupleNode extends NodeBase {
  readonly type: 'Tuple';
  readonly items: readonly Expression[];
  ctx: NameContext;
}
export interface ListNode extends NodeBase {
  readonly type: 'List';
  readonly items: readonly Expression[];
}
export interface DictNode extends NodeBase {
  readonly type: 'Dict';
  readonly items: readonly Pair[];
}
export interface CondExpr extends NodeBase {
  readonly type: 'CondExpr';
  readonly test: Expression;
  readonly expr1: Expression;
  readonly expr2: Expression | null;
}
/** The arguments of a call, filter or test. */
export interface Arguments {
  readonly args: readonly Expression[];
  readonly kwargs: readonly Keyword[];
  readonly dynArgs: Expression | null;
  readonly dynKwargs: Expression | null;
}
/** `node` is null for the filter of a filter block or set block. */
export interface Filter extends NodeBase, Arguments {
  readonly type: 'Filter';
  readonly node: Expression | null;
  readonly name: string;
  /** Offset of the name. */
  readonly nameStart: number;
}
export interface Test extends NodeBase, Arguments {
  readonly type: 'Test';
  readonly node: Expression;
  readonly name: string;
  /** Offset of the name. */
  readonly nameStart: number;
}
export interface Call extends NodeBase, Arguments {
  readonly type: 'Call';
  readonly node: Expression;
}
export interface Getitem extends NodeBase {
  readonly type: 'Getitem';
  readonly node: Expression;
  readonly arg: Expression;
  ctx: NameContext;
}
export interface Getattr extends NodeBase {
  readonly type: 'Getattr';
  readonly node: Expression;
  readonly attr: string;
  ctx: NameContext;
}
export interface SliceNode extends NodeBase {
  readonly type: 'Slice';
  readonly startExpr: Expression | null;
  readonly stopExpr: Expression | null;
  readonly stepExpr: Expression | null;
}
export interface Concat extends NodeBase {
  readonly type: 'Concat';
  readonly nodes: readonly Expression[];
}
export interface Compare extends NodeBase {
  readonly type: 'Compare';
  readonly expr: Expression;
  readonly ops: readonly Operand[];
}
export type BinaryType = 'Add' | 'Sub' | 'Mul' | 'Div' | 'FloorDiv' | 'Mod' | 'Pow' | 'And' | 'Or';
export interface BinExpr extends NodeBase {
  readonly type: BinaryType;
  readonly left: Expression;
  readonly right: Expression;
}
export interface UnaryExpr extends NodeBase {
  readonly type: 'Not' | 'Neg' | 'Pos';
  readonly node: Expression;
}
/** A callback of an extension, called with the arguments; see `Extension.callMethod`. */
export interface ExtensionCall extends NodeBase, Arguments {
  readonly type: 'ExtensionCall';
  readonly callback: (...args: unknown[]) => unknown;
}
/** The template's Context as a value. */
export interface ContextReference extends NodeBase {
  readonly type: 'ContextReference';
}

export type Expression =
  | Name
  | NSRef
  | Const
  | TemplateData
  | TupleNode
  | ListNode
  | DictNode
  | CondExpr
  | Filter
  | Test
  | Call
  | Getitem
  | Getattr
  | SliceNode
  | Concat
  | Compare
  | BinExpr
  | UnaryExpr
  | ExtensionCall
  | ContextReference;

export interface Pair extends NodeBase {
  readonly type: 'Pair';
  readonly key: Expression;
  readonly value: Expression;
}
export interface Keyword extends NodeBase {
  readonly type: 'Keyword';
  readonly key: string;
  readonly value: Expression;
}
export type CompareOp = 'eq' | 'ne' | 'gt' | 'gteq' | 'lt' | 'lteq' | 'in' | 'notin';
export interface Operand extends NodeBase {
  readonly type: 'Operand';
  readonly op: CompareOp;
  readonly expr: Expression;
}

export type Node = TemplateNode | Statement | Expression | Pair | Keyword | Operand;

type Visit = (child: Node) => void;

/** Counted, not `for ... of`: most of this runs in V8's interpreter, which makes every iterator. */
function each(nodes: readonly Node[], visit: Visit): void {
  for (let i = 0; i < nodes.length; i++) visit(nodes[i] as Node);
}

function visitArguments(node: Arguments, visit: Visit): void {
  each(node.args, visit);
  each(node.kwargs, visit);
  if (node.dynArgs !== null) visit(node.dynArgs);
  if (node.dynKwargs !== null) visit(node.dynKwargs);
}

/** Calls `visit` with every direct child, in the order of Jinja's node fields. */
export function forEachChild(node: Node, visit: Visit): void {
  switch (node.type) {
    case 'Template':
    case 'Scope':
    case 'Block':
      return each(node.body, visit);
    case 'Output':
    case 'Concat':
      return each(node.nodes, visit);
    case 'Extends':
    case 'Include':
    case 'Import':
    case 'FromImport':
      return visit(node.template);
    case 'For':
      visit(node.target);
      visit(node.iter);
      each(node.body, visit);
      each(node.else, visit);
      if (node.test !== null) visit(node.test);
      return;
    case 'If':
      visit(node.test);
      each(node.body, visit);
      each(node.elif, visit);
      return each(node.else, visit);
    case 'CallBlock':
      visit(node.call);
      each(node.args, visit);
      each(node.defaults, visit);
      return each(node.body, visit);
    case 'Macro':
      each(node.args, visit);
      each(node.defaults, visit);
      return each(node.body, visit);
    case 'FilterBlock':
      each(node.body, visit);
      return visit(node.filter);
    case 'With':
      each(node.targets, visit);
      each(node.values, visit);
      return each(node.body, visit);
    case 'ExtensionBlock':
      visit(node.node);
      for (const body of node.bodies) each(body, visit);
      return;
    case 'ExprStmt':
      return visit(node.node);
    case 'Assign':
      visit(node.target);
      return visit(node.node);
    case 'AssignBlock':
      visit(node.target);
      if (node.filter !== null) visit(node.filter);
      return each(node.body, visit);
    case 'ScopedEvalContextModifier':
      each(node.options, visit);
      return each(node.body, visit);
    case 'Tuple':
    case 'List':
    case 'Dict':
      return each(node.items, visit);
    case 'CondExpr':
      visit(node.test);
      visit(node.expr1);
      if (node.expr2 !== null) visit(node.expr2);
      return;
    case 'Filter':
      if (node.node !== null) visit(node.node);
      return visitArguments(node, visit);
    case 'Test':
    case 'Call':
      visit(node.node);
      return visitArguments(node, visit);
    case 'ExtensionCall':
      return visitArguments(node, visit);
    case 'Getitem':
      visit(node.node);
      return visit(node.arg);
    case 'Getattr':
    case 'Not':
    case 'Neg':
    case 'Pos':
      return visit(node.node);
    case 'Slice':
      if (node.startExpr !== null) visit(node.startExpr);
      if (node.stopExpr !== null) visit(node.stopExpr);
      if (node.stepExpr !== null) visit(node.stepExpr);
      return;
    case 'Compare':
      visit(node.expr);
      return each(node.ops, visit);
    case 'Operand':
      return visit(node.expr);
    case 'Pair':
      visit(node.key);
      return visit(node.value);
    case 'Keyword':
      return visit(node.value);
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'FloorDiv':
    case 'Mod':
    case 'Pow':
    case 'And':
    case 'Or':
      visit(node.left);
      return visit(node.right);
    default:
      return;
  }
}

/** Calls `visit` with every node below `node`, depth first in source order. */
export function walk(node: Node, visit: Visit): void {
  const enter = (child: Node): void => {
    visit(child);
    forEachChild(child, enter);
  };
  forEachChild(node, enter);
}

/** All nodes of one type below `node`. */
export function findAll<T extends Node['type']>(node: Node, type: T): Extract<Node, { type: T }>[] {
  const found: Extract<Node, { type: T }>[] = [];
  walk(node, (child) => {
    if (child.type === type) found.push(child as Extract<Node, { type: T }>);
  });
  return found;
}
