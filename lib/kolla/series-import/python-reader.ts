import { tokenizePython, PythonSyntaxError, type PythonToken } from './python-tokens.js';
import {
  PythonCall,
  PythonDict,
  PythonSet,
  Unreadable,
  type PythonValue,
} from './python-values.js';

/** A module-level name and the value that its last plain assignment gives it. */
export interface PythonAssignment {
  readonly value: PythonValue;
  readonly line: number;
}

const CONSTANTS: Readonly<Record<string, PythonValue>> = { None: null, True: true, False: false };

/** Reads the module-level assignments of a Python file as literals, without Python: strings,
 *  numbers, lists, tuples, dicts, sets, names assigned earlier (or given in `imported`), `+` and
 *  `%` on them; calls are recorded. All else becomes `Unreadable`, so nothing is guessed.
 *  Throws `PythonSyntaxError` for text that is not Python. */
export function readPythonAssignments(
  source: string,
  imported: ReadonlyMap<string, PythonAssignment> = new Map(),
): Map<string, PythonAssignment> {
  const reader = new ModuleReader(tokenizePython(source), imported);
  return reader.read();
}

/** The value of the first `name = ...` inside a function; `undefined` when there is none. Parts that
 *  only Python knows are `Unreadable`. Throws `PythonSyntaxError`. */
export function readPythonLocal(source: string, name: string): PythonValue | undefined {
  return new ModuleReader(tokenizePython(source), new Map()).readLocal(name);
}

class ModuleReader {
  private position = 0;
  private readonly names = new Map<string, PythonAssignment>();

  constructor(
    private readonly tokens: readonly PythonToken[],
    private readonly imported: ReadonlyMap<string, PythonAssignment>,
  ) {}

  read(): Map<string, PythonAssignment> {
    while (this.current.kind !== 'end') {
      const start = this.current;
      const next = this.peek(1);
      if (start.kind === 'name' && start.column === 0 && next.text === '=') {
        this.position += 2;
        this.names.set(start.text, { value: this.readAssigned(), line: start.line });
      } else if (start.kind === 'name' && start.column === 0 && this.names.has(start.text)) {
        this.readAddition(start);
      } else if (start.kind === 'name' && start.column > 0 && next.text === '=') {
        // Assigned inside an `if` or a `def`: which value holds is decided at run time.
        if (this.names.has(start.text)) {
          const value = new Unreadable(`'${start.text}' is assigned conditionally`, start.line);
          this.names.set(start.text, { value, line: start.line });
        }
      }
      this.skipStatement();
    }
    return this.names;
  }

  /** `name += [...]`, `name.append(...)` and `name.extend([...])` on a list. */
  private readAddition({ text, line }: PythonToken): void {
    const method = this.peek(1).text === '.' ? this.peek(2).text : undefined;
    const known = this.names.get(text)?.value ?? null;
    let added: PythonValue;
    if (this.peek(1).text === '+=') {
      this.position += 2;
      added = this.readAssigned();
    } else if ((method === 'append' || method === 'extend') && this.peek(3).text === '(') {
      this.position += 4;
      const item = this.tolerantArgument();
      added = method === 'append' ? [item] : item;
    } else {
      return;
    }
    const value =
      Array.isArray(known) && Array.isArray(added)
        ? [...(known as PythonValue[]), ...(added as PythonValue[])]
        : new Unreadable(`what is added to '${text}'`, line);
    this.names.set(text, { value, line });
  }

  readLocal(name: string): PythonValue | undefined {
    for (; this.current.kind !== 'end'; this.skipStatement()) {
      if (this.current.text !== name || this.peek(1).text !== '=') continue;
      this.position += 2;
      return this.readAssigned();
    }
    return undefined;
  }

  private readAssigned(): PythonValue {
    try {
      const value = this.expressionList(['newline']);
      if (this.current.kind !== 'newline') {
        return new Unreadable(`cannot read '${this.current.text}'`, this.current.line);
      }
      return value;
    } catch (error) {
      if (error instanceof PythonSyntaxError) return new Unreadable(error.message, error.line);
      throw error;
    }
  }

