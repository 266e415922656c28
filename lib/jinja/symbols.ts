import { forEachChild, type Node, type Statement } from './ast.js';

/**
 * How a frame gets the first value of one of its variables:
 * `param` it is a parameter; `resolve` looked up in the context; `alias` copied from an outer
 * frame's variable; `undefined` missing until assigned.
 */
export type Load =
  | { readonly kind: 'param' }
  | { readonly kind: 'resolve'; readonly name: string }
  | { readonly kind: 'alias'; readonly target: string }
  | { readonly kind: 'undefined' };

const PARAM: Load = { kind: 'param' };
const UNDEFINED: Load = { kind: 'undefined' };

/**
 * The names of one frame: which variable of the generated code stands for a name, how it gets its
 * first value, and which names are assigned. Source of the rules: jinja2 3.1.6 idtracking, whose
 * exact choices decide what leaks out of a block and what does not.
 */
export class Symbols {
  readonly level: number;
  readonly refs: Map<string, string>;
  readonly loads: Map<string, Load>;
  readonly stores: Set<string>;

  /** @param copied whose names to begin with. */
  constructor(
    readonly parent: Symbols | null = null,
    copied?: Symbols,
  ) {
    this.level = copied?.level ?? (parent === null ? 0 : parent.level + 1);
    this.refs = new Map(copied?.refs);
    this.loads = new Map(copied?.loads);
    this.stores = new Set(copied?.stores);
  }

  copy(): Symbols {
    return new Symbols(this.parent, this);
  }

  private define(name: string, load: Load): string {
    const target = `l_${this.level}_${name}`;
    this.refs.set(name, target);
    this.loads.set(target, load);
    return target;
  }

  findLoad(target: string): Load | undefined {
    return this.loads.get(target) ?? this.parent?.findLoad(target);
  }

  findRef(name: string): string | undefined {
    return this.refs.get(name) ?? this.parent?.findRef(name);
  }

  /** The variable that stands for a name; the analysis has seen every name before. */
  ref(name: string): string {
    const ref = this.findRef(name);
    if (ref === undefined) throw new Error(`the symbol analysis missed ${JSON.stringify(name)}`);
    return ref;
  }

  store(name: string): void {
    this.stores.add(name);
    if (this.refs.has(name)) return;
    const outer = this.parent?.findRef(name);
    this.define(name, outer === undefined ? UNDEFINED : { kind: 'alias', target: outer });
  }

  declareParameter(name: string): string {
    this.stores.add(name);
    return this.define(name, PARAM);
  }

  load(name: string): void {
    if (this.findRef(name) === undefined) this.define(name, { kind: 'resolve', name });
  }

  /** Takes over what the branches of an `if` did: a name that one branch assigns may be anything. */
  branchUpdate(branches: readonly Symbols[]): void {
    const stores = new Set<string>();
    for (const branch of branches) {
      branch.stores.forEach((name) => !this.stores.has(name) && stores.add(name));
    }
    for (const branch of branches) {
      branch.refs.forEach((ref, name) => this.refs.set(name, ref));
      branch.loads.forEach((load, target) => this.loads.set(target, load));
      branch.stores.forEach((name) => this.stores.add(name));
    }
    for (const name of stores) {
      const outer = this.parent?.findRef(name);
      this.loads.set(
        this.ref(name),
        outer === undefined ? { kind: 'resolve', name } : { kind: 'alias', target: outer },
      );
    }
  }

  /** All assigned names that are visible here, with their variables; inner frames first. */
  dumpStores(): Map<string, string> {
    const found = new Map<string, string>();
    this.collectStores((name) => {
      if (!found.has(name)) found.set(name, this.ref(name));
    });
    return found;
  }

  private collectStores(add: (name: string) => void): void {
    [...this.stores].sort().forEach(add);
    this.parent?.collectStores(add);
  }

  /** The variables of this frame that are parameters. */
  dumpParameters(): Set<string> {
    const found = new Set<string>();
    for (const [target, load] of this.loads) if (load.kind === 'param') found.add(target);
    return found;
  }

  // -- analysis of the node that opens the frame

  /** Collects the names of the frame that `node` opens. */
  analyze(node: Node, branch: 'body' | 'else' | 'test' = 'body'): void {
    switch (node.type) {
      case 'For':
        if (branch === 'else') return this.visitAll(node.else);
        this.visitTarget(node.target);
        if (branch === 'body') this.visitAll(node.body);
        else if (node.test !== null) this.visit(node.test);
        return;
      case 'With':
        this.visitAll(node.targets);
        return this.visitAll(node.body);
      case 'AssignBlock':
        return this.visitAll(node.body);
      case 'CallBlock':
        this.visitAll(node.args);
        this.visitAll(node.defaults);
        return this.visitAll(node.body);
      default:
        return forEachChild(node, this.visitor);
    }
  }

  private readonly visitor = (node: Node): void => {
    this.visit(node);
  };

  private visitAll(nodes: readonly Node[]): void {
    for (let i = 0; i < nodes.length; i++) this.visit(nodes[i] as Node);
  }

  /** The target of a loop: its names are parameters of the frame. */
  private visitTarget(node: Node): void {
    if (node.type === 'Name') this.declareParameter(node.name);
    else if (node.type === 'Tuple') for (const item of node.items) this.visitTarget(item);
    else this.visit(node);
  }

  private visit(node: Node): void {
    switch (node.type) {
      case 'Name':
        if (node.ctx === 'load') this.load(node.name);
        else if (node.ctx === 'store') this.store(node.name);
        else this.declareParameter(node.name);
        return;
      case 'NSRef':
        return this.load(node.name);
      case 'If': {
        this.visit(node.test);
        const branches = [node.body, node.elif, node.else].filter(({ length }) => length > 0);
        return this.branchUpdate(branches.map((branch) => this.branch(branch)));
      }
      case 'Macro':
        return this.store(node.name);
      case 'Import':
        this.visit(node.template);
        return this.store(node.target);
      case 'FromImport':
        this.visit(node.template);
        for (const { alias } of node.names) this.store(alias);
        return;
      case 'Assign':
        this.visit(node.node);
        return this.visit(node.target);
      case 'For':
        return this.visit(node.iter);
      case 'CallBlock':
        return this.visit(node.call);
      case 'ExtensionBlock':
        return this.visit(node.node);
      case 'FilterBlock':
        return this.visit(node.filter);
      case 'With':
        return this.visitAll(node.values);
      case 'AssignBlock':
        return this.visit(node.target);
      case 'Scope':
      case 'Block':
      case 'TemplateData':
      case 'Const':
        return;
      default:
        return forEachChild(node, this.visitor);
    }
  }

  private branch(nodes: readonly Statement[]): Symbols {
    const branch = this.copy();
    branch.visitAll(nodes);
    return branch;
  }
}
