// Checks what no linter knows: the repository names no machine and no download address.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
// Written so that this file does not match itself.
const FORBIDDEN = [
  [/"resolved":/, 'a download address in a lock file', /(^|\/)package-lock\.json$/],
  [/(^|[\s"'`(=:])\/(work|root)\/[a-z.]/i, 'a path of one machine', /./],
  [
    /registry\.npm[j]s\.org|[p]ypi\.org|files\.python[h]osted|repo1?\.[m]aven/,
    'a registry host',
    /./,
  ],
];
const TEXT = /\.(js|ts|json|md|j2|yaml|yml|py|sh|txt|conf|cfg)$|^\.ci\//;

const problems = [];
for (const file of files.filter((name) => TEXT.test(name))) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    continue;
  }
  text.split('\n').forEach((line, index) => {
    for (const [pattern, what, where] of FORBIDDEN) {
      if (where.test(file) && pattern.test(line)) {
        problems.push(`${file}:${index + 1}: ${what}: ${line.trim().slice(0, 120)}`);
      }
    }
  });
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
