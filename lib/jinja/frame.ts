import type { EvalContext } from './context.js';
import { Symbols } from './symbols.js';

/** What the code generator knows at one place of a template. Source: jinja2 3.1.6 compiler.Frame. */
export class Frame {
  symbols: Symbols;
  /** In templates whose `extends` depends on run-time values, output has to ask first. */
  requireOutputCheck = false;
  /** The variable that collects output; null for the output of the running function itself. */
  buffer: string | null = null;
  /** The outermost frame and the `if`s right inside of it. */
  toplevel = false;
  /** The outermost frame alone. */
  rootlevel = false;
  /** The body of a loop or of a block: assignments stay inside, calls may need to see them. */
  loopFrame = false;
  blockFrame = false;
  /** Inside an `if`: unknown filters and tests are a matter of run time. */
  softFrame = false;

  constructor(
    readonly evalCtx: EvalContext,
    parent: Frame | null = null,
  ) {
    this.symbols = new Symbols(parent?.symbols ?? null);
    if (parent !== null) {
      this.requireOutputCheck = parent.requireOutputCheck;
      this.buffer = parent.buffer;
    }
  }

  /** A frame inside of this one. */
  inner(): Frame {
    return new Frame(this.evalCtx, this);
  }

  /** The same frame as seen from inside an `if`. */
  soft(): Frame {
    const soft = Object.assign(Object.create(Frame.prototype) as Frame, this);
    soft.symbols = this.symbols.copy();
    soft.rootlevel = false;
    soft.softFrame = true;
    return soft;
  }
}
