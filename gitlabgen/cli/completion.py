"""`gitlabgen completion`: print the completion script of a shell."""

from __future__ import annotations

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._options import Choice, format_option
from gitlabgen.cli._output import say, show_json
from gitlabgen.cli._shells import SHELLS, script

__all__ = ["command"]


@command_("completion", exit_codes={0: "fine", 2: "broken input"}, example="gitlabgen completion bash")
@click.argument("shell", type=Choice([*SHELLS]), metavar="SHELL")
@format_option()
def command(shell: str, *, format_: str) -> int:
    """Print the completion script of a shell.

    SHELL is bash, zsh or fish. The script completes commands, options, rules, blueprints, files and settings.
    """
    if format_ == "json":
        show_json(shell=shell, script=script(shell))
    else:
        say(script(shell).encode())
    return 0
