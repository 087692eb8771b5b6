"""`gitlabgen init`: start a project from a blueprint."""

from __future__ import annotations

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_answer, complete_blueprint, complete_folder
from gitlabgen.cli._options import format_option, option, quiet_option

__all__ = ["command"]


@command_(
    "init",
    exit_codes={0: "fine", 2: "broken input, or a file that exists or cannot be written"},
    example="gitlabgen init python_service orders",
)
@click.argument("blueprint", metavar="[BLUEPRINT]", required=False, shell_complete=complete_blueprint)
@click.argument("folder", metavar="[DIR]", required=False, default=".", shell_complete=complete_folder)
@option(
    "--set",
    "settings",
    group="Definition",
    multiple=True,
    metavar="K=V",
    shell_complete=complete_answer,
    help="Answer a question: name=orders; repeatable.",
)
@option("--defaults", group="Definition", is_flag=True, help="Ask nothing; without a terminal, nothing is asked anyway.")
@option("--bare", group="Output", is_flag=True, help="Write only the definition.")
@option("--no-render", group="Output", is_flag=True, help="Do not write the files that the definition renders.")
@option("--dry-run", group="Output", is_flag=True, help="Write nothing; say what would be created or updated.")
@option("--force", group="Output", is_flag=True, help="Overwrite files that exist.")
@format_option()
@quiet_option("Print no line for each file.")
def command(
    blueprint: str | None,
    folder: str,
    *,
    settings: tuple[str, ...],
    defaults: bool,
    bare: bool,
    no_render: bool,
    dry_run: bool,
    force: bool,
    format_: str,
    quiet: bool,
) -> int:
    """Start from a blueprint.

    Copy BLUEPRINT into the folder DIR, with your answers, and render it; without BLUEPRINT, list the blueprints. DIR is
    created if it does not exist; the current folder if not given. No file is overwritten.
    """
    # The help of all commands does not need what this imports.
    from gitlabgen.cli._starting import Request, list_blueprints, start

    if blueprint is None:
        return list_blueprints(format_)
    request = Request(
        folder=folder,
        settings=settings,
        asks=not defaults,
        dry_run=dry_run,
        force=force,
        bare=bare,
        renders=not (no_render or bare),
        format=format_,
        quiet=quiet,
    )
    return start(blueprint, request)
