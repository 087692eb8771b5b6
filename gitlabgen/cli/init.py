"""`gitlabgen init`: start a definition from a blueprint."""

from __future__ import annotations

import os

import click

from gitlabgen.cli._shared import show_findings
from gitlabgen.errors import Finding, closest
from gitlabgen.loading import NAMES, blueprints

__all__ = ["command"]


@click.command("init")
@click.argument("blueprint", required=False)
def command(blueprint: str | None) -> int:
    """Copy a BLUEPRINT's definition into the current folder, or list the blueprints."""
    known = blueprints()
    if blueprint is None:
        click.echo("\n".join(known))
        return 0
    if blueprint not in known:
        near = closest(blueprint, list(known))
        hint = f"did you mean {near!r}?" if near else f"known are {', '.join(known)}"
        show_findings([Finding(rule="no-blueprint", message=f"there is no blueprint {blueprint!r}", hint=hint)], "text")
        return 2
    taken = next((name for name in NAMES if os.path.lexists(name)), None)
    if taken is not None:
        show_findings([Finding(rule="not-ours", message="exists already and is not overwritten", file=taken)], "text")
        return 2
    with open(known[blueprint], encoding="utf-8") as stream:
        text = stream.read()
    with open(NAMES[0], "x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    click.echo(f"wrote {NAMES[0]}; now run: gitlabgen render")
    return 0
