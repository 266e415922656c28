import { repr } from '../../jinja/value/repr.js';
import { ConfigError } from './errors.js';
import { lstrip, rstrip, strip } from './strip.js';

/** One assignment; `line` is that of its key, counted from 1. */
export interface IniValue {
  readonly text: string;
  readonly line: number;
}

/** Section name as spelt -> key -> every assignment in order. */
export type IniSections = Map<string, Map<string, IniValue[]>>;

// str.splitlines() would split on more; a text file read line by line in Python splits on these.
const LINES = /\r\n|\r|\n/;

/**
 * Parses oslo.config's dialect of INI: sections, `key = value` or `key: value`, indented continuation
 * lines, comments in the first column only, one pair of outer quotes dropped.
 * Throws `ConfigError` (`ConfigFileParseError`) that names `file` and the line.
 * Source: oslo.config: iniparser.py, cfg.py ConfigParser @10.7.0.
 */
export function parseIni(text: string, file: string): IniSections {
  const sections: IniSections = new Map();
  let section: Map<string, IniValue[]> | undefined;
  let pending: { key: string; parts: string[]; line: number } | undefined;
  let lineno = 0;

  const fail = (reason: string, line: string): never => {
    throw new ConfigError(
      'ConfigFileParseError',
      `Failed to parse ${file}: at ${file}:${lineno}, ${reason}: ${repr(line)}`,
    );
  };
  const flush = (): void => {
    if (!pending) return;
    if (!section) fail('Section must be started before assignment', '');
    const { key, parts, line } = pending;
    const values = section?.get(key) ?? [];
    values.push({ text: parts.join('\n'), line });
    section?.set(key, values);
    pending = undefined;
  };

  const lines = text.split(LINES);
  if (lines.at(-1) === '') lines.pop();
  for (const raw of lines) {
    lineno += 1;
    const line = rstrip(raw);
    if (line === '') {
      flush();
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (pending) pending.parts.push(lstrip(line));
      else fail('Unexpected continuation line', line);
    } else {
      flush();
      if (line.startsWith('[')) {
        if (!line.endsWith(']')) fail('Invalid section (must end with ])', line);
        if (line.length <= 2) fail('Empty section name', line);
        const name = line.slice(1, -1);
        section = sections.get(name) ?? new Map<string, IniValue[]>();
        sections.set(name, section);
      } else if (!line.startsWith('#') && !line.startsWith(';')) {
        const at = line.search(/[:=]/);
        if (at < 0) fail("No ':' or '=' found in assignment", line);
        const key = strip(line.slice(0, at));
        if (key === '') fail('Key cannot be empty', line);
        pending = { key, parts: [unquote(strip(line.slice(at + 1)))], line: lineno };
      }
    }
  }
  flush();
  return sections;
}

function unquote(value: string): string {
  const quoted = /^["']/.test(value) && value[0] === value.at(-1);
  return quoted ? value.slice(1, -1) : value;
}
