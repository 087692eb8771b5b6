"""Find the commands in a job's scripts without running a shell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from gitlabgen.analysis.arguments import Arguments, arguments_of
from gitlabgen.analysis.folders import MOVES, moved
from gitlabgen.analysis.folders import joined as joined_path
from gitlabgen.analysis.programs import inner_script, without_wrappers
from gitlabgen.analysis.sam_configs import SamConfig, SamConfigs
from gitlabgen.analysis.shell import ShellCommand, ShellReader, Word
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.modeling.problems import Path

SCRIPTS: Final = ("before_script", "script", "after_script")
"""The keywords of a job that hold commands."""

_VARIABLE: Final = r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))"
_MOST_LEVELS: Final = 8
_KEEPS: Final = frozenset({"export", "declare", "typeset", "readonly", "local", "unset"})
_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_POWERSHELL: Final = "$env:"


@attrs.frozen(eq=False)
class Command:
    """A command that a job runs.

    Args:
        job: The job.
        path: The path to the script line, in the job.
        words: The words of the command, with known variables expanded.
        folder: The folder in which it runs, relative to the repository's root; it contains `$` if it is unknown.
        has_input: Whether its standard input is a pipe, a file or a text.
        configs: The configuration files of SAM.
    """

    job: BaseJob
    path: Path
    words: tuple[Word, ...]
    folder: str = ""
    has_input: bool = False
    configs: SamConfigs = attrs.field(factory=SamConfigs)

    @cached_property
    def arguments(self) -> Arguments:
        """The arguments, as the program reads them."""
        return arguments_of(self.words)

    @property
    def name(self) -> str:
        """The program with its subcommands, such as `aws cloudformation deploy`."""
        return self.arguments.name

    @property
    def is_sam(self) -> bool:
        """Whether the program is `sam`."""
        return self.name.startswith("sam ")

    @cached_property
    def config(self) -> SamConfig:
        """The defaults of SAM's options."""
        if not self.is_sam:
            return SamConfig(is_known=True)
        template, file, environment = (self._first(name) for name in ("--template-file", "--config-file", "--config-env"))
        return self.configs.config(self.name.removeprefix("sam ").replace("-", "_"), self.folder, template, file, environment)

    @property
    def is_complete(self) -> bool:
        """Whether all options are known."""
        return self.arguments.is_complete and not self.arguments.is_refused and self.config.is_known

    @property
    def may_have_more(self) -> bool:
        """Whether there are words or a configuration file that may hold further options."""
        return not self.arguments.is_complete or self.arguments.is_refused or self.config.is_hidden

    def values(self, option: str) -> tuple[str, ...] | None:
        """Return the values of an option, from the command or from SAM's configuration; None if it is not given.

        Args:
            option: The option's main name, such as `--template-file`.
        """
        given = self.arguments.values.get(option)
        if given is not None:
            return given
        default = self.config.values.get(option[2:].replace("-", "_"))
        if default is None:
            return None
        return tuple(map(str, default)) if isinstance(default, list) else (str(default),)

    def value(self, option: str) -> str | None:
        """Return the first value of an option, from the command or from SAM's configuration; None if it is not given.

        Args:
            option: The option's main name.
        """
        return next(iter(self.values(option) or ()), None)

    def switch(self, option: str) -> bool | None:
        """Return whether an option without a value is on, by the command or by SAM's configuration; None if it is not given.

        Args:
            option: The option's main name, such as `--guided`.
        """
        given = self.arguments.switches.get(option)
        if given is not None:
            return given
        default = self.config.values.get(option[2:].replace("-", "_"))
        return None if default is None else str(default).strip().lower() in _TRUE

    def _first(self, option: str) -> str | None:
        return next(iter(self.arguments.values.get(option, ())), None)

    def file(self, path: str) -> str:
        """Return a file of the command relative to the repository's root; it contains `$` if it is unknown.

        Args:
            path: The path as the command gives it.
        """
        return joined_path(self.folder, path)

    @property
    def stack(self) -> str | None:
        """The stack's name, if it is given, with every variable written as `$NAME`."""
        name = self.value("--stack-name")
        return None if name is None else re.sub(r"\$\{(\w+)\}(?!\w)", r"$\1", name)

    @property
    def deploys(self) -> bool:
        """Whether the command creates or updates a stack."""
        return self.name in ("aws cloudformation deploy", "sam deploy")

    @property
    def deletes(self) -> bool:
        """Whether the command deletes a stack."""
        return self.name in ("aws cloudformation delete-stack", "sam delete")


