"""The completion scripts of shells, and the answers to their questions.

A script starts the command with the words of the command line in the environment, and click finds the parameter to complete. The
scripts are not click's: these keep values with commas whole, quote file names, complete `--option=value`, and print no errors.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar, Final

from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from gitlabgen.cli._output import say

__all__ = ["SHELLS", "answer", "script"]

_PROGRAM: Final = "gitlabgen"
_VARIABLE: Final = "_GITLABGEN_COMPLETE"

_BASH: Final = """\
%(complete_func)s() {
    local IFS=$'\\n' line kind value
    COMPREPLY=()
    while read -r line; do
        kind=${line%%%%,*} value=${line#*,}
        case $kind in
            path) compopt -o filenames ;;
            part) compopt -o nospace ;;
        esac
        COMPREPLY+=("$value")
    done < <(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" \\
        %(complete_var)s=bash_complete "${1:-%(prog_name)s}" 2>/dev/null)
} 2>/dev/null

# Before version 4.4, bash always sorts.
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""

_ZSH: Final = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a lines plain described files folders parts
    local kind value text
    lines=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete "${words[1]:-%(prog_name)s}" 2>/dev/null)}")
    for kind value text in "${lines[@]}"; do
        case $kind in
            '') ;;
            path) if [[ $value == */ ]]; then folders+=("$value"); else files+=("$value"); fi ;;
            part) parts+=("$value") ;;
            *) if [[ $text == _ ]]; then plain+=("$value"); else described+=("$value:$text"); fi ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#plain )) && compadd -U -V unsorted -a plain
    (( $#parts )) && compadd -U -V unsorted -S '' -a parts
    (( $#folders )) && compadd -U -V unsorted -f -S '' -a folders
    (( $#files )) && compadd -U -V unsorted -f -a files
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH: Final = """\
function %(complete_func)s
    set -l program (commandline -opc)[1]
    for line in (env COMP_WORDS=(commandline -cp | string collect) COMP_CWORD=(commandline -ct | string collect) \\
            %(complete_var)s=fish_complete $program 2>/dev/null)
        printf '%%s\\n' (string split --max 1 , -- $line)[2]
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Completer(ShellComplete):
    """Completes whole words: click leaves out the option in `--option=value`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return the words that can be at the cursor."""
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if not equals or not option.startswith("--"):
            return found
        return [CompletionItem(f"{option}={item.value}", type=item.type, help=item.help) for item in found]


class _Bash(_Completer, BashComplete):
    source_template: ClassVar[str] = _BASH

    def source(self) -> str:
        """Return the script; it adapts itself to the version of bash that reads it."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor, and the one at the cursor, joined where bash separates words at `=` and `:`."""
        before, last = super().get_completion_args()
        words: list[str] = []
        glue = False
        for word in [*before, last]:
            separates = bool(word) and set(word) <= {"=", ":"}
            if words and word and (glue or separates):
                words[-1] += word
            else:
                words.append(word)
            glue = separates
        *args, incomplete = words
        # Bash replaces only what follows the last separator.
        self._kept = len(incomplete) - len(last.lstrip("=:"))
        return args, incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return a line: the kind, and the part of the word that bash replaces."""
        return f"{item.type},{item.value[self._kept :]}"


class _Zsh(_Completer, ZshComplete):
    source_template: ClassVar[str] = _ZSH


class _Fish(_Completer, FishComplete):
    source_template: ClassVar[str] = _FISH


SHELLS: Final[dict[str, type[_Completer]]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}
"""The shells for which there is a script."""


def _completer(shell: str) -> _Completer:
    from gitlabgen.cli._group import cli

    return SHELLS[shell](cli, {}, _PROGRAM, _VARIABLE)


def script(shell: str) -> str:
    """Return the completion script of a shell.

    Args:
        shell: A key of `SHELLS`.
    """
    return _completer(shell).source()


def answer() -> int:
    """Print what a completion script asks for in the environment, and return the exit code."""
    shell = os.environ[_VARIABLE].removesuffix("_complete")
    if shell not in SHELLS:
        return 2
    lines = _completer(shell).complete()
    say(f"{lines}\n" if lines else "")
    return 0
