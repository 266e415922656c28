import { joined, type Context, type RenderFunction } from './context.js';
import { Markup } from './markup.js';
import { ATTR, CALL, ITEM, MISSING, REPR, TYPE_NAME } from './value/protocol.js';
import { repr } from './value/repr.js';
import { address } from './value/address.js';

/** One block as a value: `super` and `self.name` are such. Calling it renders the block. */
export class BlockReference {
  constructor(
    readonly name: string,
    private readonly context: Context,
    private readonly stack: readonly RenderFunction[],
    private readonly depth: number,
  ) {}

  /** The block above this one, or an Undefined. */
  get super(): unknown {
    if (this.depth + 1 >= this.stack.length) {
      return this.context.environment.undefined({
        hint: `there is no parent block called ${repr(this.name)}.`,
        name: 'super',
      });
    }
    return new BlockReference(this.name, this.context, this.stack, this.depth + 1);
  }

  /** Renders the block; a Markup where autoescaping is on. */
  render(): string | Markup {
    const text = joined((this.stack[this.depth] as RenderFunction)(this.context));
    return this.context.evalCtx.autoescape ? new Markup(text) : text;
  }

  [CALL](): unknown {
    return this.render();
  }

  [ATTR](name: string): unknown {
    if (name === 'super') return this.super;
    return name === 'name' ? this.name : MISSING;
  }

  [REPR](): string {
    return `<jinja2.runtime.BlockReference object at ${address(this)}>`;
  }

  get [TYPE_NAME](): string {
    return 'BlockReference';
  }
}

/** `self` in a template: its blocks by name. */
export class TemplateReference {
  constructor(private readonly context: Context) {}

  [ATTR](): unknown {
    return MISSING;
  }

  [ITEM](name: unknown): unknown {
    const stack = typeof name === 'string' ? this.context.blocks.get(name) : undefined;
    return stack === undefined
      ? MISSING
      : new BlockReference(name as string, this.context, stack, 0);
  }

  [REPR](): string {
    return `<TemplateReference ${repr(this.context.name)}>`;
  }

  get [TYPE_NAME](): string {
    return 'TemplateReference';
  }
}
