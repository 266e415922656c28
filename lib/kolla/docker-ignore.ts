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

// Python's line ends and blanks; JavaScript counts a byte order mark among the blanks.
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
const strip = (text: string): string =>
  text.replace(/^(?:[^\S\ufeff]|[\x1c-\x1f\x85])+|(?:[^\S\ufeff]|[\x1c-\x1f\x85])+$/g, '');

// A preprocessing step of Docker's: blanks, slashes at both ends, "." and ".." are resolved away.
function cleanPattern(pattern: string): string {
  const parts: string[] = [];
  for (const part of strip(pattern).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** What Docker's SDK for Python takes a pattern for: nothing quotes, a star stays within a name. */
function patternToRegExp(pattern: string): RegExp {
  const glob = [...pattern.toLowerCase()];
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    if (char === '*' && glob[at + 1] === '*') {
      at += glob[at + 2] === '/' ? 2 : 1;
      source += at + 1 >= glob.length ? '[^\\n]*' : '(?:[^\\n]*/)?';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const not = glob[at + 1] === '!' ? 1 : 0;
      // A bracket that comes first is a member of the set.
      const end = glob.indexOf(']', at + 1 + not + (glob[at + 1 + not] === ']' ? 1 : 0));
      if (end < 0) {
        source += '\\[';
        continue;
      }
      const set = glob.slice(at + 1 + not, end).map((one) => (one === '-' ? one : escapeSet(one)));
      source += `[${not ? '^' : ''}${set.join('')}]`;
      at = end;
    } else source += escapeRegExp(char);
  }
  try {
    // As in Python, the end is also before a newline that ends the name.
    return new RegExp(`^${source}\\n?$`, 'u');
  } catch (error) {
    throw new Error(`.dockerignore has a pattern that means nothing: ${pattern}`, { cause: error });
  }
}

const escapeSet = (text: string): string => text.replace(/[\\\][^]/g, '\\$&');

/** What Docker itself, and Podman, takes a pattern for. */
function daemonRegExp(glob: string): RegExp {
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
      source += `[${glob.slice(at + 1, end).replace(/[\\[]/g, '\\$&')}]`;
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
 * Reads a `.dockerignore` by the rules of Docker's SDK for Python, to which case means nothing, or by
 * those of Docker itself. The Dockerfile and the file itself always reach the daemon, which needs them;
 * it leaves them out of what `COPY` sees, by its own rules. The last matching pattern decides. Throws
 * where a pattern is none. Source: docker-py docker/utils/build.py, fnmatch.py.
 */
export function parseDockerIgnore(text: string, by: 'sdk' | 'docker' = 'sdk'): DockerIgnore {
  const lines = text.split(LINE_END).map(strip);
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const rules = [...patterns, '!Dockerfile', '!.dockerignore'].flatMap((pattern): Rule[] => {
    const includes = pattern.startsWith('!');
    const cleaned = cleanPattern(includes ? pattern.slice(1) : pattern);
    if (cleaned === '') return [];
    const depth = cleaned.split('/').length;
    return [
      {
        includes,
        text: cleaned,
        depth,
        matches: (by === 'sdk' ? patternToRegExp : daemonRegExp)(cleaned),
      },
    ];
  });
  const excludes = (path: string): boolean => {
    const name = by === 'sdk' ? path.toLowerCase() : path;
    const parts = name.split('/');
    let excluded = false;
    for (const rule of rules) {
      const hit =
        rule.matches.test(name) ||
        (rule.depth < parts.length && rule.matches.test(parts.slice(0, rule.depth).join('/')));
      if (hit) excluded = !rule.includes;
    }
    return excluded;
  };
  const hides = (name: string): boolean =>
    rules
      .slice(0, -2)
      .reduce(
        (hidden, { includes, text }) => (daemonRegExp(text).test(name) ? !includes : hidden),
        false,
      );
  return {
    excludes,
    hides,
    // To the SDK nothing but the beginning of a pattern's text counts: stars bring no folder back.
    mayInclude: (folder) =>
      rules.some(
        ({ includes, text }) =>
          includes && (text.startsWith(folder) || (by === 'docker' && /[*?[]/.test(text))),
      ),
  };
}
