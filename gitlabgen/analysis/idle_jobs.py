"""Find jobs whose scripts do nothing, such as those that only wait for a click."""

from __future__ import annotations

from typing import Final

from gitlabgen.analysis.commands import SCRIPTS, script_lines
from gitlabgen.analysis.shell import ShellCommand, ShellReader
from gitlabgen.gitlab.base_job import BaseJob

__all__: list[str] = []

_IDLE: Final = frozenset(("true", ":", "echo", "printf", "sleep", "date"))


def does_nothing(job: BaseJob) -> bool:
    """Return whether the own scripts of a job only say something and succeed.

    Args:
        job: The job.
    """
    lines = [line for keyword in SCRIPTS for _, line in script_lines(getattr(job, keyword, None), (keyword,))]
    return bool(lines) and all(map(_does_nothing, lines))


def _does_nothing(line: str) -> bool:
    commands = [*ShellReader(line, {}).commands()]
    # A redirection writes a file.
    return bool(commands) and ">" not in line and all(map(_is_idle, commands))


def _is_idle(command: ShellCommand) -> bool:
    return command.words in (("exit",), ("exit", "0")) or (bool(command.words) and command.words[0] in _IDLE)
