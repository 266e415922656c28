import { address } from './address.js';
import { DictView } from './dict-view.js';
import { dictEntries, isDict } from './dict.js';
import { Generator } from './generator.js';
import { Float } from './number.js';
import { floatText } from './float-text.js';
import { REPR, STR, STRING, hooks } from './protocol.js';
import { Range } from './range.js';
import { FrozenSet } from './set.js';
import { Slice } from './slice.js';
import { str } from './str.js';
import { Tuple } from './tuple.js';
import { typeName } from './type-name.js';

const PLAIN_ASCII = /^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/;
/** What Python's `str.isprintable` denies: categories C* and Z*, but for the space. */
const UNPRINTABLE = /[\p{C}\p{Z}\\]/gu;
const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  ' ': ' ',
};

function escapeCharacter(character: string): string {
  const named = NAMED_ESCAPES[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Python's `repr(str)`: single quotes unless only single quotes occur inside. */
export function reprString(text: string): string {
  if (PLAIN_ASCII.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(UNPRINTABLE, escapeCharacter);
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

/** Python's `ascii(value)`: the repr with everything beyond ASCII escaped. */
export function ascii(value: unknown): string {
  return repr(value).replace(/[^\x00-\x7f]/gu, escapeCharacter);
}

/** Python's `repr(bytes)`. */
export function reprBytes(bytes: Uint8Array): string {
  let body = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (byte === 0x5c || byte === 9 || byte === 10 || byte === 13) {
      body += NAMED_ESCAPES[character];
    } else if (byte < 0x20 || byte > 0x7e) {
      body += `\\x${byte.toString(16).padStart(2, '0')}`;
    } else {
      body += character;
    }
  }
  const quote = body.includes("'") && !body.includes('"') ? '"' : "'";
  return `b${quote}${quote === "'" ? body.replaceAll("'", "\\'") : body}${quote}`;
}

/** Containers whose repr is being made: meeting one again prints `[...]`. */
const active: object[] = [];

function guarded(container: object, ellipsis: string, body: () => string): string {
  if (active.includes(container)) return ellipsis;
  active.push(container);
  try {
    return body();
  } finally {
    active.pop();
  }
}

function joined(items: Iterable<unknown>): string {
  let text = '';
  let separator = '';
  for (const item of items) {
    text += separator + repr(item);
    separator = ', ';
  }
  return text;
}

function reprSet(set: Set<unknown>): string {
  const name = set instanceof FrozenSet ? 'frozenset' : 'set';
  if (set.size === 0) return `${name}()`;
  return guarded(set, `${name}(...)`, () =>
    name === 'set' ? `{${joined(set)}}` : `frozenset({${joined(set)}})`,
  );
}

function reprContainer(value: object): string | undefined {
  if (Array.isArray(value)) {
    if (!(value instanceof Tuple)) return guarded(value, '[...]', () => `[${joined(value)}]`);
    const comma = value.length === 1 ? ',' : '';
    return guarded(value, '(...)', () => `(${joined(value)}${comma})`);
  }
  if (value instanceof Float) return floatText(value.value);
  if (isDict(value)) {
    return guarded(value, '{...}', () => {
      const items = dictEntries(value).map(([key, item]) => `${repr(key)}: ${repr(item)}`);
      return `{${items.join(', ')}}`;
    });
  }
  if (value instanceof Set) return reprSet(value);
  if (value instanceof Range) {
    const step = value.step === 1 ? '' : `, ${value.step}`;
    return `range(${value.start}, ${value.stop}${step})`;
  }
  if (value instanceof DictView) {
    return guarded(value, '...', () => `dict_${value.kind}([${joined(value.toArray())}])`);
  }
  if (value instanceof Generator) return `<${value.description} at ${address(value)}>`;
  if (value instanceof Slice) {
    return `slice(${repr(value.start)}, ${repr(value.stop)}, ${repr(value.step)})`;
  }
  if (value instanceof Uint8Array) return reprBytes(value);
  return undefined;
}

function dateFields(date: Date): number[] {
  const iso = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  ];
  const seconds = date.getUTCSeconds();
  const micros = date.getUTCMilliseconds() * 1000;
  if (seconds || micros) iso.push(seconds);
  if (micros) iso.push(micros);
  return iso;
}

/** A Date prints as Python's aware UTC datetime with the same instant. */
function dateText(date: Date, form: 'str' | 'repr'): string {
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  if (form === 'repr') {
    return `datetime.datetime(${dateFields(date).join(', ')}, tzinfo=datetime.timezone.utc)`;
  }
  const [day, time = ''] = date.toISOString().split('T');
  const millis = time.slice(9, 12);
  return `${day} ${time.slice(0, 8)}${millis === '000' ? '' : `.${millis}000`}+00:00`;
}

function ownToString(value: object): (() => unknown) | undefined {
  const { toString } = value as { toString?: unknown };
  return typeof toString === 'function' && toString !== Object.prototype.toString
    ? (toString as () => unknown)
    : undefined;
}

function javaScriptText(value: object, form: 'str' | 'repr'): string {
  if (typeof value === 'function') {
    return typeName(value) === 'type'
      ? `<class '${value.name}'>`
      : `<function ${value.name || '<lambda>'} at ${address(value)}>`;
  }
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return form === 'str' ? str(value.valueOf()) : repr(value.valueOf());
  }
  if (value instanceof Date) return dateText(value, form);
  if (value instanceof Error) {
    return form === 'str' ? value.message : `${value.name}(${reprString(value.message)})`;
  }
  if (value instanceof RegExp) return `re.compile(${reprString(value.source)})`;
  const toText = form === 'str' ? ownToString(value) : undefined;
  if (toText !== undefined) return String(Reflect.apply(toText, value, []));
  return `<${typeName(value)} object at ${address(value)}>`;
}

/** `str` or `repr` of an object that is not a str and has no hook for the wanted form. */
export function objectText(value: object, form: 'str' | 'repr'): string {
  const custom = hooks(value);
  if (form === 'str' && custom?.[REPR] !== undefined) return custom[REPR]();
  if (form === 'repr' && custom?.[STRING] !== undefined) return reprString(custom[STRING]);
  const container = reprContainer(value);
  if (container !== undefined) return container;
  if (form === 'repr' && custom?.[STR] !== undefined) {
    return `<${typeName(value)} object at ${address(value)}>`;
  }
  return javaScriptText(value, form);
}

/** Python's `repr(value)`. JavaScript's `undefined` prints as `Undefined`. */
export function repr(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return reprString(value);
    case 'undefined':
      return 'Undefined';
    case 'symbol':
      return String(value);
    case 'object':
    case 'function': {
      if (value === null) return 'None';
      const custom = hooks(value)?.[REPR];
      return custom === undefined ? objectText(value, 'repr') : custom.call(value);
    }
    default:
      return str(value);
  }
}
