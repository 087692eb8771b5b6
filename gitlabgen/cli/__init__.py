"""The command: its sub-commands by name, each in a file of its own, and what its exit codes mean."""

from __future__ import annotations

import sys
from typing import Any, Final

import click

__all__ = ["COMMANDS", "main", "run"]

COMMANDS: Final = {
    "check": "Tell whether the written files are up to date.",
    "init": "Start a definition from a blueprint.",
    "render": "Write the files that changed.",
}


class _Commands(click.Group):
    """Loads a sub-command's module when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"gitlabgen.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant, or say which one may have been."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from gitlabgen.errors import closest

            near = closest(args[0], sorted(COMMANDS))
            raise click.UsageError(f"No such command {args[0]!r}." + (f" Did you mean {near!r}?" if near else ""), ctx)
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's call
    if value and not ctx.resilient_parsing:
        from gitlabgen import __version__

        click.echo(f"gitlabgen {__version__}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """Script GitLab pipelines and serverless deployments in typed Python."""


def run(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 2 for what the user can mend, 3 for our own fault.

    Args:
        arguments: The words after the command's name; those of the process if not given.
    """
    try:
        result: Any = cli.main(arguments, prog_name="gitlabgen", standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stdout = None
        return 0
    except Exception as error:  # noqa: BLE001 - a fault of ours is told in one line, with the way to report it
        import traceback

        place = traceback.extract_tb(error.__traceback__)[-1]
        click.echo(
            f"gitlabgen: internal error: {type(error).__name__}: {error} ({place.name}, line {place.lineno});"
            " this is a fault of gitlabgen, please report it with the definition that shows it",
            err=True,
        )
        return 3
    return result if isinstance(result, int) else 0


def main() -> None:
    """Run the command and end the process with its exit code."""
    sys.exit(run())
