/** Tells whether a path, relative to the context with `/` between its parts, stays out of it. */
export interface DockerIgnore {
  excludes(path: string): boolean;
  /** Tells whether `COPY` does not see a file although the daemon is sent it. */
  hides(name: 'Dockerfile' | '.dockerignore'): boolean;
  /** False if nothing below an excluded folder can come back through a `!` pattern. */
  mayInclude(folder: string): boolean;
}

interface Rule {
  readonly includes: boolean;
  readonly text: string;
  readonly depth: number;
  readonly matches: RegExp;
}

// A preprocessing step of Docker's: blanks, slashes at both ends, "." and ".." are resolved away.
function cleanPattern(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.trim().split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function globToRegExp(glob: string): RegExp {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    if (char === '*' && glob[at + 1] === '*') {
      at += glob[at + 2] === '/' ? 2 : 1;
      source += at + 1 >= glob.length ? '.*' : '(?:.*/)?';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[' && glob.indexOf(']', at + 2) > 0) {
      const end = glob.indexOf(']', at + 2);
      const set = glob.slice(at + 1, end).replace(/[\\[]/g, '\\$&');
      source += `[${set.startsWith('!') ? `^${set.slice(1)}` : set}]`;
      at = end;
    } else if (char === '\\' && at + 1 < glob.length) {
      at += 1;
      source += escapeRegExp(glob[at]!);
    } else source += escapeRegExp(char);
  }
  return new RegExp(`^${source}$`, 's');
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/**
 * Reads a `.dockerignore`. The Dockerfile and the file itself always reach the daemon, which needs
 * them; it leaves them out of what `COPY` sees. The last matching pattern decides.
 */
export function parseDockerIgnore(text: string): DockerIgnore {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const rules = patterns.flatMap((pattern): Rule[] => {
    const includes = pattern.startsWith('!');
    const cleaned = cleanPattern(includes ? pattern.slice(1) : pattern);
    if (cleaned === '') return [];
    const depth = cleaned.split('/').length;
    return [{ includes, text: cleaned, depth, matches: globToRegExp(cleaned) }];
  });
  const excludes = (path: string): boolean => {
    const parts = path.split('/');
    let excluded = false;
    for (const rule of rules) {
      const hit =
        rule.matches.test(path) ||
        (rule.depth < parts.length && rule.matches.test(parts.slice(0, rule.depth).join('/')));
      if (hit) excluded = !rule.includes;
    }
    return excluded;
  };
  return {
    excludes: (path) => !/^(Dockerfile|\.dockerignore)(\/|$)/.test(path) && excludes(path),
    hides: excludes,
    mayInclude: (folder) =>
      rules.some(
        (rule) =>
          rule.includes &&
          (rule.text.startsWith(`${folder}/`) ||
            rule.text.startsWith('**') ||
            /[*?[]/.test(rule.text)),
      ),
  };
}
