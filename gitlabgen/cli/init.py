"""`gitlabgen init`: start a definition from a blueprint."""

from __future__ import annotations

import os

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_blueprint
from gitlabgen.cli._options import format_option
from gitlabgen.cli._output import say, show_json
from gitlabgen.definitions.discovery import NAMES
from gitlabgen.definitions.loading import blueprints
from gitlabgen.errors import Finding, OutputError, did_you_mean

__all__ = ["command"]


@command_("init", exit_codes={0: "fine", 2: "broken input"}, example="gitlabgen init serverless_service")
@click.argument("blueprint", metavar="[BLUEPRINT]", required=False, shell_complete=complete_blueprint)
@format_option()
def command(blueprint: str | None, format_: str) -> int:
    """Start from a blueprint.

    Copy the definition of BLUEPRINT into the current folder; without BLUEPRINT, list the blueprints.
    """
    known = blueprints()
    if blueprint is None:
        if format_ == "json":
            show_json(blueprints=list(known))
        else:
            say("".join(f"{name}\n" for name in known))
        return 0
    if blueprint not in known:
        hint = did_you_mean(blueprint, known, f"use one of {', '.join(known)}")
        raise OutputError(Finding(rule="no-blueprint", message=f"there is no blueprint {blueprint!r}", hint=hint))
    existing = next((name for name in NAMES if os.path.lexists(name)), None)
    if existing is not None:
        hint = "move it away, or run init in another folder"
        raise OutputError(Finding(rule="not-ours", message="exists already and is not overwritten", hint=hint, file=existing))
    _copy(known[blueprint], NAMES[0])
    if format_ == "json":
        show_json(files=[{"path": NAMES[0], "status": "missing", "action": "created"}])
    else:
        say(f"created {NAMES[0]}; now run: gitlabgen render\n")
    return 0


def _copy(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as stream:
        text = stream.read()
    try:
        with open(target, "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise OutputError(Finding(rule="unwritable", message=message, file=target)) from None
