"""Find the program that a command runs through another one, such as `timeout 30m sam deploy`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gitlabgen.analysis.shell import Word

_SIMPLE: Final = frozenset({"builtin", "command", "exec", "nohup", "setsid"})
# The wrappers with the options that take a value.
_WITH_OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "env": frozenset({"-u", "-C", "-S"}),
    "nice": frozenset({"-n"}),
    "sudo": frozenset({"-u", "-g", "-h", "-p"}),
    "timeout": frozenset({"-k", "-s"}),
}
_RUNNERS: Final = frozenset({("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("pdm", "run"), ("hatch", "run")})
_MODULES: Final = {"awscli": "aws", "samcli": "sam"}
_SHELLS: Final = frozenset({"bash", "sh", "dash", "zsh", "/bin/bash", "/bin/sh"})
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*=")


def without_wrappers(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return the words of a command from the program that does the work.

    Args:
        words: The words of the command.
    """
    while len(words) > 1:
        first = words[0]
        if first in _SIMPLE:
            words = words[1:]
        elif first in _WITH_OPTIONS:
            words = _after_options(words[1:], _WITH_OPTIONS[first])
            if first == "timeout":
                words = words[1:]  # the duration
            while first in ("env", "sudo") and words and _ASSIGNMENT.match(words[0]):
                words = words[1:]
        elif words[:2] in _RUNNERS:
            words = words[2:]
        elif first in ("python", "python3") and words[1] == "-m" and words[2:] and words[2] in _MODULES:
            words = (words[2].part(_MODULES[words[2]]), *words[3:])
        else:
            break
    return words


def _after_options(words: tuple[Word, ...], with_value: frozenset[str]) -> tuple[Word, ...]:
    while words and words[0].startswith("-"):
        words = words[2 if words[0] in with_value else 1 :]
    return words


def inner_script(words: tuple[Word, ...]) -> str | None:
    """Return the script that `bash -c` or `eval` runs; None if the command is another one.

    Args:
        words: The words of the command.
    """
    if words[0] == "eval":
        return " ".join(words[1:])
    if words[0] not in _SHELLS:
        return None
    rest, has_script = words[1:], False
    while rest and rest[0].startswith(("-", "+")):
        has_script = has_script or re.fullmatch("-[a-z]*c[a-z]*", rest[0]) is not None
        rest = rest[2 if rest[0].endswith("o") else 1 :]  # `-o` takes the name of a setting
    return str(rest[0]) if has_script and rest else None
