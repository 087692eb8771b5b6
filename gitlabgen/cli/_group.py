"""The group of all commands for click."""

from __future__ import annotations

import os

import click

from gitlabgen.cli._command import PAGE, NamedInErrors, write_options
from gitlabgen.cli._names import COMMANDS, GROUPS
from gitlabgen.cli._options import COLOR, HELP, Option, format_option, option, quiet_option, verbose_option
from gitlabgen.cli._output import say, show_error_text, show_json
from gitlabgen.cli._usage import usage_error
from gitlabgen.errors import closest

__all__ = ["cli"]


class _Commands(NamedInErrors, click.Group):
    """Loads a command's module when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Return the command with a known name."""
        del ctx
        from importlib import import_module

        command: click.Command = import_module(f"gitlabgen.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command with the given name, or suggest another name.

        Raises:
            DefinitionError: If there is no such command.
        """
        name = args[0]
        if name not in COMMANDS:
            raise usage_error(f"there is no command {name!r}", _hint(name))
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in groups, then the options."""
        formatter.write_paragraph()
        title, name = (max(map(len, words)) + 2 for words in (GROUPS, COMMANDS))
        for group, names in GROUPS.items():
            for index, each in enumerate(names):
                heading = "" if index else group
                summary = self.get_command(ctx, each).get_short_help_str()
                formatter.write(f"{heading:{title}}{each:{name}}{summary}\n")
        write_options("Options", [param for param in self.params if isinstance(param, Option)], ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes and where to read more."""
        del ctx
        formatter.write(
            "\nExit codes: 0 fine, 1 findings or not fresh, 2 broken input, 3 our fault\n"
            f"Help for a command: gitlabgen COMMAND --help\nDocumentation: {PAGE}\n"
        )


def _hint(name: str) -> str:
    near = closest(name, COMMANDS)
    if near is not None:
        return f"did you mean `{near}`?"
    if os.path.exists(name):
        return f"did you mean `gitlabgen render {name}`?"
    return f"use one of {', '.join(COMMANDS)}"


@click.group(cls=_Commands, invoke_without_command=True, add_help_option=False, subcommand_metavar="COMMAND [ARGS]...")
@option("-V", "--version", "show_version", group="Output", is_flag=True, help="Show the version.")
@format_option()
@quiet_option("Print less.")
@verbose_option
@click.pass_context
def cli(ctx: click.Context, format_: str, *, show_version: bool, quiet: bool, verbose: bool) -> int:
    """GitLab pipelines and AWS SAM deployments as typed Python.

    Options before COMMAND are passed to it.
    """
    if show_version:
        _show_version(format_)
        ctx.exit()
    if ctx.invoked_subcommand is None:
        if format_ == "json":
            raise usage_error("the command is missing", "run: gitlabgen --help")
        show_error_text(f"{ctx.get_help()}\n")
        return 2
    ctx.default_map = {name: {"format_": format_, "quiet": quiet, "verbose": verbose} for name in COMMANDS}
    return 0


cli.params += [COLOR, HELP]


def _show_version(format_: str) -> None:
    from gitlabgen import __version__

    if format_ == "json":
        show_json(version=__version__)
    else:
        say(f"gitlabgen {__version__}\n")
