/** What a Python expression means to a reader that runs nothing. */
export type PythonValue =
  | null
  | boolean
  | number
  | string
  | readonly PythonValue[]
  | PythonDict
  | PythonSet
  | PythonCall
  | Unreadable;

/** A dict display in source order. */
export class PythonDict {
  constructor(readonly entries: ReadonlyMap<PythonValue, PythonValue>) {}
}

/** A set display in source order. */
export class PythonSet {
  constructor(readonly items: readonly PythonValue[]) {}
}

/** A call that is recorded, not made: `cfg.StrOpt('base', short='b')`. */
export class PythonCall {
  constructor(
    readonly callee: string,
    readonly args: readonly PythonValue[],
    readonly kwargs: ReadonlyMap<string, PythonValue>,
    readonly line: number,
  ) {}
}

/** An expression whose value only Python knows. `line` is 1-based, `path` the dotted name that the
 *  expression is, where it is one. */
export class Unreadable {
  constructor(
    readonly reason: string,
    readonly line: number,
    readonly path?: string,
  ) {}
}

/** The first unreadable part inside a value, or `undefined` when all of it was read. */
export function findUnreadable(value: PythonValue): Unreadable | undefined {
  if (value instanceof Unreadable) return value;
  const parts =
    value instanceof PythonDict
      ? [...value.entries.keys(), ...value.entries.values()]
      : value instanceof PythonSet
        ? value.items
        : value instanceof PythonCall
          ? [...value.args, ...value.kwargs.values()]
          : Array.isArray(value)
            ? (value as readonly PythonValue[])
            : [];
  for (const part of parts) {
    const found = findUnreadable(part);
    if (found) return found;
  }
  return undefined;
}
