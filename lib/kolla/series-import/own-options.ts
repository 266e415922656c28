import type { OptionType } from '../option-spec.js';
import { OPTIONS } from '../options.js';
import type { ChangedOption, OwnOption } from '../series-facts.js';
import { findUnreadable, type PythonCall, PythonDict, type PythonValue } from './python-values.js';

/** Classes of oslo.config. Text that only has a form of its own (addresses, fractions) stays text. */
const TYPES: Readonly<Record<string, OptionType>> = {
  Opt: 'string',
  StrOpt: 'string',
  FloatOpt: 'string',
  URIOpt: 'string',
  HostAddressOpt: 'string',
  HostnameOpt: 'string',
  IPOpt: 'string',
  BoolOpt: 'bool',
  IntOpt: 'int',
  PortOpt: 'int',
  ListOpt: 'list',
  DictOpt: 'dict',
  MultiOpt: 'multi',
  MultiStrOpt: 'multi',
};

/** Choices that our table lists itself, and that do not come from another table of the series. */
const KNOWN: ReadonlyMap<string, readonly string[] | undefined | 'series'> = new Map(
  OPTIONS.map((spec) => {
    const choices = 'choices' in spec ? spec.choices : undefined;
    return [
      'flag' in spec ? spec.flag : spec.name,
      choices && 'series' in choices ? 'series' : choices,
    ];
  }),
);

/** What a declaration says that could not be read. */
export type Unread = (name: string, value: PythonValue) => void;

/** Reads `cfg.StrOpt('site', short='s', default='x')`. Returns `undefined` for an option that our table
 *  has. */
export function readOwnOption(
  call: PythonCall,
  inFilesOnly: boolean,
  unread: Unread,
): OwnOption | undefined {
  const flag = String(call.args[0]);
  if (KNOWN.has(flag)) return undefined;
  const type = TYPES[call.callee.replace(/^.*\./, '')];
  if (type === undefined) {
    unread(`option ${flag}`, call);
    return undefined;
  }
  const text = (key: string): string | undefined => {
    const value = call.kwargs.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  const dest = text('dest');
  const short = text('short');
  const preset = call.kwargs.get('default') ?? null;
  if (findUnreadable(preset)) unread(`default of ${flag}`, preset);
  const isMap = preset instanceof PythonDict;
  return {
    name: dest ?? flag,
    type,
    ...(dest !== undefined && dest !== flag && { flag }),
    ...(short !== undefined && { short }),
    ...(inFilesOnly && { where: 'file' as const }),
    ...(call.kwargs.get('positional') === true && { positional: true as const }),
    ...(preset !== null &&
      !findUnreadable(preset) && {
        default: (isMap
          ? Object.fromEntries(preset.entries as ReadonlyMap<string, string>)
          : preset) as NonNullable<OwnOption['default']>,
      }),
    ...readLimits(call, unread),
    help: text('help') ?? '',
  };
}

/** What an option that our table has may take here, where that is not what our table says. */
export function readChangedOption(call: PythonCall, unread: Unread): ChangedOption | undefined {
  const known = KNOWN.get(String(call.args[0]));
  if (known === 'series') return undefined;
  const { choices } = readLimits(call, unread);
  return choices && choices.join() !== known?.join() ? { choices } : undefined;
}

function readLimits(call: PythonCall, unread: Unread): Pick<OwnOption, 'choices' | 'min' | 'max'> {
  const isPort = call.callee.endsWith('PortOpt');
  const number = (key: string, preset: number): number | undefined => {
    const value = call.kwargs.get(key);
    return typeof value === 'number' ? value : isPort ? preset : undefined;
  };
  const [min, max] = [number('min', 0), number('max', 65535)];
  const listed = call.kwargs.get('choices') ?? null;
  const isRead = Array.isArray(listed) && !findUnreadable(listed);
  if (listed !== null && !isRead) unread(`choices of ${String(call.args[0])}`, listed);
  // A choice may come with a sentence about it.
  const choices = isRead
    ? (listed as readonly PythonValue[]).map((item) =>
        String(Array.isArray(item) ? (item as readonly PythonValue[])[0] : item),
      )
    : undefined;
  return {
    ...(choices && { choices }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}