  private get current(): PythonToken {
    return this.peek(0);
  }

  private at(text: string): boolean {
    return this.current.text === text;
  }

  private peek(ahead: number): PythonToken {
    const token = this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)];
    if (!token) throw new PythonSyntaxError('unexpected end of file', 0);
    return token;
  }

  private take(text?: string): PythonToken {
    const token = this.current;
    if (text !== undefined && token.text !== text) {
      throw new PythonSyntaxError(`expected '${text}', got '${token.text}'`, token.line);
    }
    this.position++;
    return token;
  }

  private skipStatement(): void {
    while (this.current.kind !== 'newline' && this.current.kind !== 'end') this.position++;
    if (this.current.kind === 'newline') this.position++;
  }

  /** `a` or the bare tuple `a, b`. */
  private expressionList(ends: readonly string[]): PythonValue {
    const first = this.expression();
    if (!this.at(',')) return first;
    const items = [first];
    while (this.at(',')) {
      this.take();
      if (this.current.kind === 'newline' || ends.includes(this.current.text)) break;
      items.push(this.expression());
    }
    return items;
  }

  private expression(): PythonValue {
    const value = this.sum();
    const { text, line } = this.current;
    if (['if', 'or', 'and', 'not', 'in', 'is', '<', '>', '==', '!=', '<=', '>='].includes(text)) {
      throw new PythonSyntaxError(`'${text}' is decided at run time`, line);
    }
    return value;
  }

  private sum(): PythonValue {
    let left = this.product();
    while (this.at('+') || this.at('-')) {
      const operator = this.take();
      left = addValues(left, operator, this.product());
    }
    return left;
  }

  private product(): PythonValue {
    let left = this.unary();
    while (['*', '/', '%', '//', '@', '**'].includes(this.current.text)) {
      const operator = this.take();
      const right = this.unary();
      left = operator.text === '%' ? formatValue(left, right, operator.line) : opaque(operator);
    }
    return left;
  }

  private unary(): PythonValue {
    if (this.at('-')) {
      const operator = this.take();
      const value = this.unary();
      return typeof value === 'number' ? -value : opaque(operator);
    }
    return this.postfix();
  }

  private postfix(): PythonValue {
    const start = this.current;
    let path = start.kind === 'name' && !(start.text in CONSTANTS) ? start.text : undefined;
    let value = this.atom();
    for (;;) {
      const token = this.current;
      if (token.text === '.') {
        this.take();
        const name = this.take().text;
        path = path === undefined ? undefined : `${path}.${name}`;
        value = new Unreadable(`'${path ?? name}' is known at run time only`, token.line, path);
      } else if (token.text === '(') {
        value = this.callArguments(path, token);
        path = undefined;
      } else if (token.text === '[') {
        this.take();
        const key = this.expressionList([']']);
        this.take(']');
        value = subscript(value, key, token.line);
        path = undefined;
      } else {
        return value;
      }
    }
  }

  private callArguments(callee: string | undefined, open: PythonToken): PythonValue {
    this.take('(');
    const args: PythonValue[] = [];
    const kwargs = new Map<string, PythonValue>();
    while (!this.at(')')) {
      if (this.current.kind === 'name' && this.peek(1).text === '=') {
        const name = this.take().text;
        this.take('=');
        kwargs.set(name, this.tolerantArgument());
      } else {
        args.push(this.tolerantArgument());
      }
      if (!this.at(')')) this.take(',');
    }
    this.take(')');
    if (callee === undefined) return new Unreadable('the result of a call', open.line);
    return new PythonCall(callee, args, kwargs, open.line);
  }

  /** One argument; what cannot be read (a comprehension in a help text) spoils only itself. */
  private tolerantArgument(): PythonValue {
    const start = this.position;
    try {
      const value = this.expression();
      if (this.at(',') || this.at(')')) return value;
    } catch (error) {
      if (!(error instanceof PythonSyntaxError)) throw error;
    }
    this.position = start;
    const line = this.current.line;
    for (let depth = 0; this.current.kind !== 'end'; this.position++) {
      const { text } = this.current;
      if (depth === 0 && (text === ',' || text === ')')) break;
      if ('([{'.includes(text)) depth++;
      else if (')]}'.includes(text)) depth--;
    }
    return new Unreadable('not a literal', line);
  }

  private atom(): PythonValue {
    const token = this.take();
    switch (token.kind) {
      case 'string':
        return this.adjacentStrings(token);
      case 'number':
        return Number(token.text.replaceAll('_', ''));
      case 'name':
        return this.nameValue(token);
      case 'operator':
        if (token.text === '(') return this.parenthesised();
        if (token.text === '[') return this.items(']');
        if (token.text === '{') return this.braces();
        break;
      default:
        break;
    }
    throw new PythonSyntaxError(`cannot read '${token.text}'`, token.line);
  }

  private adjacentStrings(first: PythonToken): PythonValue {
    let value = first.value;
    while (this.current.kind === 'string') {
      const next = this.take().value;
      value = value === undefined || next === undefined ? undefined : value + next;
    }
    return value ?? new Unreadable('an f-string', first.line);
  }

  private nameValue(token: PythonToken): PythonValue {
    if (Object.hasOwn(CONSTANTS, token.text)) return CONSTANTS[token.text] ?? null;
    const known = this.names.get(token.text) ?? this.imported.get(token.text);
    const reason = `'${token.text}' is known at run time only`;
    return known?.value ?? new Unreadable(reason, token.line, token.text);
  }

  private parenthesised(): PythonValue {
    if (this.at(')')) {
      this.take();
      return [];
    }
    const value = this.expressionList([')']);
    this.take(')');
    return value;
  }

  private items(close: string): PythonValue[] {
    const items: PythonValue[] = [];
    while (!this.at(close)) {
      items.push(this.expression());
      if (!this.at(close)) this.take(',');
    }
    this.take(close);
    return items;
  }

  private braces(): PythonValue {
    if (this.at('}')) {
      this.take();
      return new PythonDict(new Map());
    }
    const first = this.expression();
    if (!this.at(':')) {
      if (!this.at('}')) this.take(',');
      return new PythonSet([first, ...this.items('}')]);
    }
    const entries = new Map<PythonValue, PythonValue>();
    this.take(':');
    entries.set(first, this.expression());
    while (!this.at('}')) {
      this.take(',');
      if (this.at('}')) break;
      const key = this.expression();
      this.take(':');
      entries.set(key, this.expression());
    }
    this.take('}');
    return new PythonDict(entries);
  }
}

