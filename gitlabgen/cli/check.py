"""`gitlabgen check`: report whether the written files are up to date."""

from __future__ import annotations

import click

from gitlabgen.cli._checking import check
from gitlabgen.cli._options import definition_options

__all__ = ["command"]


@click.command("check")
@click.option("--diff", "show_diff", is_flag=True, help="Show what `render` would change.")
@definition_options
def command(paths: tuple[str, ...], output: str | None, settings: tuple[str, ...], format_: str, *, show_diff: bool) -> int:
    """Report whether the written files are up to date; write nothing.

    PATH is a definition or a folder with one; the current folder if not given. Exits with 1 if any file is not fresh.
    """
    return check(paths, output=output, settings=settings, format_=format_, show_diff=show_diff)
