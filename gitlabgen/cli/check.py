"""`gitlabgen check`: tell whether the written files are up to date."""

from __future__ import annotations

import click

from gitlabgen.cli._shared import definition_options, files_of, show_findings
from gitlabgen.errors import GitlabgenError

__all__ = ["command"]

_ADVICE = {
    "missing": "run: {command}",
    "stale": "the definition changed; run: {command}",
    "hand-edited": "move the edit to {source}, then run: {command} --force",
    "foreign": "it was not written by gitlabgen; move it away, or run: {command} --force",
}


@click.command("check")
@click.option("--diff", "show_diff", is_flag=True, help="Show what `render` would change.")
@definition_options
def command(paths: tuple[str, ...], output: str | None, settings: tuple[str, ...], format_: str, *, show_diff: bool) -> int:
    """Tell whether the written files are up to date; write nothing.

    PATH is a definition or a folder with one; the current folder if not given. Exits with 1 if any file is not fresh.
    """
    from gitlabgen.output import diff, plan

    try:
        files = files_of(paths, settings, output)
        changes = plan(files)
    except GitlabgenError as error:
        show_findings(error.findings, format_, files=[])
        return error.exit_code
    if format_ == "json":
        show_findings([], format_, files=[{"path": change.path, "status": change.status} for change in changes])
    else:
        for file, change in zip(files, changes, strict=True):
            if show_diff:
                click.echo(diff(change.path, change.before, change.text), nl=False)
            advice = _ADVICE.get(change.status, "").format(source=file.source, command=file.command)
            click.echo(f"{change.status} {change.path}" + (f": {advice}" if advice else ""))
    return 0 if all(change.status == "fresh" for change in changes) else 1
