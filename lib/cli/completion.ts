import type { CommandLineArgument } from '../kolla/config/command-line.js';
import type { Option } from '../kolla/config/settings.js';

const PROGRAM = 'kolla-build';

const flagsOf = (known: readonly CommandLineArgument[]): string[] =>
  known.flatMap((argument) => [...argument.flags]);

const choicesOf = ({ spec }: CommandLineArgument): readonly string[] =>
  (spec as Option | undefined)?.choices ?? [];

/** A completion script: options by name, values of options with choices, else files. */
export function completionScript(
  shell: 'bash' | 'zsh',
  known: readonly CommandLineArgument[],
): string {
  const cases = known
    .filter((argument) => argument.takesValue && choicesOf(argument).length > 0)
    .map(
      (argument) => `    ${argument.flags.join('|')}) words="${choicesOf(argument).join(' ')}" ;;`,
    );
  const files = known
    .filter((argument) => argument.takesValue && choicesOf(argument).length === 0)
    .flatMap((argument) => argument.flags);
  const body = [
    '_kolla_build() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""',
    '  case "$before" in',
    ...cases,
    `    ${files.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;`,
    `    *) words="${flagsOf(known).join(' ')}" ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    `complete -F _kolla_build ${PROGRAM}`,
  ];
  const prelude = shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : [];
  return `${[...prelude, ...body].join('\n')}\n`;
}
