"""`gitlabgen init`: start a project from a blueprint."""

from __future__ import annotations

import click

from gitlabgen.cli._starting import Request, list_blueprints, start

__all__ = ["command"]


@click.command("init")
@click.option("--set", "settings", multiple=True, metavar="K=V", help="Answer a question, as in --set name=orders.")
@click.option("--defaults", is_flag=True, help="Ask nothing; so it is without a terminal, too.")
@click.option("--dry-run", is_flag=True, help="Show what would be created, and write nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("--bare", is_flag=True, help="Write only the definition.")
@click.option("--no-render", is_flag=True, help="Do not write the files that the definition renders.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.argument("blueprint", required=False)
@click.argument("folder", required=False, default=".", metavar="[DIR]")
def command(
    blueprint: str | None,
    folder: str,
    *,
    settings: tuple[str, ...],
    defaults: bool,
    dry_run: bool,
    force: bool,
    bare: bool,
    no_render: bool,
    format_: str,
) -> int:
    """Start a project from a BLUEPRINT in the folder DIR, or list the blueprints.

    DIR is created if it does not exist; the current folder if not given. No file is overwritten.
    """
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
    )
    return start(blueprint, request)
