import type { BaseRule } from '../base-rules.js';

interface OpenBranch {
  readonly indent: number;
  readonly bases?: readonly string[];
  readonly tags?: readonly string[];
}

const BRANCH = /^( *)(?:if|elif|else)\b(.*):\s*$/;
const QUOTED = /'([^']*)'|"([^"]*)"/g;

/** Reads the `if` chain of a Python program that assigns string literals to `target`
 *  (`self.conf.distro_python_version`) into rules, first match wins. Understands tests of
 *  `self.base` and `self.base_tag.startswith`; a branch with any other test is left out. */
export function readBaseRules(source: string, target: string): BaseRule[] {
  const lists = readNamedLists(source);
  const assigned = new RegExp(`^( *)${target.replaceAll('.', '\\.')} = ["']([^"']*)["']`);
  const open: OpenBranch[] = [];
  const rules: BaseRule[] = [];
  let unknownBelow = Infinity;
  for (const line of source.split('\n')) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const indent = line.length - line.trimStart().length;
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    if (indent <= unknownBelow) unknownBelow = Infinity;
    const branch = BRANCH.exec(line);
    if (branch) {
      const test = (branch[2] ?? '').trim();
      const conditions = readConditions(test, lists);
      if (conditions) open.push({ indent, ...conditions });
      else if (unknownBelow === Infinity) unknownBelow = indent;
      continue;
    }
    const value = assigned.exec(line)?.[2];
    if (value === undefined || unknownBelow !== Infinity) continue;
    const bases = open.findLast((scope) => scope.bases)?.bases;
    const tags = open.findLast((scope) => scope.tags)?.tags;
    rules.push({ ...(bases && { bases }), ...(tags && { tags }), value });
  }
  return rules;
}

function quotedStrings(text: string): string[] {
  return [...text.matchAll(QUOTED)].map((match) => match[1] ?? match[2] ?? '');
}

/** `rh_base = ['centos', 'rhel']`, which conditions refer to by name. */
function readNamedLists(source: string): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [, name, items] of source.matchAll(/^ *(\w+) = \[([^\]]*)\]$/gm)) {
    if (name !== undefined && items !== undefined) lists.set(name, quotedStrings(items));
  }
  return lists;
}

function readConditions(
  test: string,
  lists: ReadonlyMap<string, string[]>,
): { bases?: readonly string[]; tags?: readonly string[] } | undefined {
  if (test === '') return {};
  const found: { bases?: readonly string[]; tags?: readonly string[] } = {};
  for (const part of test.split(' and ')) {
    const base = /^\(?self\.base (?:in (\w+|\[.*\])|== (.*?))\)?$/.exec(part.trim());
    const tag = /^\(?self\.base_tag\.startswith\((.*?)\)\)?$/.exec(part.trim());
    if (base) {
      const named = base[1] === undefined ? undefined : lists.get(base[1]);
      found.bases = named ?? quotedStrings(base[1] ?? base[2] ?? '');
    } else if (tag) found.tags = quotedStrings(tag[1] ?? '');
    else return undefined;
  }
  return found;
}
