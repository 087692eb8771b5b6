"""`gitlabgen render`: write the files that changed."""

from __future__ import annotations

import click

from gitlabgen.cli._shared import definition_options, files_of, show_findings
from gitlabgen.errors import GitlabgenError

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

    PATH is a definition or a folder with one; the current folder if not given. Nothing is written if anything is wrong.
    """
    from gitlabgen.output import diff, with_header, write

    try:
        files = files_of(paths, settings, output)
        if to_stdout:
            for file in files:
                if len(files) > 1:
                    click.echo(f"--- # {file.path}")
                click.echo(with_header(file.body, file.source, file.command), nl=False)
            return 0
        changes = write(files, force=force)
    except GitlabgenError as error:
        show_findings(error.findings, format_, files=[])
        return error.exit_code
    written = [change for change in changes if change.action == "wrote"]
    if format_ == "json":
        show_findings([], format_, files=[{"path": c.path, "status": c.status, "action": c.action} for c in changes])
    else:
        for change in changes:
            if show_diff:
                click.echo(diff(change.path, change.before, change.text), nl=False)
            click.echo(f"wrote {change.path} ({change.status})" if change in written else f"unchanged {change.path}")
    return 1 if exit_code and written else 0