function opaque(operator: PythonToken): Unreadable {
  return new Unreadable(`'${operator.text}' on these values`, operator.line);
}

function addValues(left: PythonValue, operator: PythonToken, right: PythonValue): PythonValue {
  if (operator.text === '+') {
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    if (typeof left === 'number' && typeof right === 'number') return left + right;
    if (Array.isArray(left) && Array.isArray(right)) {
      return [...(left as PythonValue[]), ...(right as PythonValue[])];
    }
  }
  return opaque(operator);
}

/** `'%s-%s' % (a, b)` for plain `%s` and `%d`. */
function formatValue(template: PythonValue, values: PythonValue, line: number): PythonValue {
  const list = Array.isArray(values) ? (values as readonly PythonValue[]) : [values];
  if (typeof template !== 'string') return new Unreadable("'%' on these values", line);
  let used = 0;
  let readable = true;
  const text = template.replace(/%([%sd]|.)/g, (_, kind: string) => {
    if (kind === '%') return '%';
    const value = list[used++];
    readable &&= kind !== '' && 'sd'.includes(kind);
    readable &&= typeof value === 'string' || typeof value === 'number';
    return String(value);
  });
  if (!readable || used !== list.length) return new Unreadable("'%' on these values", line);
  return text;
}

function subscript(container: PythonValue, key: PythonValue, line: number): PythonValue {
  let found: PythonValue | undefined;
  if (container instanceof PythonDict) found = container.entries.get(key);
  else if (Array.isArray(container) && typeof key === 'number') {
    found = (container as readonly PythonValue[]).at(key);
  }
  return found ?? new Unreadable('a subscript', line);
}
