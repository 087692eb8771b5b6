"""The group of all commands for click."""

from __future__ import annotations

import os

import click

from gitlabgen.cli._names import COMMANDS

__all__ = ["cli"]


class _Commands(click.Group):
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
        """Return the command with the given name, or suggest another name."""
        name = args[0]
        if name not in COMMANDS:
            from gitlabgen.errors import closest

            near = closest(name, [*COMMANDS])
            hint = f"Did you mean {near!r}?" if near else f"Use one of {', '.join(COMMANDS)}."
            if near is None and os.path.exists(name):
                hint = f"Did you mean 'gitlabgen render {name}'?"
            raise click.UsageError(f"No such command {name!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's call
    if value and not ctx.resilient_parsing:
        from gitlabgen import __version__

        click.echo(f"gitlabgen {__version__}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """Script GitLab pipelines and serverless deployments in typed Python.

    Exits with 2 if the input is broken, and with 3 if gitlabgen itself fails; neither is ever 1.
    """
