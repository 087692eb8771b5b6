"""`gitlabgen render`: write the files that changed."""

from __future__ import annotations

import click

from gitlabgen.cli._options import definition_options
from gitlabgen.cli._rendering import print_files, render

__all__ = ["command"]


@click.command("render")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the files instead of writing them.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what changes.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything was written.")
@click.option("--force", is_flag=True, help="Overwrite files that gitlabgen did not write, or that were edited.")
@definition_options
def command(
    paths: tuple[str, ...],
    output: str | None,
    settings: tuple[str, ...],
    format_: str,
    *,
    to_stdout: bool,
    show_diff: bool,
    exit_code: bool,
    force: bool,
) -> int:
    """Write the files that changed, and say which.

    PATH is a definition or a folder with one; the current folder if not given. Nothing is written if there is any error.
    """
    if to_stdout:
        others = {"--output": output is not None, "--diff": show_diff, "--exit-code": exit_code, "--force": force}
        for option in (option for option, given in others.items() if given):
            raise click.UsageError(f"--stdout writes no file, so {option} cannot be used with it.")
        return print_files(paths, settings, format_)
    return render(paths, output=output, settings=settings, format_=format_, show_diff=show_diff, exit_code=exit_code, force=force)
