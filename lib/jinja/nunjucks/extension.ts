import type { Expression, Statement } from '../ast.js';
import type { Environment } from '../environment.js';
import { Extension } from '../extension.js';
import type { Parser } from '../parser.js';

/** An extension in nunjucks' manner. */
export interface NunjucksExtension {
  readonly tags: readonly string[];
  parse(parser: unknown, nodes: unknown, lexer: unknown): unknown;
}

/** Whether a value looks like an extension in nunjucks' manner. */
export function isNunjucksExtension(value: unknown): value is NunjucksExtension {
  return (
    typeof value === 'object' &&
    value !== null &&
    Array.isArray((value as Partial<NunjucksExtension>).tags) &&
    typeof (value as Partial<NunjucksExtension>).parse === 'function'
  );
}

/** What nunjucks' `new nodes.CallExtension(extension, property, args, contentArgs)` keeps. */
class CallExtension {
  constructor(
    readonly extension: Record<string, unknown>,
    readonly property: string,
    readonly args: NodeList | null,
    readonly contentArgs: readonly unknown[] = [],
  ) {}
}

/** nunjucks' list of nodes: the arguments of a tag, or a body. */
class NodeList {
  readonly children: unknown[];
  constructor(_line?: number, _column?: number, children: unknown[] = []) {
    this.children = children;
  }
  addChild(child: unknown): void {
    this.children.push(child);
  }
}

class Body {
  constructor(readonly statements: Statement[]) {}
}

const NODES = { CallExtension, CallExtensionAsync: CallExtension, NodeList };

/** The part of nunjucks' parser that extensions in the wild call, on top of ours. */
class ParserFacade {
  constructor(private readonly parser: Parser) {}

  get tokens(): unknown {
    return this.parser;
  }

  nextToken(): unknown {
    return this.token(this.parser.advance());
  }

  peekToken(): unknown {
    return this.token(this.parser.current);
  }

  private token({ type, value, line, start }: Parser['current']): unknown {
    return { type, value, lineno: line - 1, colno: start };
  }

  /** Arguments up to the end of the tag, with or without parentheses. */
  parseSignature(tolerant?: boolean | null, noParens?: boolean): NodeList | null {
    const { parser } = this;
    const list = new NodeList();
    if (parser.current.type === 'lparen' && noParens !== true) {
      const { args, kwargs } = parser.parseCallArgs();
      list.children.push(...args, ...kwargs);
      return list;
    }
    if (noParens !== true) {
      if (tolerant === true) return null;
      parser.fail('expected arguments');
    }
    while (parser.current.type !== 'block_end') {
      if (list.children.length > 0) parser.expect('comma');
      list.children.push(parser.parseExpression());
    }
    return list;
  }

  parseExpression(): Expression {
    return this.parser.parseExpression();
  }

  /** Nothing to do: our statements stop in front of the end of their tag. */
  advanceAfterBlockEnd(_name?: string): unknown {
    return this.peekToken();
  }

  parseUntilBlocks(...names: string[]): Body {
    return new Body(this.parser.parseStatements(...names).body);
  }
}

class AdaptedExtension extends Extension {
  override readonly tags: readonly string[];

  constructor(
    environment: Environment,
    private readonly name: string,
    private readonly hosted: NunjucksExtension,
  ) {
    super(environment);
    this.tags = hosted.tags;
  }

  override get identifier(): string {
    return this.name;
  }

  override parse(parser: Parser): Statement {
    const at = parser.current;
    const result = this.hosted.parse(new ParserFacade(parser), NODES, {});
    if (!(result instanceof CallExtension)) {
      return parser.fail(`extension '${this.name}' must return a CallExtension node`, at);
    }
    const method = result.extension[result.property];
    if (typeof method !== 'function') {
      return parser.fail(`extension '${this.name}' has no method '${result.property}'`, at);
    }
    const args = (result.args?.children ?? []) as Expression[];
    const { line, start, end } = at;
    const bodies = result.contentArgs.filter((part) => part instanceof Body);
    const run = (context: unknown, ...values: unknown[]): unknown => {
      const given = values.slice(0, args.length);
      const contents = values
        .slice(args.length)
        .map(
          (render) => () =>
            String(
              (render as { invoke(a: unknown[], k: undefined): unknown }).invoke([], undefined),
            ),
        );
      return method.call(
        result.extension,
        { ctx: context, env: this.environment },
        ...given,
        ...contents,
      ) as unknown;
    };
    const context = { type: 'ContextReference', line, start, end } as const;
    return {
      type: 'ExtensionBlock',
      node: this.call(run, at, [context, ...args]),
      bodies: bodies.map(({ statements }) => statements),
      line,
      start,
      end,
    };
  }
}

/** Makes an extension written for nunjucks work here. */
export function adaptExtension(
  environment: Environment,
  name: string,
  hosted: NunjucksExtension,
): Extension {
  return new AdaptedExtension(environment, name, hosted);
}
