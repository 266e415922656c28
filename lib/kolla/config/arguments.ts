import { repr } from '../../jinja/value/repr.js';
import { nearest } from '../nearest.js';
import { UsageError } from './errors.js';

/** What the parser needs to know of one option. */
export interface Argument {
  /** Every spelling with its dashes, as listed in messages: `--base`, `-b`. */
  readonly flags: readonly string[];
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** Spelt in full or not at all: abbreviations never mean it. */
  readonly exact?: boolean;
}

/** Receives each option in the order of the command line, and the positional arguments once. */
export interface ArgumentHandler<A extends Argument> {
  option(argument: A, value: string | undefined): void;
  positionals(values: string[]): void;
}

interface Found<A> {
  /** `undefined`: looks like an option and is none. */
  readonly argument: A | undefined;
  readonly flag: string;
  readonly value: string | undefined;
}

const NEGATIVE_NUMBER = /^-\d+$|^-\d*\.\d+$/;

/**
 * Parses a command line as Python's argparse does with one positional of any length: `--opt v`,
 * `--opt=v`, `-ov`, `-xyz`, unambiguous prefixes, `--`, positionals in one contiguous run only.
 * Options are handed over as they are met, before errors further right are noticed.
 * Throws `UsageError` with argparse's message. Source: CPython 3.11 argparse.
 */
export function parseArguments<A extends Argument>(
  known: readonly A[],
  argv: readonly string[],
  handler: ArgumentHandler<A>,
): void {
  const byFlag = new Map<string, A>();
  for (const argument of known) for (const flag of argument.flags) byFlag.set(flag, argument);

  const dashes = argv.indexOf('--');
  const isDashes = (index: number): boolean => index === dashes;
  // All options are recognised before any is acted on, so an ambiguity wins over --help.
  const found = argv.map((text, index) =>
    dashes >= 0 && index >= dashes ? undefined : recognise(byFlag, text),
  );
  const isValue = (index: number): boolean =>
    index < argv.length && !isDashes(index) && found[index] === undefined;

  const extras: string[] = [];
  let positionalsTaken = false;
  const takePositionals = (from: number): number => {
    if (positionalsTaken) return from;
    positionalsTaken = true;
    let end = from;
    while (end < argv.length && found[end] === undefined) end += 1;
    handler.positionals(argv.slice(from, end).filter((_, offset) => !isDashes(from + offset)));
    return end;
  };

  let index = 0;
  const last = found.findLastIndex((option) => option !== undefined);
  while (index <= last) {
    const next = found.findIndex((option, at) => at >= index && option !== undefined);
    if (index !== next) {
      const end = takePositionals(index);
      if (end > index) {
        index = end;
        continue;
      }
      extras.push(...argv.slice(index, next));
      index = next;
    }
    index = takeOption(index);
  }
  extras.push(...argv.slice(takePositionals(index)));
  if (extras.length > 0) {
    throw new UsageError(`unrecognized arguments: ${extras.join(' ')}`, suggest(byFlag, extras));
  }

  function takeOption(start: number): number {
    let { argument, flag, value } = found[start]!;
    if (!argument) {
      extras.push(argv[start]!);
      return start + 1;
    }
    const pending: A[] = [];
    for (;;) {
      if (argument.takesValue) {
        const inline = value !== undefined;
        if (!inline && !isValue(start + 1)) {
          throw new UsageError(`argument ${argument.flags.join('/')}: expected one argument`);
        }
        for (const earlier of pending) handler.option(earlier, undefined);
        handler.option(argument, inline ? value : argv[start + 1]!);
        return start + (inline ? 1 : 2);
      }
      pending.push(argument);
      if (value === undefined) break;
      // "-dq" is "-d -q"; a long option that takes no value must not get one.
      const cluster: A | undefined =
        flag[1] === '-' || value === '' ? undefined : byFlag.get(`-${value[0]!}`);
      if (!cluster) {
        const name = argument.flags.join('/');
        throw new UsageError(`argument ${name}: ignored explicit argument ${repr(value)}`);
      }
      argument = cluster;
      flag = `-${value[0]!}`;
      value = value.length > 1 ? value.slice(1) : undefined;
    }
    for (const earlier of pending) handler.option(earlier, undefined);
    return start + 1;
  }
}

function recognise<A extends Argument>(
  byFlag: ReadonlyMap<string, A>,
  text: string,
): Found<A> | undefined {
  if (!text.startsWith('-') || text.length === 1) return undefined;
  const whole = byFlag.get(text);
  if (whole) return { argument: whole, flag: text, value: undefined };
  const equals = text.indexOf('=');
  const [name, value] =
    equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
  const named = equals < 0 ? undefined : byFlag.get(name);
  if (named) return { argument: named, flag: name, value };

  if (text.startsWith('--')) {
    const matches = [...byFlag].filter(([flag, { exact }]) => !exact && flag.startsWith(name));
    if (matches.length > 1) {
      const flags = matches.map(([flag]) => flag).join(', ');
      throw new UsageError(`ambiguous option: ${text} could match ${flags}`);
    }
    if (matches[0]) return { argument: matches[0][1], flag: matches[0][0], value };
  } else {
    const short = byFlag.get(text.slice(0, 2));
    if (short) return { argument: short, flag: text.slice(0, 2), value: text.slice(2) };
  }
  if (NEGATIVE_NUMBER.test(text) || text.includes(' ')) return undefined;
  return { argument: undefined, flag: text, value: undefined };
}

function suggest(
  byFlag: ReadonlyMap<string, Argument>,
  extras: readonly string[],
): string | undefined {
  const flags = [...byFlag.keys()].filter((flag) => flag.startsWith('--'));
  const hints = extras
    .filter((extra) => extra.startsWith('--'))
    .map((extra) => nearest(extra.split('=', 1)[0]!, flags))
    .filter((flag) => flag !== undefined);
  return hints.length > 0 ? `did you mean ${hints.join(', ')}?` : undefined;
}
