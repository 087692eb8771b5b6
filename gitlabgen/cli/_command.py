"""What a command is: its options in groups, and a help text with exit codes, an example and a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import click

from gitlabgen.cli._options import COLOR, GROUPS, HELP, Option
from gitlabgen.cli._usage import usage_error

__all__ = ["PAGE", "Command", "NamedInErrors", "command", "write_options"]

PAGE: Final = "docs/command_line.md"
_FAULT: Final = "a fault of gitlabgen; please report it"
_WIDEST_OPTION: Final = 23  # columns, so that texts with their defaults fit on one line of 80 columns


class NamedInErrors(click.Command):
    """A command that its usage errors know, so that their hints can name it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words on the command line.

        Raises:
            UsageError: If the command does not take them.
        """
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


class Command(NamedInErrors):
    """A command whose help has its exit codes, an example and the page that describes it.

    Args:
        name: The command's name.
        exit_codes: What each exit code means; 3 is the same for all.
        example: A complete command that works.
        params: The options and arguments, without `--color` and `--help`.
        keywords: What click knows of a command.
    """

    def __init__(
        self, name: str, *, exit_codes: Mapping[int, str], example: str, params: list[click.Parameter], **keywords: Any
    ) -> None:
        super().__init__(name, params=[*params, COLOR, HELP], add_help_option=False, **keywords)
        self.exit_codes = {**exit_codes, 3: _FAULT}
        self.example = example

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence, which is never cut."""
        del limit
        return (self.help or "").partition(".\n")[0].partition(". ")[0].removesuffix(".")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in groups."""
        for group in GROUPS:
            write_options(group, [option for option in _options(self, ctx) if option.group == group], ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes, the example and the page."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in self.exit_codes.items()])
        with formatter.section("Example"):
            formatter.write(f"{'':{formatter.current_indent}}{self.example}\n")
        formatter.write(f"\nDocumentation: {PAGE}#{ctx.info_name}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command.

        Raises:
            DefinitionError: If its options exclude each other.
        """
        if ctx.params.get("quiet") and ctx.params.get("verbose"):
            raise usage_error("--quiet and --verbose exclude each other", "write only one of them")
        return super().invoke(ctx)


def command(name: str, *, exit_codes: Mapping[int, str], example: str) -> Callable[[Any], Command]:
    """Make a function a command.

    Args:
        name: The command's name.
        exit_codes: What each exit code means, apart from 3.
        example: A complete command that works.
    """

    def decorate(function: Any) -> Command:
        made: Command = click.command(name, cls=Command, exit_codes=exit_codes, example=example)(function)
        return made

    return decorate


def write_options(title: str, options: list[Option], ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write options below a title.

    Args:
        title: The title.
        options: The options; without any, nothing is written.
        ctx: The context of the command.
        formatter: Receives the text.
    """
    records = [record for option in options if (record := option.get_help_record(ctx))]
    if records:
        with formatter.section(title):
            formatter.write_dl(records, col_max=_WIDEST_OPTION)


def _options(made: click.Command, ctx: click.Context) -> list[Option]:
    return [param for param in made.get_params(ctx) if isinstance(param, Option)]