def values_of(variables: object) -> dict[str, str]:
    """Return variables with string or integer values, as strings.

    Args:
        variables: The value of `variables`.
    """
    if not isinstance(variables, Mapping):
        return {}
    values = {name: getattr(value, "value", value) for name, value in variables.items()}
    return {name: str(value) for name, value in values.items() if isinstance(value, str | int) and value is not None}


def commands_of(
    job: BaseJob, variables: Mapping[str, str], markers: Sequence[str], configs: SamConfigs | None = None
) -> Iterator[Command]:
    """Yield the commands of a job's scripts.

    Args:
        job: The job.
        variables: The variables that the pipeline sets for it.
        markers: Only lines that contain one of these strings are read for commands.
        configs: The configuration files of SAM.
    """
    configs = configs or SamConfigs()
    known = {name: expanded(value, variables) for name, value in variables.items()}
    shell = _Shell(known)
    texts = [
        line
        for keyword in SCRIPTS
        for _, line in script_lines(getattr(job, keyword, None), ())
        if any(word in line for word in markers)
    ]
    used = frozenset(match[1] for line in texts for match in re.finditer(r"\$\{?(\w+)", line))
    for keyword in SCRIPTS:
        if keyword == "after_script":
            shell = _Shell(known)
        for path, line in script_lines(getattr(job, keyword, None), (keyword,)):
            if _POWERSHELL in line:
                continue
            has_marker = any(word in line for word in markers)
            sets = any(match[0] in used for match in re.finditer(r"(?<![\w${])\w+", line))
            if has_marker or sets or any(word in line for word in MOVES):
                for command, folder in shell.run(line):
                    if has_marker:
                        yield Command(job, path, command.words, folder, command.has_input, configs)


class _Shell:
    """The folder and the known variables of a shell while it runs a script.

    Args:
        variables: The variables of the pipeline.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._folder = ""
        self._variables = dict(variables)

    def run(self, script: str, level: int = 0) -> Iterator[tuple[ShellCommand, str]]:
        """Yield the commands of a script that run a program, each with the folder in which it runs."""
        outer: list[tuple[int, str, dict[str, str]]] = []
        for command in ShellReader(script, self._variables).commands():
            while outer and outer[-1][0] not in command.groups:
                self._leave(outer)
            outer += [(group, self._folder, dict(self._variables)) for group in command.groups[len(outer) :]]
            words = without_wrappers(command.words)
            if not words or words[0] in _KEEPS:
                self._assign(command)
            elif words[0] in MOVES:
                self._folder = moved(self._folder, words, is_certain=command.is_certain)
            elif (inner := inner_script(words)) is not None and level < _MOST_LEVELS:
                before = (self._folder, dict(self._variables))
                yield from self.run(inner, level + 1)
                self._folder = before[0]
                self._restore(before[1])
            else:
                yield attrs.evolve(command, words=words), self._folder

    def _leave(self, outer: list[tuple[int, str, dict[str, str]]]) -> None:
        """End a subshell, which keeps its changes to itself."""
        _, self._folder, variables = outer.pop()
        self._restore(variables)

    def _restore(self, variables: Mapping[str, str]) -> None:
        self._variables.clear()  # the reader of the script has this object
        self._variables.update(variables)

    def _assign(self, command: ShellCommand) -> None:
        is_unset = command.words[:1] == ("unset",)
        for assignment in command.assignments:
            name, value = str(assignment.name), assignment.value
            if value is not None and command.is_certain and "$" not in value:
                self._variables[name] = str(value)
            elif value is not None or is_unset:
                self._variables.pop(name, None)


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Return a string with known variables expanded; others stay unchanged.

    Args:
        text: The string.
        variables: The values by name.
    """
    for _ in range(_MOST_LEVELS):
        filled = re.sub(_VARIABLE, lambda match: variables.get(match[1] or match[2], match[0]), text)
        if filled == text or len(filled) > 10_000:
            break
        text = filled
    return text


def script_lines(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the entries of a script, in order, each with its path.

    Args:
        value: The value of a keyword such as `script`, which may hold lists inside lists.
        path: The path to it.
    """
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from script_lines(item, (*path, index))
